package io.waypass.portal.page.request;

import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Judgement;
import io.waypass.certificate.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;

/**
 * The form's certificate fields: files and pasted text of the client and of the CA bundle.
 *
 * @param submission for the judge; the receiver closes it
 * @param clientFiles names of the client's files, which a browser does not submit again
 * @param caBundleFiles names of the CA bundle's files
 */
record CertificateUpload(CertificateSubmission submission, List<String> clientFiles, List<String> caBundleFiles)
        implements AutoCloseable {

    static CertificateUpload of(RequestForm form, @Nullable MultipartRequest files, String passphrase) {
        List<MultipartFile> client = given(files, "clientFiles");
        List<MultipartFile> caBundle = given(files, "caBundleFiles");
        return new CertificateUpload(
                new CertificateSubmission(
                        parts(Part.Field.CHAIN, client, form.getClientText()),
                        parts(Part.Field.CA_BUNDLE, caBundle, form.getCaBundleText()),
                        passphrase.toCharArray()),
                names(client),
                names(caBundle));
    }

    /** An empty field arrives as one empty file without a name, or from a script as an empty text. */
    private static List<MultipartFile> given(@Nullable MultipartRequest files, String field) {
        return files == null
                ? List.of()
                : files.getFiles(field).stream()
                        .filter(file -> !file.isEmpty() || !name(file).isBlank())
                        .toList();
    }

    private static List<Part> parts(Part.Field field, List<MultipartFile> files, String text) {
        List<Part> parts = new ArrayList<>();
        for (MultipartFile file : files) {
            try {
                parts.add(Part.file(field, name(file), file.getBytes()));
            } catch (IOException e) {
                throw new IllegalStateException("an uploaded file could not be read", e);
            }
        }
        parts.add(Part.text(field, text));
        return parts;
    }

    private static List<String> names(List<MultipartFile> files) {
        return files.stream().map(CertificateUpload::name).toList();
    }

    private static String name(MultipartFile file) {
        String name = file.getOriginalFilename();
        return name == null ? "" : name;
    }

    boolean hasCaBundle() {
        return !submission.caBundle().isEmpty();
    }

    boolean hasPassphrase() {
        return submission.hasPassphrase();
    }

    /** Whether the pasted text of a field must not be written back. */
    static boolean secret(Judgement judgement, Part.Field field) {
        return judgement.recognised().stream()
                .anyMatch(part -> part.field() == field && part.fileName().isEmpty() && part.secret());
    }

    @Override
    public void close() {
        submission.close();
    }
}
