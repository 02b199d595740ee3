package io.waypass.portal;

import io.waypass.testing.junit.PatientWaits;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A browser that follows no redirect by itself and keeps cookies, secure ones also over plain HTTP. */
public final class Browser implements AutoCloseable {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private final String address;

    /**
     * Opens it.
     *
     * @param address of the portal
     */
    public Browser(String address) {
        this.address = address;
    }

    /** Signs in by way of the identity provider and gives the last answer of the portal. */
    public HttpResponse<String> login(IdentityProviderStub provider, String subject, String... groups) {
        String authorize = get("/oauth2/authorization/waypass")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        Map<String, String> query = Arrays.stream(
                        URI.create(authorize).getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
        provider.nextLogin(subject, query.get("nonce"), List.of(groups));
        return get("/login/oauth2/code/waypass?code=of-a-test&state="
                + URLEncoder.encode(query.get("state"), StandardCharsets.UTF_8));
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET().build());
    }

    /** Posts a form as a page does, with the token that a page of the same session holds. */
    public HttpResponse<String> post(String path, String form) {
        Matcher token = CSRF.matcher(get("/destinations").body());
        if (!token.find()) {
            throw new IllegalStateException("the page has no form");
        }
        return postWithoutToken(path, form + "&_csrf=" + URLEncoder.encode(token.group(1), StandardCharsets.UTF_8));
    }

    /** Posts a form as another site's page would. */
    public HttpResponse<String> postWithoutToken(String path, String form) {
        return send(request(path, "Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build());
    }

    /** Posts a file in a multipart form, with the token of the session in the address's header. */
    public HttpResponse<String> postFile(String path, String name, String content) {
        Matcher token = CSRF.matcher(get("/destinations").body());
        if (!token.find()) {
            throw new IllegalStateException("the page has no form");
        }
        String body = "--edge\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n" + token.group(1)
                + "\r\n--edge\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"a.pem\"\r\n\r\n"
                + content
                + "\r\n--edge--\r\n";
        return send(request(path, "Content-Type", "multipart/form-data; boundary=edge")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** Posts what a form of a page holds, the token among it. */
    public HttpResponse<String> post(String path, String type, byte[] body) {
        return send(request(path, "Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address).resolve(path)).timeout(PatientWaits.PATIENCE);
        request.header("Accept", "text/html,*/*;q=0.8");
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            for (String cookie : response.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.split(";", 2)[0].split("=", 2);
                cookies.put(pair[0], pair[1]);
            }
            return response;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
