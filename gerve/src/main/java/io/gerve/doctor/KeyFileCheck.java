package io.gerve.doctor;

import io.gerve.fileserver.PrivateKeyFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Check of a file with a private key: its owner, its mode, and whether it holds a key. */
final class KeyFileCheck {
    private static final String NAME = "key_file";
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("------rwx");

    private final Path file;
    private final String setting;
    private final Severity severityIfMissing;

    /**
     * @param setting the setting that names the file
     * @param severityIfMissing the severity if there is no such file
     */
    KeyFileCheck(Path file, String setting, Severity severityIfMissing) {
        this.file = file;
        this.setting = setting;
        this.severityIfMissing = severityIfMissing;
    }

    /** @param account the account that runs the gate; empty if it is not known */
    Finding finding(Optional<String> account) {
        try {
            PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
            if (attributes.permissions().stream().anyMatch(OTHERS::contains)) {
                return error(
                        "Every account of this machine can use this private key (mode %s, %s)."
                                .formatted(PosixFilePermissions.toString(attributes.permissions()), setting),
                        "chmod o-rwx " + file);
            }
            String owner = attributes.owner().getName();
            if (account.isPresent() && !owner.equals(account.get())) {
                return error(
                        "It belongs to %s, but the gate runs as %s (%s).".formatted(owner, account.get(), setting),
                        "chown %s: %s".formatted(account.get(), file));
            }
            return new Finding(
                    NAME,
                    file.toString(),
                    Severity.OK,
                    PrivateKeyFile.fingerprint(file).text(),
                    "");
        } catch (NoSuchFileException _) {
            return new Finding(
                    NAME,
                    file.toString(),
                    severityIfMissing,
                    "There is no such file (" + setting + ").",
                    "Copy it from another gate. If this is the first one: ssh-keygen -t %s -N '' -f %s"
                            .formatted(keyType(), file));
        } catch (AccessDeniedException _) {
            return new Finding(
                    NAME,
                    file.toString(),
                    Severity.UNKNOWN,
                    "You may not read it (" + setting + ").",
                    "Run gerve doctor as root or as the account of the gate.");
        } catch (IOException | IllegalArgumentException e) {
            return error(String.valueOf(e.getMessage()), "Copy it from another gate: " + setting);
        }
    }

    /** Returns the type that the file's name tells, as sshd names host keys: {@code ssh_host_ecdsa_key}. */
    private String keyType() {
        return Stream.of("ecdsa", "rsa")
                .filter(type -> file.getFileName().toString().contains("_" + type + "_"))
                .findFirst()
                .orElse("ed25519");
    }

    private Finding error(String what, String advice) {
        return new Finding(NAME, file.toString(), Severity.ERROR, what, advice);
    }
}
