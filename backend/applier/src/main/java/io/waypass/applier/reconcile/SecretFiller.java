package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.Finding;
import io.waypass.certificate.PrivateKeyMaterial;
import io.waypass.identity.Credential;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.reconcile.ReconcileStore.Target;
import io.waypass.sealing.SealingKeyset;
import java.util.List;

/** Opens an identity's private key to check it, or to fill its Secret. */
final class SecretFiller {

    private static final String NOT_AS_APPROVED =
            "The stored certificate or CA is not the one that was approved. Nothing was applied.";

    private final SealingKeyset keyset;
    private final KeysetCheck keysetCheck;
    private final CertificateIntake intake;

    SecretFiller(SealingKeyset keyset, KeysetCheck keysetCheck, CertificateIntake intake) {
        this.keyset = keyset;
        this.keysetCheck = keysetCheck;
        this.intake = intake;
    }

    /**
     * Checks the Secret's content before the first write of a change, so that nothing is written if it is wrong.
     *
     * @throws Refused if the certificate is no longer valid, or is not the approved one
     */
    void check(ApprovedState approved) {
        approved.target().desired().credential().ifPresent(credential -> {
            try (PrivateKeyMaterial key = open(credential)) {
                List<Finding> errors = intake.judgeAgain(credential.certificate(), key);
                if (!errors.isEmpty()) {
                    throw new Refused(errors.getFirst().message());
                }
            }
            for (Manifest manifest : approved.wanted()) {
                if (isSecret(manifest)) {
                    checkContent(manifest.tree(), credential);
                }
            }
        });
    }

    static boolean isSecret(Manifest manifest) {
        return manifest.kind().equals(ObjectKind.SECRET.kind());
    }

    /**
     * Fills a Secret. The key is opened for this one write, and wiped before the next.
     *
     * @return JSON in UTF-8; the caller wipes it
     */
    byte[] filled(ObjectNode secret, Target target) {
        Credential credential = target.desired().credential().orElseThrow();
        checkContent(secret, credential);
        try (PrivateKeyMaterial key = open(credential)) {
            return TlsSecretJson.write(secret, credential.certificate(), key);
        }
    }

    private static void checkContent(ObjectNode secret, Credential credential) {
        if (!TlsSecretJson.matches(secret.path("data"), credential.certificate())) {
            throw new Refused(NOT_AS_APPROVED);
        }
    }

    private PrivateKeyMaterial open(Credential credential) {
        keysetCheck.missingKey(credential.sealedKey()).ifPresent(reason -> {
            throw new KeysetBehind(reason);
        });
        return new PrivateKeyMaterial(keyset.open(credential.sealedKey(), credential.context()));
    }
}
