package io.waypass.portal.page;

import io.waypass.portal.Browser;
import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.FormElement;

/** Somebody who is logged in and uses the pages without JavaScript: reads them, fills in forms, follows redirects. */
final class Visitor implements AutoCloseable {

    /** A page as it came, after redirects. */
    record Page(int status, String path, HttpHeaders headers, String source, Document html) {

        /** The text of everything that matches. */
        String text(String selector) {
            return html.select(selector).text();
        }

        boolean has(String selector) {
            return !html.select(selector).isEmpty();
        }

        String value(String selector) {
            return html.select(selector).val();
        }
    }

    private static final String BOUNDARY = "----of-a-test";

    private final Browser browser;

    Visitor(Portal portal, IdentityProviderStub provider, String subject, String... groups) {
        browser = new Browser(portal.address());
        browser.login(provider, subject, groups);
    }

    Page open(String path, String... headers) {
        return follow(browser.get(path, headers));
    }

    /** Posts what no form of this person's pages would, with the token that every form of theirs has. */
    HttpResponse<String> post(String path, Map<String, String> fields) {
        return browser.post(path, encoded(fields));
    }

    /** Fills in a form and sends it with everything that a browser would send along. */
    Page submit(Page page, String action, Map<String, String> filled) {
        return submit(page, action, filled, Map.of());
    }

    Page submit(Page page, String action, Map<String, String> filled, Map<String, byte[]> files) {
        FormElement form = (FormElement)
                page.html().select("form[action=" + action + "], form:has([formaction=" + action + "])").stream()
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no form " + action + " at " + page.path()));
        Map<String, String> fields = new LinkedHashMap<>();
        form.formData().forEach(field -> fields.put(field.key(), field.value()));
        filled.keySet().stream()
                .filter(name -> form.select("[name=" + name + "]").isEmpty())
                .findFirst()
                .ifPresent(name -> {
                    throw new AssertionError("the form " + action + " has no field " + name);
                });
        fields.putAll(filled);
        if (form.attr("enctype").equals("multipart/form-data")) {
            for (Element input : form.select("input[type=file]")) {
                fields.remove(input.attr("name"));
            }
            return follow(
                    browser.post(action, "multipart/form-data; boundary=" + BOUNDARY, multipart(form, fields, files)));
        }
        return follow(browser.postWithoutToken(action, encoded(fields)));
    }

    /** The same with fields that come several times. */
    HttpResponse<String> post(String path, String encodedFields) {
        return browser.post(path, encodedFields);
    }

    Page follow(HttpResponse<String> response) {
        HttpResponse<String> last = response;
        for (int redirects = 0; last.statusCode() / 100 == 3 && redirects < 5; redirects++) {
            URI to = last.uri().resolve(last.headers().firstValue("Location").orElseThrow());
            last = browser.get(to.getRawPath() + (to.getRawQuery() == null ? "" : "?" + to.getRawQuery()));
        }
        return new Page(last.statusCode(), last.uri().getPath(), last.headers(), last.body(), Jsoup.parse(last.body()));
    }

    private static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8) + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** A browser sends a part for every file input, an empty one where nothing was chosen. */
    private static byte[] multipart(FormElement form, Map<String, String> fields, Map<String, byte[]> files) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        fields.forEach((name, value) -> part(body, "name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8)));
        List<String> inputs = form.select("input[type=file]").eachAttr("name");
        if (!inputs.containsAll(files.keySet())) {
            throw new AssertionError("the form takes " + inputs + ", not " + files.keySet());
        }
        for (String name : inputs) {
            byte[] content = files.getOrDefault(name, new byte[0]);
            String file = content.length == 0 ? "" : name + ".pem";
            part(
                    body,
                    "name=\"" + name + "\"; filename=\"" + file + "\"\r\nContent-Type: application/octet-stream",
                    content);
        }
        body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private static void part(ByteArrayOutputStream body, String disposition, byte[] content) {
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        browser.close();
    }
}
