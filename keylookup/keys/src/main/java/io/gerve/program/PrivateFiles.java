package io.gerve.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/** Checks that other accounts of the machine can neither read a program's secrets nor replace its files. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private PrivateFiles() {}

    /**
     * Checks a file that holds a secret, such as a private key.
     *
     * @throws IOException if every account can read or write the file; the message says what to run
     */
    public static void requireSecret(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().anyMatch(OTHERS::contains)) {
            throw new IOException(file + " can be read by every account of this machine. Run: chmod o-rwx " + file);
        }
    }

    /**
     * Checks a folder in which the program keeps files of its own.
     *
     * @throws IOException if the folder does not exist, belongs to another account, or can be written by another
     *     account; the message says what to run
     */
    public static void requireOwnFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("there is no folder " + folder);
        }
        UserPrincipal self = Files.getOwner(Path.of("/proc/self"));
        PosixFileAttributes attributes =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.owner().equals(self)) {
            throw new IOException("%s belongs to %s, but must belong to %s, which runs this program"
                    .formatted(folder, attributes.owner().getName(), self.getName()));
        }
        if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(
                    "others than %s may write to %s. Run: chmod go-w %s".formatted(self.getName(), folder, folder));
        }
    }
}
