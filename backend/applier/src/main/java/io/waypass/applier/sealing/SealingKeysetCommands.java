package io.waypass.applier.sealing;

import io.waypass.sealing.SealingKeyId;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Commands that create a sealing keyset and rotate its keys. None of them prints key material. */
public final class SealingKeysetCommands {

    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int CALLED_WRONGLY = 2;

    private static final String USAGE = """
            Usage:
              create-sealing-keyset <file>            makes a keyset with one key
              list-sealing-keys <file>                shows the keys, oldest first
              add-sealing-key <file>                  adds a key that opens but is not sealed for yet
              promote-sealing-key <file> [key id]     seals for a newer key from now on; the newest if none is named
              remove-sealing-key <file> <key id>      takes a key out that nothing is sealed for any more
            Without a command the applier starts. The operator guide says how to rotate.""";

    private final PrintStream out;
    private final PrintStream err;

    public SealingKeysetCommands(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** {@return the exit status: 0 done, 1 refused, 2 wrong usage} */
    public int run(String... args) {
        if (args.length < 2) {
            err.println(USAGE);
            return CALLED_WRONGLY;
        }
        Path path = Path.of(args[1]);
        SealingKeysetFile file = new SealingKeysetFile(path);
        try {
            return switch (args[0] + " " + (args.length - 1)) {
                case "create-sealing-keyset 1" -> create(path, file);
                case "list-sealing-keys 1" -> list(file);
                case "add-sealing-key 1" -> add(path, file);
                case "promote-sealing-key 1" -> promote(path, file, Optional.empty());
                case "promote-sealing-key 2" -> promote(path, file, Optional.of(key(args[2])));
                case "remove-sealing-key 2" -> remove(path, file, key(args[2]));
                default -> {
                    err.println(USAGE);
                    yield CALLED_WRONGLY;
                }
            };
        } catch (NoKeyId | SealingKeyset.ChangeRefused e) {
            err.println(e.getMessage() + " “list-sealing-keys " + path + "” shows the keys. Nothing was changed.");
            return REFUSED;
        } catch (SealingKeysetFile.Unusable e) {
            err.println(e.getMessage());
            return REFUSED;
        } catch (IOException e) {
            err.println("The sealing keyset " + path + " could not be written, and is as it was: " + e);
            return REFUSED;
        }
    }

    private int create(Path path, SealingKeysetFile file) throws IOException {
        try {
            file.create(SealingKeyset.generate());
        } catch (FileAlreadyExistsException _) {
            err.println(path + " exists and was left as it is: keys that were sealed for it open with it alone.");
            return REFUSED;
        }
        out.println("Made the sealing keyset " + path
                + ". Keep a copy in a safe place: keys that were sealed for it open with it alone.");
        return DONE;
    }

    private int list(SealingKeysetFile file) {
        SealingKeyset keyset = file.read();
        List<SealingKeyId> keys = keyset.keys();
        int primary = keys.indexOf(keyset.primary());
        for (int i = 0; i < keys.size(); i++) {
            out.println(keys.get(i) + (i == primary ? " primary" : i < primary ? " older" : " newer"));
        }
        return DONE;
    }

    private int add(Path path, SealingKeysetFile file) throws IOException {
        SealingKeyset changed = file.change(SealingKeyset::withNewKey);
        out.println("Added key " + changed.keys().getLast() + " to " + path + "; key " + changed.primary()
                + " is the primary still. Give the file to every applier of the cluster and restart them, then promote"
                + " the new key. Keep a copy of the file in a safe place.");
        return DONE;
    }

    private int promote(Path path, SealingKeysetFile file, Optional<SealingKeyId> named) throws IOException {
        SealingKeyset present = file.read();
        Optional<SealingKeyId> key = named.or(present::promotable).filter(wanted -> !wanted.equals(present.primary()));
        if (key.isEmpty()) {
            out.println("Key " + present.primary() + " is the primary of " + path + " already. Nothing was changed.");
            return DONE;
        }
        file.change(keyset -> keyset.promoting(key.get()));
        out.println("Key " + key.get() + " is the primary of " + path + " now. Give the file to every applier of the"
                + " cluster and restart them; they seal again what was sealed for key " + present.primary() + ".");
        return DONE;
    }

    private int remove(Path path, SealingKeysetFile file, SealingKeyId key) throws IOException {
        file.change(keyset -> keyset.without(key));
        out.println("Removed key " + key + " from " + path + ". What is still sealed for it opens with an older copy of"
                + " the file alone. Give the file to every applier of the cluster and restart them.");
        return DONE;
    }

    private static SealingKeyId key(String text) {
        return SealingKeyId.parse(text).orElseThrow(NoKeyId::new);
    }

    private static final class NoKeyId extends RuntimeException {
        NoKeyId() {
            super("The key id has to be a number.", null, false, false);
        }
    }
}
