package io.gerve.agent;

import io.gerve.routing.FileServerHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pinned host keys of file servers as known_hosts files, one for each host and key, next to the agent's socket. A
 * file is never changed, so ssh(1) never reads a half-written one. Safe for use by many threads.
 */
final class KnownHostsFiles {
    private static final int KEY_DIGITS = 32;

    private final Path folder;
    private final Map<FileServerHost, Path> written = new ConcurrentHashMap<>();

    /** @param parent a directory to which only the agent can write */
    KnownHostsFiles(Path parent) throws IOException {
        this.folder = parent.resolve("known_hosts");
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Returns the known_hosts file that has only the host's key, under the host's name. */
    Path knownHostsFile(FileServerHost host) throws IOException {
        Path known = written.get(host);
        if (known != null) {
            return known;
        }
        Path file = folder.resolve(host.name() + "-" + keyDigits(host));
        Path draft = Files.createTempFile(folder, "draft", "");
        Files.writeString(draft, host.name() + " " + host.hostKey().text() + "\n");
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        written.put(host, file);
        return file;
    }

    private static String keyDigits(FileServerHost host) {
        return HexFormat.of().formatHex(host.hostKey().fingerprint().digest()).substring(0, KEY_DIGITS);
    }
}
