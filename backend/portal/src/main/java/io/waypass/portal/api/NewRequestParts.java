package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;

/** How the parts of a form that asks for something are described; they are read one by one. */
class NewRequestParts extends CertificateParts.Described {
    @Schema(allowableValues = {"create-identity", "rotate-certificate", "retire-identity", "refresh"})
    public String kind = "";

    public String app = "";
    public String destination = "";
    public String reason = "";
}
