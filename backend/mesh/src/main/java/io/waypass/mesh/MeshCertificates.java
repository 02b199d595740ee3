package io.waypass.mesh;

import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** The mesh's certificate authority, which istiod gets as a plugged-in one, and the workloads' certificates. */
final class MeshCertificates {

    private final TestCertificateAuthority authority;
    private final KeyPair workloadKey = TestCertificateAuthority.KeyType.EC_P256.generate();

    private MeshCertificates(TestCertificateAuthority authority) {
        this.authority = authority;
    }

    /**
     * Reads the authority from a directory, or creates it there: the files of a plugged-in authority, as istiod reads them
     * from {@code ROOT_CA_DIR}.
     */
    static MeshCertificates in(Path directory) {
        Path certificate = directory.resolve("ca-cert.pem");
        Path key = directory.resolve("ca-key.pem");
        try {
            if (!Files.exists(certificate)) {
                TestCertificateAuthority authority = TestCertificateAuthority.root("O=waypass test mesh");
                Files.createDirectories(directory);
                Files.createFile(
                        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(key, authority.keyPem());
                for (String same : List.of("root-cert.pem", "cert-chain.pem", "ca-cert.pem")) {
                    Files.writeString(directory.resolve(same), authority.certificatePem());
                }
            }
            return new MeshCertificates(
                    TestCertificateAuthority.read(Files.readString(certificate), Files.readString(key)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A workload's certificate: its only name is the SPIFFE ID (SPIFFE X.509-SVID). */
    Issued workload(String trustDomain, String namespace, String serviceAccount) {
        return workload(authority, trustDomain, namespace, serviceAccount);
    }

    /** The same from an authority that the mesh may not know. */
    Issued workload(TestCertificateAuthority issuer, String trustDomain, String namespace, String serviceAccount) {
        return issuer.issue(
                Wish.server(
                                "O=" + trustDomain,
                                List.of("spiffe://%s/ns/%s/sa/%s".formatted(trustDomain, namespace, serviceAccount)))
                        .withUsages(List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)),
                workloadKey);
    }

    String rootPem() {
        return authority.certificatePem();
    }
}
