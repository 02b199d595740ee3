package io.waypass.certificate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Collects the pieces that are read from one part. */
final class Contents {

    private final List<X509> certificates = new ArrayList<>();
    private final List<PrivateKeyMaterial> keys = new ArrayList<>();
    private final List<Unreadable> problems = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();
    private String form = "";
    private boolean lockedKey;
    private boolean lockedKeystore;
    private boolean unreadCertificate;

    List<X509> certificates() {
        return certificates;
    }

    List<PrivateKeyMaterial> keys() {
        return keys;
    }

    List<Unreadable> problems() {
        return problems;
    }

    /** Pieces that were left out, each such as {@code block 2 (line 9), a certificate request}. */
    List<String> ignored() {
        return ignored;
    }

    /** Whether the part holds a key that could not be opened. */
    boolean lockedKey() {
        return lockedKey;
    }

    /** Whether the part holds a key, opened or not. */
    boolean holdsKey() {
        return lockedKey || !keys.isEmpty();
    }

    /** Whether the part holds a keystore that could not be opened; its content is unknown. */
    boolean lockedKeystore() {
        return lockedKeystore;
    }

    /** Whether the part holds an unreadable piece that is no key and may be a certificate. */
    boolean unreadCertificate() {
        return unreadCertificate || lockedKeystore;
    }

    boolean isEmpty() {
        return certificates.isEmpty() && keys.isEmpty() && !lockedKey && !lockedKeystore;
    }

    /** Whether something was read and nothing was unreadable. */
    boolean isWhole() {
        return !isEmpty() && problems.isEmpty();
    }

    /** Whether the part holds certificates and nothing else. */
    boolean isPublic() {
        return isWhole() && keys.isEmpty() && !lockedKey && !lockedKeystore && ignored.isEmpty();
    }

    void form(String word) {
        if (form.isEmpty()) {
            form = word;
        }
    }

    void add(X509 certificate) {
        certificates.add(certificate);
    }

    void add(PrivateKeyMaterial key) {
        keys.add(key);
    }

    void problem(Unreadable problem) {
        unreadCertificate = true;
        problems.add(problem);
    }

    void keyStaysLocked(Unreadable problem) {
        lockedKey = true;
        problems.add(problem);
    }

    void keystoreStaysLocked(Unreadable problem) {
        lockedKeystore = true;
        problems.add(problem);
    }

    void ignore(String what) {
        ignored.add(what);
    }

    String form() {
        return form.isEmpty() ? "not recognised" : form;
    }

    /** Whether the part holds something that needs a passphrase, or another one than was given. */
    boolean wantsPassphrase() {
        return problems.stream().anyMatch(problem -> problem.code().wantsPassphrase());
    }

    String holds() {
        List<String> words = new ArrayList<>();
        if (lockedKeystore) {
            words.add(wantsPassphrase() ? "needs its passphrase" : "cannot be opened");
        }
        if (lockedKey) {
            words.add(
                    wantsPassphrase()
                            ? "a private key that needs its passphrase"
                            : "a private key that cannot be used");
        }
        Map<String, Integer> kinds = new LinkedHashMap<>();
        keys.forEach(key -> kinds.merge(PrivateKeys.kind(key).description(), 1, Integer::sum));
        kinds.forEach((kind, count) ->
                words.add(count == 1 ? "1 private key (" + kind + ")" : count + " private keys (" + kind + ")"));
        if (!certificates.isEmpty()) {
            words.add(certificates.size() == 1 ? "1 certificate" : certificates.size() + " certificates");
        }
        return words.isEmpty() ? "nothing that can be used" : words.stream().collect(Collectors.joining(", "));
    }
}
