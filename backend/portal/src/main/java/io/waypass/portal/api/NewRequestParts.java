package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.request.RequestKind;
import io.waypass.resource.ResourceKind;

/** Description of the parts of a new request for OpenAPI; they are read one by one. */
class NewRequestParts extends CertificateParts.Described {
    /** Kinds that a form can submit: those about identities. The others are submitted as JSON. */
    static final String KINDS = RequestKind.values(NewRequestParts::mayComeAsParts);

    @Schema(allowableValues = {"create-identity", "rotate-certificate", "retire-identity", "refresh"})
    public String kind = "";

    public String app = "";
    public String destination = "";
    public String reason = "";

    /** {@return the kind of a value} @throws IllegalArgumentException if a form cannot submit the kind */
    static RequestKind kind(String value) {
        RequestKind kind = RequestKind.of(value);
        if (!mayComeAsParts(kind)) {
            throw new IllegalArgumentException(value + " is asked for in JSON");
        }
        return kind;
    }

    private static boolean mayComeAsParts(RequestKind kind) {
        return kind.resource() == ResourceKind.IDENTITY;
    }
}
