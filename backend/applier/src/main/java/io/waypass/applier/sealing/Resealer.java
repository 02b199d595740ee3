package io.waypass.applier.sealing;

import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.Certificates.SealedKey;
import io.waypass.sealing.SealingKeyId;
import io.waypass.sealing.SealingKeyset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals a cluster's private keys again that are sealed with an older key of the keyset, so that the older key can be
 * removed. Each row is compared and set in a transaction of its own: two appliers may run at once, and an interrupted
 * run keeps what it has done. The private key does not leave {@link SealingKeyset#reseal}.
 */
public final class Resealer {

    private static final Logger LOG = LoggerFactory.getLogger(Resealer.class);
    private static final int BATCH = 50;

    private final Certificates certificates;
    private final AuditTrail audit;
    private final SealingKeyset keyset;
    private final String cluster;
    private final Set<String> toldThatTheyDoNotOpen = new HashSet<>();
    private Optional<Map<Optional<SealingKeyId>, Long>> told = Optional.empty();

    public Resealer(Certificates certificates, AuditTrail audit, SealingKeyset keyset, String cluster) {
        this.certificates = certificates;
        this.audit = audit;
        this.keyset = keyset;
        this.cluster = cluster;
    }

    /**
     * Reseals all keys that need it, and logs what is left. Only an applier whose primary is published may do this;
     * otherwise two would reseal back and forth.
     *
     * @param mayGoOn asked before each key
     */
    public void run(BooleanSupplier mayGoOn) {
        List<SealingKeyId> keys = keyset.keys();
        List<SealingKeyId> older = keys.subList(0, keys.indexOf(keyset.primary()));
        long after = 0;
        while (mayGoOn.getAsBoolean()) {
            List<SealedKey> batch = certificates.sealedFor(cluster, older, after, BATCH);
            if (batch.isEmpty()) {
                break;
            }
            reseal(batch, mayGoOn);
            after = batch.getLast().certificateId();
        }
        count();
    }

    private void reseal(List<SealedKey> batch, BooleanSupplier mayGoOn) {
        int resealed = 0;
        int unopened = 0;
        try {
            for (SealedKey key : batch) {
                if (!mayGoOn.getAsBoolean()) {
                    return;
                }
                try {
                    if (certificates.reseal(key, keyset.reseal(key.ciphertext(), key.context()))) {
                        resealed++;
                    }
                } catch (SealingKeyset.SealedKeyDoesNotOpen _) {
                    unopened++;
                    tellThatItDoesNotOpen(key);
                }
            }
        } finally {
            if (resealed > 0) {
                LOG.info("Cluster {}: private keys sealed again for key {}: {}", cluster, keyset.primary(), resealed);
                audit.append(AuditTrail.Fact.of("applier:" + cluster, "sealed-keys.resealed", cluster)
                        .with(Map.of(
                                "key", keyset.primary().toString(),
                                "resealed", Integer.toString(resealed),
                                "notOpened", Integer.toString(unopened))));
            }
        }
    }

    private void tellThatItDoesNotOpen(SealedKey key) {
        if (toldThatTheyDoNotOpen.add(key.certificate())) {
            LOG.error(
                    "The private key of certificate {} is sealed for key {}, which this applier has, and does not open: its row"
                            + " was copied from another identity or changed. It was left as it is. Have the certificate"
                            + " submitted again, and find out who wrote to the table sealed_key.",
                    key.certificate(),
                    SealingKeyId.of(key.ciphertext()).map(Object::toString).orElse("none"));
        }
    }

    /**
     * Logs the number of private keys for each key of the keyset, if a count has changed other than those of the
     * primary and newer keys.
     */
    public void count() {
        Map<Optional<SealingKeyId>, Long> counts = certificates.sealedKeys(cluster);
        List<SealingKeyId> keys = keyset.keys();
        int primary = keys.indexOf(keyset.primary());
        Map<Optional<SealingKeyId>, Long> news = new HashMap<>(counts);
        keys.subList(primary, keys.size()).forEach(key -> news.remove(Optional.of(key)));
        if (told.filter(news::equals).isPresent()) {
            return;
        }
        told = Optional.of(news);
        for (int i = 0; i < keys.size(); i++) {
            long count = counts.getOrDefault(Optional.of(keys.get(i)), 0L);
            if (i == primary) {
                LOG.info("Cluster {}: private keys sealed for key {}, the primary: {}", cluster, keys.get(i), count);
            } else if (i > primary || count > 0) {
                LOG.info("Cluster {}: private keys sealed for key {}: {}", cluster, keys.get(i), count);
            } else {
                LOG.info(
                        "Cluster {}: no private key is sealed for key {} any more; once every applier has key {} as primary,"
                                + " remove-sealing-key may take it out",
                        cluster,
                        keys.get(i),
                        keyset.primary());
            }
        }
        tellWhatIsLost(counts, keys);
    }

    private void tellWhatIsLost(Map<Optional<SealingKeyId>, Long> counts, List<SealingKeyId> keys) {
        Map<String, Long> lost = counts.entrySet().stream()
                .filter(count -> count.getKey().filter(keys::contains).isEmpty())
                .collect(Collectors.toMap(
                        count -> count.getKey().map(id -> "key " + id).orElse("no key at all"),
                        Map.Entry::getValue,
                        Long::sum,
                        TreeMap::new));
        lost.forEach((key, count) -> LOG.error(
                "Cluster {}: private keys sealed for {}, which is not in this applier's keyset file (keys {}): {}. They do not"
                        + " open. Give every applier a file that has it, or have those certificates submitted again.",
                cluster,
                key,
                keys,
                count));
    }
}
