package io.waypass.certificate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What was read from one part, piece by piece. */
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

    /** What was left out, each such as {@code block 2 (line 9), a certificate request}. */
    List<String> ignored() {
        return ignored;
    }

    /** A key is there that could not be opened. */
    boolean lockedKey() {
        return lockedKey;
    }

    /** A key is there, opened or not. */
    boolean holdsKey() {
        return lockedKey || !keys.isEmpty();
    }

    /** A keystore is there that could not be opened: nobody knows what it holds. */
    boolean lockedKeystore() {
        return lockedKeystore;
    }

    /** Something is there that could not be read and is no key: it may be a certificate. */
    boolean unreadCertificate() {
        return unreadCertificate || lockedKeystore;
    }

    boolean isEmpty() {
        return certificates.isEmpty() && keys.isEmpty() && !lockedKey && !lockedKeystore;
    }

    /** Something was read, and nothing was left unread. */
    boolean isWhole() {
        return !isEmpty() && problems.isEmpty();
    }

    /** Certificates and nothing else. */
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

    /** Something is there that could not be opened without a passphrase, or with the one that was given. */
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
