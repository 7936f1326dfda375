package io.gerve.program;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateFilesTest {
    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rw-r-----"})
    void secretOfOwnerAndGroupIsAccepted(String permissions) throws IOException {
        Path key = key(permissions);
        assertThatCode(() -> PrivateFiles.requireSecret(key)).doesNotThrowAnyException();
    }

    /** The attack: another account of the gate's machine reads a private key and is the gate from then on. */
    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-----w-", "rw----r--"})
    void secretThatEveryAccountCanReadIsRefused(String permissions) throws IOException {
        Path key = key(permissions);
        assertThatThrownBy(() -> PrivateFiles.requireSecret(key))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Run: chmod o-rwx " + key);
    }

    @Test
    void ownFolderIsAccepted() throws IOException {
        Path folder = folder("rwxr-xr-x");
        assertThatCode(() -> PrivateFiles.requireOwnFolder(folder)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwx---", "rwx----w-"})
    void folderThatOthersCanWriteToIsRefused(String permissions) throws IOException {
        Path folder = folder(permissions);
        assertThatThrownBy(() -> PrivateFiles.requireOwnFolder(folder)).hasMessageContaining("chmod go-w " + folder);
    }

    @Test
    void symbolicLinkIsNoOwnFolder() throws IOException {
        Path link = Files.createSymbolicLink(home.resolve("link"), folder("rwx------"));
        assertThatThrownBy(() -> PrivateFiles.requireOwnFolder(link)).hasMessageContaining("there is no folder");
    }

    private Path key(String permissions) throws IOException {
        Path key = Files.writeString(home.resolve("key"), "secret");
        return Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
    }

    private Path folder(String permissions) throws IOException {
        Path folder = Files.createDirectory(home.resolve("folder"));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }
}
