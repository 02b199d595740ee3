package io.waypass.sealing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.function.UnaryOperator;

/** The file of a {@link SealingKeyset}: Tink's JSON form, created with read permission for its owner only. */
public final class SealingKeysetFile {

    /** The file cannot be used; the message says what to do and quotes nothing of the file. */
    public static final class Unusable extends RuntimeException {
        Unusable(String message) {
            super(message, null, false, false);
        }
    }

    private final Path file;

    public SealingKeysetFile(Path file) {
        this.file = file;
    }

    /** @throws Unusable if there is no such file, it cannot be read, or it is no keyset */
    public SealingKeyset read() {
        try {
            return SealingKeyset.ofJson(Files.readString(file));
        } catch (NoSuchFileException _) {
            throw new Unusable("There is no sealing keyset " + file + ". Make one with “create-sealing-keyset " + file
                    + "”, or restore the file that this cluster's keys were sealed for.");
        } catch (IOException e) {
            throw new Unusable("The sealing keyset " + file + " cannot be read ("
                    + e.getClass().getSimpleName()
                    + "). It has to be a file that the user who runs this may read.");
        } catch (GeneralSecurityException _) {
            throw new Unusable("The file " + file + " holds no sealing keyset, or a damaged one. Restore the file that"
                    + " this cluster's keys were sealed for.");
        }
    }

    /**
     * Writes a new keyset.
     *
     * @throws FileAlreadyExistsException if the file exists: overwriting a keyset makes every key sealed for it
     * unreadable
     * @throws IOException if it cannot be written
     */
    public void create(SealingKeyset keyset) throws IOException {
        if (file.toAbsolutePath().getParent() instanceof Path parent) {
            Files.createDirectories(parent);
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, keyset.json(), StandardOpenOption.TRUNCATE_EXISTING);
    }

    /**
     * Replaces the keyset atomically: a reader sees the old or the new one whole, and an interruption leaves the old
     * one. Owner and permissions stay.
     *
     * @param change returns the changed keyset; if it throws, the file stays as it is
     * @return the changed keyset
     * @throws Unusable if the file cannot be used, or another change is in progress or was interrupted
     * @throws IOException if it cannot be written
     */
    public SealingKeyset change(UnaryOperator<SealingKeyset> change) throws IOException {
        read();
        // a link stays a link
        Path present = file.toRealPath();
        Path next = present.resolveSibling(present.getFileName() + ".new");
        try {
            // this file's existence prevents a second change
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException _) {
            throw new Unusable(next + " exists: another command is changing the keyset, or one was cut off. If none is"
                    + " running, delete that file and try again; " + file + " is as it was.");
        }
        boolean replaced = false;
        try {
            // read again: another change may have completed in between
            SealingKeyset changed = change.apply(read());
            write(next, changed.json());
            likeBefore(present, next);
            Files.move(next, present, StandardCopyOption.ATOMIC_MOVE);
            replaced = true;
            try (FileChannel directory = FileChannel.open(next.toAbsolutePath().getParent())) {
                directory.force(true);
            }
            return changed;
        } finally {
            if (!replaced) {
                Files.deleteIfExists(next);
            }
        }
    }

    private static void write(Path file, String json) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** An applier that could read the file before, as its owner or by its group, can read it afterwards. */
    private static void likeBefore(Path before, Path after) throws IOException {
        PosixFileAttributes wanted = Files.readAttributes(before, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(after, PosixFileAttributeView.class);
        PosixFileAttributes given = view.readAttributes();
        if (!given.owner().equals(wanted.owner())) {
            view.setOwner(wanted.owner());
        }
        if (!given.group().equals(wanted.group())) {
            view.setGroup(wanted.group());
        }
        view.setPermissions(wanted.permissions());
    }
}
