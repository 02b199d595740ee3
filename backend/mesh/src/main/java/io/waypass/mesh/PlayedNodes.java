package io.waypass.mesh;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Map;

/**
 * Plays what a cluster has and this API server has not: a kubelet and the controllers of Deployments and EndpointSlices.
 * It plays the least that istiod needs to see a running waypoint: a Node, the waypoint's Pod with an address, its
 * Deployment's status and its Service's EndpointSlice; and the status of istiod's own Deployment. istiod itself creates
 * the waypoint's Deployment, Service and ServiceAccount.
 */
final class PlayedNodes {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String NODE = "node-1";

    private final KubernetesClient admin;

    PlayedNodes(KubernetesClient admin) {
        this.admin = admin;
    }

    /**
     * Runs, as far as istiod can see, the Pod of a gateway that istiod deployed.
     *
     * @param address of the Pod; nothing listens there
     * @return what the Pod's proxy says of itself
     */
    ProxyNode run(String namespace, String gateway, String address) {
        Conditions.await(
                "istiod deployed " + namespace + "/" + gateway,
                PATIENCE,
                () -> deployment(namespace, gateway) != null
                        && admin.services()
                                        .inNamespace(namespace)
                                        .withName(gateway)
                                        .get()
                                != null);
        Deployment deployment = deployment(namespace, gateway);
        node();
        Pod pod = pod(deployment, address);
        status(deployment, true);
        endpoints(deployment, pod);
        return new ProxyNode(
                namespace,
                gateway,
                deployment.getSpec().getTemplate().getSpec().getServiceAccountName(),
                pod.getMetadata().getName(),
                address);
    }

    private Deployment deployment(String namespace, String name) {
        return admin.apps().deployments().inNamespace(namespace).withName(name).get();
    }

    private void node() {
        admin.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(NODE)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build())
                .serverSideApply();
    }

    private Pod pod(Deployment deployment, String address) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(deployment.getMetadata().getName() + "-1")
                .withNamespace(deployment.getMetadata().getNamespace())
                .withLabels(deployment.getSpec().getTemplate().getMetadata().getLabels())
                .withAnnotations(
                        deployment.getSpec().getTemplate().getMetadata().getAnnotations())
                .endMetadata()
                .withNewSpec()
                .withNodeName(NODE)
                .withServiceAccountName(
                        deployment.getSpec().getTemplate().getSpec().getServiceAccountName())
                .addNewContainer()
                .withName("istio-proxy")
                .withImage("played")
                .endContainer()
                .endSpec()
                .build();
        admin.resource(pod).serverSideApply();
        return admin.resource(pod)
                .editStatus(current -> new PodBuilder(current)
                        .withNewStatus()
                        .withPhase("Running")
                        .withPodIP(address)
                        .addNewPodIP(address)
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build());
    }

    /** Available or not, as the controller of Deployments would say. */
    void status(Deployment deployment, boolean available) {
        int replicas = available ? 1 : 0;
        admin.resource(deployment)
                .editStatus(current -> new DeploymentBuilder(current)
                        .withNewStatus()
                        .withObservedGeneration(current.getMetadata().getGeneration())
                        .withReplicas(1)
                        .withUpdatedReplicas(1)
                        .withReadyReplicas(replicas)
                        .withAvailableReplicas(replicas)
                        .addNewCondition()
                        .withType("Available")
                        .withStatus(available ? "True" : "False")
                        .withReason(available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable")
                        .endCondition()
                        .endStatus()
                        .build());
    }

    private void endpoints(Deployment deployment, Pod pod) {
        String name = deployment.getMetadata().getName();
        admin.resource(new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withName(name + "-1")
                        .withNamespace(deployment.getMetadata().getNamespace())
                        .withLabels(Map.of(
                                "kubernetes.io/service-name",
                                name,
                                "endpointslice.kubernetes.io/managed-by",
                                "endpointslice-controller.k8s.io"))
                        .endMetadata()
                        .withAddressType("IPv4")
                        .addNewEndpoint()
                        .withAddresses(pod.getStatus().getPodIP())
                        .withNewConditions()
                        .withReady(true)
                        .withServing(true)
                        .withTerminating(false)
                        .endConditions()
                        .withNodeName(NODE)
                        .withNewTargetRef()
                        .withKind("Pod")
                        .withName(pod.getMetadata().getName())
                        .withNamespace(pod.getMetadata().getNamespace())
                        .withUid(pod.getMetadata().getUid())
                        .endTargetRef()
                        .endEndpoint()
                        .addNewPort()
                        .withName("mesh")
                        .withPort(15008)
                        .withProtocol("TCP")
                        .endPort()
                        .build())
                .serverSideApply();
    }
}
