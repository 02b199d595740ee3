package io.waypass.manifests;

import io.fabric8.istio.api.api.networking.v1alpha3.ServiceEntryLocation;
import io.fabric8.istio.api.api.networking.v1alpha3.ServiceEntryResolution;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.ServiceEntryBuilder;
import io.waypass.identity.IdentitySpec;

/** The ServiceEntry of the synthetic host: one per app and destination, so that each can have its own certificate. */
final class SyntheticServiceEntry {

    private SyntheticServiceEntry() {}

    static ServiceEntry desired(IdentitySpec desired) {
        ObjectNames names = new ObjectNames(desired);
        return new ServiceEntryBuilder()
                .withMetadata(ObjectOrigin.metadata(desired, names.namespace(), names.serviceEntry()))
                .editMetadata()
                // In a namespace that is labelled for a waypoint, the host could otherwise be called there, bypassing
                // every policy.
                .addToLabels("istio.io/use-waypoint", "none")
                .endMetadata()
                .withNewSpec()
                .withHosts(names.syntheticHost())
                .withExportTo(names.exportTo())
                .withLocation(ServiceEntryLocation.MESH_EXTERNAL)
                .withResolution(ServiceEntryResolution.DNS)
                .addNewPort()
                .withName("https")
                .withNumber((long) desired.destination().port())
                .withProtocol("HTTPS")
                .endPort()
                .addNewEndpoint()
                .withAddress(desired.destination().host())
                .endEndpoint()
                .endSpec()
                .build();
    }
}
