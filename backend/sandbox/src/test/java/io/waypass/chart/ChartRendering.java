package io.waypass.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** The chart with every value that it requires, rendered without a cluster. */
final class ChartRendering {

    static final Path CHART = Path.of("../../helm/waypass");

    private ChartRendering() {}

    static TemplateCommand complete() {
        return complete(CHART);
    }

    static TemplateCommand complete(Path chart) {
        return new Helm(chart)
                .template()
                .withName("waypass")
                .set("database.url", "jdbc:postgresql://db:5432/waypass")
                .set("database.owner.existingSecret", "owner-password")
                .set("database.portal.existingSecret", "portal-password")
                .set("database.applier.existingSecret", "applier-password")
                .set("portal.publicUrl", "https://waypass.example.com")
                .set("portal.oidc.issuer", "https://login.example.com")
                .set("portal.oidc.existingSecret", "oidc")
                .set("applier.cluster", "prod-eu1")
                .set("applier.sealingKeyset.existingSecret", "keyset");
    }

    static List<HasMetadata> render(TemplateCommand command) {
        Object objects = new KubernetesSerialization().unmarshal(command.call());
        return ((Collection<?>) objects).stream().map(HasMetadata.class::cast).toList();
    }
}
