package io.waypass.portal.api;

import io.waypass.portal.Portal.Answer;
import java.util.List;

/** What tests read from answers of the API. */
final class Answers {

    private Answers() {}

    static String code(Answer answer) {
        return answer.body().path("type").asString().replace("/problems/", "");
    }

    static List<String> codes(Answer answer) {
        return answer.body()
                .path("errors")
                .valueStream()
                .map(error -> error.path("code").asString())
                .toList();
    }

    static List<String> ids(Answer answer) {
        return answer.body()
                .path("items")
                .valueStream()
                .map(item -> item.path("id").asString())
                .toList();
    }
}
