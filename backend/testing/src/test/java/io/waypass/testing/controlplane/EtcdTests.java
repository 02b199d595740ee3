package io.waypass.testing.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stays in etcd when a control plane is emptied for the next suite. */
class EtcdTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compact_rev_key",
                "/registry/leases/kube-system/apiserver-x",
                "/registry/namespaces/default",
                "/registry/services/endpoints/default/kubernetes",
                "/registry/clusterroles/system:basic-user"
            })
    void whatTheApiServerMadeForItselfStays(String key) {
        assertThat(Etcd.isApiServersOwn(key)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/registry/namespaces/team-namespace",
                "/registry/secrets/team-namespace/app1-client-mtls-secret",
                "/registry/networking.istio.io/serviceentries/team-namespace/app1"
            })
    void whatTestsMadeGoes(String key) {
        assertThat(Etcd.isApiServersOwn(key)).isFalse();
    }
}
