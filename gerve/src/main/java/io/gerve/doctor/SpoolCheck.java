package io.gerve.doctor;

import io.gerve.config.AuditSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Check of the spool, in which records of requests wait for the database: its owner, its mode, and its size. */
final class SpoolCheck {
    private static final String NAME = "spool";
    private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS = PosixFilePermissions.fromString("----w--w-");
    private static final long MEGABYTE = 1 << 20;
    /** A spool that is this full takes few further records. */
    private static final int FULL_PERCENT = 95;

    private static final int WARNING_PERCENT = 50;

    private final Path folder;
    private final int megabytesMax;

    SpoolCheck(AuditSettings settings) {
        this.folder = settings.spool();
        this.megabytesMax = settings.spoolMegabytesMax();
    }

    /** @param account the account that runs the gate; empty if it is not known */
    Finding finding(Optional<String> account) {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            String owner = attributes.owner().getName();
            if (account.isPresent() && !owner.equals(account.get())) {
                return finding(
                        Severity.ERROR,
                        "It belongs to %s, but the gate runs as %s, which does not start then."
                                .formatted(owner, account.get()),
                        "chown -R %s: %s".formatted(account.get(), folder));
            }
            if (attributes.permissions().stream().anyMatch(WRITABLE_BY_OTHERS::contains)) {
                return finding(
                        Severity.ERROR,
                        "Other accounts can write to it (mode %s), so the gate does not start."
                                .formatted(PosixFilePermissions.toString(attributes.permissions())),
                        "chmod go-w " + folder);
            }
            return size();
        } catch (NoSuchFileException _) {
            return finding(Severity.OK, "not there; a gate creates it", "");
        } catch (AccessDeniedException _) {
            return finding(
                    Severity.UNKNOWN,
                    "You may not read it.",
                    "Run gerve doctor as root or as the account of the gate.");
        } catch (IOException | UncheckedIOException e) {
            return finding(Severity.UNKNOWN, "It cannot be read: " + e.getMessage(), "ls -l " + folder);
        }
    }

    private Finding size() throws IOException {
        long bytes = bytes();
        long percent = bytes * 100 / (megabytesMax * MEGABYTE);
        String size = "Records of %d MB wait for the database, of at most %d MB (audit.spool_megabytes_max)."
                .formatted(bytes / MEGABYTE, megabytesMax);
        String advice =
                "See in the gate's log why the database takes no records: journalctl -u gerve-frontend | grep -i"
                        + " 'access log'. It takes them when the cause is gone.";
        if (percent >= FULL_PERCENT) {
            return finding(Severity.ERROR, "It is full: further records are in the gate's log only. " + size, advice);
        }
        long room = Files.getFileStore(folder).getUsableSpace();
        if (room < MEGABYTE) {
            return finding(Severity.ERROR, "Its disk is full.", "df -h " + folder);
        }
        if (percent >= WARNING_PERCENT) {
            return finding(Severity.WARNING, size, advice);
        }
        return finding(Severity.OK, bytes / MEGABYTE + " MB", "");
    }

    private long bytes() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".spool"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private Finding finding(Severity severity, String what, String advice) {
        return new Finding(NAME, folder.toString(), severity, what, advice);
    }
}
