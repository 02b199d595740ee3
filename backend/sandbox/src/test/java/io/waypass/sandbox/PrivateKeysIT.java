package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.testing.TestCertificateAuthority.Issued;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A private key is in the cluster's Secret, and nowhere else. */
@ExtendWith(SharedSandbox.class)
class PrivateKeysIT {

    private static final String PASSPHRASE = "a passphrase that opens";
    private static final String WRONG = "a passphrase that does not";

    private RunningSandbox sandbox;
    private Journey journey;

    @BeforeEach
    void begin(RunningSandbox running) {
        sandbox = running;
        journey = new Journey(running);
    }

    @AfterEach
    void end() {
        journey.close();
    }

    @Test
    void noBytesOfAKeyAreInTheDatabaseTheLogsOrAnyAnswer() throws IOException {
        Issued good = journey.certificate("quiet");
        Issued mismatched = journey.certificate("quiet");
        Issued unplannable = journey.certificate("quiet-ghost");
        String app = journey.app("quiet");
        String ghost = journey.app("quiet-ghost");
        journey.cluster
                .serviceAccounts()
                .inNamespace(Journey.TEAM_NAMESPACE)
                .withName("quiet-ghost")
                .delete();

        journey.member.post(
                "/requests", journey.body(app, good.chainPem(), mismatched.keyPem(), journey.partner.certificatePem()));
        // a key in every field where it does not belong
        journey.member.post(
                "/requests", journey.body(app, mismatched.keyPem(), mismatched.keyPem(), mismatched.keyPem()));
        journey.member.post("/requests", Map.of("kind", "create-identity", "privateKey", mismatched.keyPem()));
        journey.member.post(
                "/certificates/inspection",
                Map.of("chain", good.chainPem(), "privateKey", mismatched.keyPem(), "caBundle", mismatched.keyPem()));
        // a keystore, with a passphrase that does not open it and in a field that is no field
        Issued kept = journey.certificate("quiet-keystore");
        String keystore = Base64.getEncoder().encodeToString(kept.pkcs12(PASSPHRASE));
        for (String passphrase : List.of(PASSPHRASE, WRONG)) {
            Map<String, Object> certificate = Map.of("pkcs12", keystore, "passphrase", passphrase);
            journey.member.post("/certificates/inspection", certificate);
            journey.member.post("/requests", Map.of("kind", "create-identity", "certificate", certificate));
            journey.member.post("/requests", Map.of("kind", "create-identity", "pass", passphrase));
        }
        String invalid = journey.submit(ghost, unplannable);
        journey.await(invalid, "invalid");
        String request = journey.submit(app, good);
        journey.approve(request);
        String identity = journey.await(request, "applied")
                .path("request")
                .path("identity")
                .asString();
        for (String path : List.of(
                "/requests",
                "/requests/" + request,
                "/requests/" + request + "/plan",
                "/requests/" + invalid,
                "/requests/" + invalid + "/plan",
                "/identities",
                "/identities/" + identity,
                "/apps/" + app)) {
            journey.member.get(path);
        }

        Map<String, String> places = new LinkedHashMap<>(tables());
        places.putAll(files());
        places.put("answers of the API", String.join("\n", journey.answers));
        List<String> secrets = new ArrayList<>(List.of(PASSPHRASE, WRONG));
        List.of(good, mismatched, unplannable, kept).forEach(each -> secrets.addAll(traces(each)));
        for (String secret : secrets) {
            places.forEach((place, text) -> assertThat(text.contains(secret))
                    .as("a private key or a passphrase in " + place)
                    .isFalse());
        }

        assertThat(tables().keySet()).contains("table sealed_key", "table plan_object", "table audit_event");
        assertThat(files().keySet())
                .anyMatch(name -> name.endsWith("applier.log"))
                .anyMatch(name -> name.endsWith("portal.log"));
        String inCluster = Journey.decoded(journey.secret("quiet"), "tls.key");
        assertThat(traces(good)).as("the search finds a key where it is").anyMatch(inCluster::contains);
    }

    /** How a key may look: its PEM's lines, its DER and its secret number, in the writings that programs use. */
    private static List<String> traces(Issued issued) {
        String number = HexFormat.of().withUpperCase().formatHex(scalar(issued));
        List<String> traces = new ArrayList<>();
        traces.add(number);
        traces.add(number.toLowerCase(Locale.ROOT));
        traces.add(((ECPrivateKey) issued.key()).getS().toString());
        traces.add(new String(scalar(issued), StandardCharsets.ISO_8859_1));
        for (byte[] der : List.of(issued.key().getEncoded(), normalised(issued))) {
            traces.add(Base64.getEncoder().encodeToString(der));
            traces.add(Base64.getUrlEncoder().encodeToString(der));
            String pem = "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                    + "\n-----END PRIVATE KEY-----\n";
            traces.add(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)));
            List<String> lines = pem.lines()
                    .filter(line -> !line.startsWith("-----"))
                    .filter(line -> line.length() >= 20)
                    .skip(1)
                    .toList();
            traces.addAll(lines);
            // bytea as text of a PEM: hexadecimal of its characters
            lines.forEach(line -> traces.add(HexFormat.of().formatHex(line.getBytes(StandardCharsets.US_ASCII))));
        }
        return traces;
    }

    /** The form in which a P-256 key is sealed and written: PKCS#8 with its public point (RFC 5915). */
    private static byte[] normalised(Issued issued) {
        BigInteger number = ((ECPrivateKey) issued.key()).getS();
        ECPoint point = ((ECPublicKey) issued.certificate().getPublicKey()).getW();
        return HexFormat.of()
                .parseHex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420%064x"
                                .formatted(number)
                        + "a14403420004%064x%064x".formatted(point.getAffineX(), point.getAffineY()));
    }

    private static byte[] scalar(Issued issued) {
        byte[] number = ((ECPrivateKey) issued.key()).getS().toByteArray();
        return number[0] == 0 ? java.util.Arrays.copyOfRange(number, 1, number.length) : number;
    }

    private Map<String, String> tables() {
        JdbcClient owner = JdbcClient.create(sandbox.owner());
        Map<String, String> dump = new LinkedHashMap<>();
        for (String table : owner.sql("""
                        select table_name from information_schema.tables
                        where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name
                        """).query(String.class).list()) {
            dump.put(
                    "table " + table,
                    String.join(
                            "\n",
                            owner.sql("select t::text from \"" + table + "\" t")
                                    .query(String.class)
                                    .list()));
        }
        return dump;
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(sandbox.logs())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.put(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return texts;
    }
}
