package io.waypass.applier.cluster;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/**
 * Makes lists and watches with a label selector receive metadata only (PartialObjectMetadata): the content of a Secret
 * is never sent to a watch, nor stored by one. fabric8 has no call of its own for this.
 */
public final class MetadataOnly implements Interceptor {

    /** Accept header of a call for one object's metadata. */
    static final String OBJECT = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

    private static final String LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

    /**
     * Deserialises empty lists: for metadata only, the API server writes {@code "items": null} then, which fabric8 does
     * not expect.
     *
     * @return for the client's builder
     */
    public static KubernetesSerialization serialization() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.configOverride(List.class).setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
        return new KubernetesSerialization(mapper, true);
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        String query = request.uri().getRawQuery();
        if (query != null && query.contains("labelSelector=" + KubernetesClusterObjects.OURS_IN_QUERY)) {
            builder.setHeader("Accept", query.contains("watch=true") ? OBJECT : LIST);
        }
    }
}
