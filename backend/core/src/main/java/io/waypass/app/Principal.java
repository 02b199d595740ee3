package io.waypass.app;

/**
 * A workload's identity inside the mesh.
 *
 * @param trustDomain SPIFFE trust domain
 * @param namespace Kubernetes namespace
 * @param serviceAccount Kubernetes service account
 */
public record Principal(String trustDomain, String namespace, String serviceAccount) {

    /** {@return the SPIFFE id, as Envoy sees it: {@code spiffe://<trust domain>/ns/<namespace>/sa/<service account>}} */
    public String spiffeId() {
        return "spiffe://" + withoutScheme();
    }

    /** {@return the form that Istio's AuthorizationPolicy takes in {@code principals}: the SPIFFE id without scheme} */
    public String withoutScheme() {
        return trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }
}
