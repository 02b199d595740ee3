package io.waypass.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The chart with every value that it requires, rendered without a cluster. */
public final class ChartRendering {

    static final Path CHART = Path.of("../../helm/waypass");

    private ChartRendering() {}

    /** What the chart has no default for. */
    static final Map<String, String> REQUIRED = Map.of(
            "database.url", "jdbc:postgresql://db:5432/waypass",
            "database.owner.existingSecret", "owner-password",
            "database.portal.existingSecret", "portal-password",
            "database.applier.existingSecret", "applier-password",
            "portal.publicUrl", "https://waypass.example.com",
            "portal.oidc.issuer", "https://login.example.com",
            "portal.oidc.existingSecret", "oidc",
            "applier.cluster", "prod-eu1",
            "applier.sealingKeyset.existingSecret", "keyset");

    public static TemplateCommand complete() {
        return complete(CHART);
    }

    static TemplateCommand complete(Path chart) {
        TemplateCommand template = new Helm(chart).template().withName("waypass");
        REQUIRED.forEach(template::set);
        return template;
    }

    public static List<HasMetadata> render(TemplateCommand command) {
        Object objects = new KubernetesSerialization().unmarshal(command.call());
        return ((Collection<?>) objects).stream().map(HasMetadata.class::cast).toList();
    }
}
