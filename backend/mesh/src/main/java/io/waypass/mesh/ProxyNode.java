package io.waypass.mesh;

/**
 * How a waypoint introduces itself to istiod: the values that its Pod's environment gives to Istio's agent.
 *
 * @param pod name of the waypoint's Pod
 * @param address of the Pod
 */
record ProxyNode(String namespace, String gateway, String serviceAccount, String pod, String address) {

    /** {@return Envoy's node} */
    String json() {
        return """
                {
                  "id": "waypoint~%5$s~%4$s.%1$s~%1$s.svc.cluster.local",
                  "cluster": "%3$s.%1$s",
                  "metadata": {
                    "NAMESPACE": "%1$s", "SERVICE_ACCOUNT": "%3$s", "NAME": "%4$s", "WORKLOAD_NAME": "%2$s",
                    "NODE_NAME": "node-1", "CLUSTER_ID": "Kubernetes", "MESH_ID": "cluster.local",
                    "ISTIO_VERSION": "1.31.0", "INTERCEPTION_MODE": "REDIRECT", "INSTANCE_IPS": "%5$s",
                    "PROXY_CONFIG": {"proxyMetadata": {}},
                    "LABELS": {
                      "gateway.networking.k8s.io/gateway-name": "%2$s",
                      "gateway.networking.k8s.io/gateway-class-name": "istio-waypoint",
                      "gateway.istio.io/managed": "istio.io-mesh-controller"
                    },
                    "ANNOTATIONS": {}
                  }
                }""".formatted(namespace, gateway, serviceAccount, pod, address);
    }
}
