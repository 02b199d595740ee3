package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.request.RequestKind;
import io.waypass.resource.ResourceKind;

/** How the parts of a form that asks for something are described; they are read one by one. */
class NewRequestParts extends CertificateParts.Described {
    /** Requests about identities may come as parts of a form; anything else is asked for in JSON. */
    static final String KINDS = RequestKind.values(NewRequestParts::mayComeAsParts);

    @Schema(allowableValues = {"create-identity", "rotate-certificate", "retire-identity", "refresh"})
    public String kind = "";

    public String app = "";
    public String destination = "";
    public String reason = "";

    /** {@return the kind of a value} @throws IllegalArgumentException if no request of that kind comes as parts */
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
