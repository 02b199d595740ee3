package io.waypass.manifests;

import io.fabric8.istio.api.api.networking.v1alpha3.ClientTLSSettingsTLSmode;
import io.fabric8.istio.api.networking.v1.DestinationRule;
import io.fabric8.istio.api.networking.v1.DestinationRuleBuilder;
import io.waypass.identity.IdentitySpec;

/** The DestinationRule: calls to the synthetic host use mutual TLS with the app's own certificate. */
final class MutualTlsRule {

    private MutualTlsRule() {}

    static DestinationRule desired(IdentitySpec desired) {
        ObjectNames names = new ObjectNames(desired);
        String host = desired.destination().host();
        return new DestinationRuleBuilder()
                .withMetadata(ObjectOrigin.metadata(desired, names.namespace(), names.destinationRule()))
                .withNewSpec()
                .withHost(names.syntheticHost())
                .withExportTo(names.exportTo())
                .withNewTrafficPolicy()
                .withNewTls()
                .withMode(ClientTLSSettingsTLSmode.MUTUAL)
                .withCredentialName(names.credentialName())
                .withSni(host)
                .withSubjectAltNames(names.syntheticHost(), host)
                .endTls()
                .endTrafficPolicy()
                .endSpec()
                .build();
    }
}
