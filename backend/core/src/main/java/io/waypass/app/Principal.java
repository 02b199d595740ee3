package io.waypass.app;

/**
 * A workload's identity in the mesh.
 *
 * @param trustDomain SPIFFE trust domain
 * @param namespace Kubernetes namespace
 * @param serviceAccount Kubernetes service account
 */
public record Principal(String trustDomain, String namespace, String serviceAccount) {

    /** {@return the SPIFFE id that Envoy uses: {@code spiffe://<trust domain>/ns/<namespace>/sa/<service account>}} */
    public String spiffeId() {
        return "spiffe://" + withoutScheme();
    }

    /** {@return the form of {@code principals} in Istio's AuthorizationPolicy: the SPIFFE id without scheme} */
    public String withoutScheme() {
        return trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }
}
