package io.waypass.frontend;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One state that a page can be in.
 *
 * @param name of the state
 * @param template that draws it
 * @param viewer who looks at it
 * @param model what else the template reads: {@code view}, {@code flash}, {@code problem}
 * @param form what a form binds to; null if the page has none
 * @param errors what is wrong with the form by field, and under an empty name with all of it
 */
record SamplePage(
        String name,
        String template,
        Viewer viewer,
        Map<String, Values> model,
        @Nullable Object form,
        Map<String, String> errors) {

    enum Viewer {
        /** Nobody is logged in, or the page does not say who. */
        NONE,
        /** Logged in, in no team. */
        STRANGER,
        MEMBER,
        ADMIN
    }

    static SamplePage page(String template) {
        return new SamplePage("", template, Viewer.NONE, Map.of(), null, Map.of());
    }

    SamplePage named(String other) {
        return new SamplePage(other, template, viewer, model, form, errors);
    }

    SamplePage by(Viewer other) {
        return new SamplePage(name, template, other, model, form, errors);
    }

    SamplePage view(Values view) {
        return model("view", view);
    }

    SamplePage model(String key, Values values) {
        Map<String, Values> added = new LinkedHashMap<>(model);
        added.put(key, values);
        return new SamplePage(name, template, viewer, added, form, errors);
    }

    /** The same page with another value in its view. */
    SamplePage with(String path, @Nullable Object value) {
        Values view = model.get("view");
        if (view == null) {
            throw new IllegalStateException(name + " has no view");
        }
        return view(view.with(path, value));
    }

    SamplePage form(Object bean) {
        return new SamplePage(name, template, viewer, model, bean, errors);
    }

    SamplePage error(String field, String message) {
        Map<String, String> more = new LinkedHashMap<>(errors);
        more.put(field, message);
        return new SamplePage(name, template, viewer, model, form, more);
    }
}
