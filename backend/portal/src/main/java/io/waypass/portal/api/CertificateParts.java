package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Part;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/**
 * A multipart form with a certificate: texts by name, and the parts of the certificate as sent. Only the body is read, because a key in
 * the address would end in logs.
 *
 * @param texts the other parts
 * @param certificate chain, key, keystore, CA bundle and passphrase; the receiver closes it
 */
record CertificateParts(Map<String, String> texts, CertificateSubmission certificate) implements AutoCloseable {

    /** Description of the certificate's parts for OpenAPI; they are read one by one. */
    static class Described {
        @ArraySchema(schema = @Schema(type = "string", format = "binary"))
        public List<String> chain = List.of();

        @Schema(type = "string", format = "binary")
        public String privateKey = "";

        @Schema(type = "string", format = "binary")
        public String pkcs12 = "";

        public String passphrase = "";

        @ArraySchema(schema = @Schema(type = "string", format = "binary"))
        public List<String> caBundle = List.of();
    }

    private static final List<Part.Field> CLIENT = List.of(Part.Field.CHAIN, Part.Field.PRIVATE_KEY, Part.Field.PKCS12);

    /**
     * Reads a form.
     *
     * @param names of accepted parts apart from the certificate's
     */
    static CertificateParts of(MultipartHttpServletRequest form, List<String> names)
            throws IOException, ServletException {
        Map<String, String> texts = new HashMap<>();
        List<Part> client = new ArrayList<>();
        List<Part> caBundle = new ArrayList<>();
        String passphrase = "";
        List<InputProblem> problems = new ArrayList<>();
        for (jakarta.servlet.http.Part part : form.getParts()) {
            String name = part.getName();
            if (names.contains(name)) {
                texts.put(name, new String(bytes(part), StandardCharsets.UTF_8));
            } else if (name.equals(Part.Field.PASSPHRASE.value())) {
                passphrase = line(new String(bytes(part), StandardCharsets.UTF_8));
            } else if (name.equals(Part.Field.CA_BUNDLE.value())) {
                caBundle.add(file(Part.Field.CA_BUNDLE, part));
            } else {
                CLIENT.stream()
                        .filter(field -> field.value().equals(name))
                        .findFirst()
                        .ifPresentOrElse(
                                field -> client.add(file(field, part)), () -> problems.add(unknown(name, names)));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return new CertificateParts(texts, new CertificateSubmission(client, caBundle, passphrase.toCharArray()));
    }

    /** Strips the line end of a file of one line, as OpenSSL does. */
    private static String line(String text) {
        return text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private static InputProblem unknown(String name, List<String> names) {
        List<String> known = new ArrayList<>(names);
        CLIENT.forEach(field -> known.add(field.value()));
        known.add(Part.Field.CA_BUNDLE.value());
        known.add(Part.Field.PASSPHRASE.value());
        return new InputProblem(
                "/" + name, "member.unknown", "There is no such part. Known here: " + String.join(", ", known) + ".");
    }

    private static Part file(Part.Field field, jakarta.servlet.http.Part part) {
        String name = part.getSubmittedFileName();
        return Part.file(field, name == null ? "" : name, bytes(part));
    }

    private static byte[] bytes(jakarta.servlet.http.Part part) {
        try (InputStream content = part.getInputStream()) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        certificate.close();
    }

    @Override
    public String toString() {
        return "CertificateParts[" + texts.keySet() + "]";
    }
}
