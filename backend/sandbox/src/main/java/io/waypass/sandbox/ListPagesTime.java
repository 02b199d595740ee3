package io.waypass.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Benchmark: response time of list pages with 100,000 requests and 10,000 identities, each of which has a pending
 * request: as many as can wait at once. It fills the database of a running sandbox once, and walks through its pages as
 * an admin's browser would, from the first page on; each response is timed from sending the request to the last byte.
 */
public final class ListPagesTime {

    private static final Pattern NEXT = Pattern.compile("href=\"([^\"]+[?&;]cursor=[^\"]+)\"");
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final int WARM_UP = 150;
    private static final int TIMES = 3;

    private static final List<String> PAGES = List.of(
            "/queue",
            "/queue?attention=clean",
            "/queue?attention=failed",
            "/queue?attention=unknown",
            "/queue?attention=warning",
            "/queue?attention=expiring",
            "/queue?attention=second",
            "/queue?team=bench-77",
            "/queue?destination=dest-7",
            "/queue?kind=rotate-certificate",
            "/queue?text=app99",
            "/requests",
            "/requests?status=pending",
            "/requests?status=superseded",
            "/identities",
            "/apps",
            "/");

    private final URI address;
    private final HttpClient http = HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .build();

    private ListPagesTime(URI address) {
        this.address = address;
    }

    /**
     * Fills the database and prints a table.
     *
     * @param arguments none; the system property {@code sandbox.dir} names the running sandbox's directory
     * @throws Exception if the sandbox does not run
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(System.getProperty("sandbox.dir"));
        JsonNode sandbox = JsonMapper.shared().readTree(directory.resolve("sandbox.json"));
        fill(directory);
        ListPagesTime time =
                new ListPagesTime(URI.create(sandbox.path("address").asString()));
        for (JsonNode person : sandbox.path("people")) {
            if (person.path("username").asString().equals("admin")) {
                time.login("admin", person.path("password").asString());
            }
        }
        for (int i = 0; i < WARM_UP; i++) {
            time.get(PAGES.get(i % PAGES.size()));
        }
        System.out.println("| list | pages | median | 95 % within | slowest |\n| --- | --- | --- | --- | --- |");
        for (String page : PAGES) {
            System.out.println(time.walk(page));
        }
    }

    private static void fill(Path directory) throws IOException, SQLException {
        Properties ports = new Properties();
        try (var reader = Files.newBufferedReader(directory.resolve("ports.properties"))) {
            ports.load(reader);
        }
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl("jdbc:postgresql://127.0.0.1:" + ports.getProperty("database") + "/waypass");
        database.setUser("postgres");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                InputStream script = ListPagesTime.class.getResourceAsStream("/sandbox/list-pages.sql")) {
            try (var filled = statement.executeQuery("select count(*) from team where slug = 'bench-1'")) {
                filled.next();
                if (filled.getInt(1) > 0) {
                    return;
                }
            }
            statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
            statement.execute("vacuum analyze");
        }
    }

    private void login(String user, String password) throws IOException, InterruptedException {
        HttpResponse<String> form = send(HttpRequest.newBuilder(address.resolve("/")));
        Matcher token = TOKEN.matcher(form.body());
        if (!token.find()) {
            throw new SandboxFailed("The login page has no token; does the sandbox run?");
        }
        String fields = "username=" + user + "&password=" + encoded(password) + "&_csrf=" + encoded(token.group(1));
        HttpResponse<String> home = send(HttpRequest.newBuilder(form.uri())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(fields)));
        if (!home.body().contains("/logout")) {
            throw new SandboxFailed("Nobody could be logged in at " + form.uri());
        }
    }

    private String walk(String first) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        int pages = 0;
        Optional<String> page = Optional.of(first);
        while (page.isPresent() && pages < 40) {
            String body = "";
            for (int i = 0; i < TIMES; i++) {
                long begin = System.nanoTime();
                body = get(page.get());
                millis.add((System.nanoTime() - begin) / 1e6);
            }
            pages++;
            Matcher next = NEXT.matcher(body);
            page = next.find() ? Optional.of(next.group(1).replace("&amp;", "&")) : Optional.empty();
        }
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return "| `%s` | %d | %.0f ms | %.0f ms | %.0f ms |"
                .formatted(
                        first,
                        pages,
                        sorted[sorted.length / 2],
                        sorted[Math.min(sorted.length - 1, sorted.length * 95 / 100)],
                        Arrays.stream(sorted).max().orElse(0));
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(address.resolve(path)));
        if (answer.statusCode() != 200) {
            throw new SandboxFailed(path + " answered " + answer.statusCode());
        }
        return answer.body();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
