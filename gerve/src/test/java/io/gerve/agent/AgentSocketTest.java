package io.gerve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentSocketTest {
    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void name() {
        path = folder.resolve("socket");
    }

    @Test
    void everyAccountMayConnectAndCloseRemovesTheSocket() throws Exception {
        try (var _ = AgentSocket.open(folder, path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw-rw-");
        }
        assertThat(folder).isEmptyDirectory();
    }

    /**
     * Attack: an account that can write to the directory replaces the socket with its own and answers instead of the
     * agent.
     */
    @Test
    void folderWritableByOthersIsRefused() throws Exception {
        for (String mode : new String[] {"rwxrwxr-x", "rwxr-xrwx"}) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
            assertRefused("others than ");
        }
    }

    @Test
    void symbolicLinkAsFolderIsRefused(@TempDir Path elsewhere) throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), folder);
        assertThatThrownBy(() -> AgentSocket.open(link, link.resolve("socket")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no folder " + link);
    }

    @Test
    void socketOfDeadAgentIsReplaced() throws Exception {
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        AgentSocket.open(folder, path).close();
    }

    @Test
    void socketOfRunningAgentIsNotReplaced() throws Exception {
        try (var _ = AgentSocket.open(folder, path)) {
            assertRefused("another agent listens at " + path);
            assertThat(path).exists();
        }
    }

    @Test
    void regularFileIsNotReplaced() throws Exception {
        Files.writeString(path, "precious");
        assertRefused("exists and is not a socket");
        assertThat(path).hasContent("precious");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> AgentSocket.open(folder, path))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("agent.socket: ")
                .hasMessageContaining(why);
    }
}
