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
    void everybodyMayConnectAndTheFolderIsLeftEmpty() throws Exception {
        try (var _ = AgentSocket.open(folder, path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw-rw-");
        }
        assertThat(folder).isEmptyDirectory();
    }

    /** Attack: somebody who may write there puts a socket of their own in the place, and answers in the agent's. */
    @Test
    void aFolderThatOthersMayWriteToIsRefused() throws Exception {
        for (String mode : new String[] {"rwxrwxr-x", "rwxr-xrwx"}) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
            refuses("others than ");
        }
    }

    @Test
    void aFolderThatIsALinkOrNotThereIsRefused(@TempDir Path elsewhere) throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), folder);
        assertThatThrownBy(() -> AgentSocket.open(link, link.resolve("socket")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no folder " + link);
    }

    @Test
    void aSocketThatADeadAgentLeftIsReplaced() throws Exception {
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        AgentSocket.open(folder, path).close();
    }

    @Test
    void anAgentThatListensIsNotPushedAside() throws Exception {
        try (var _ = AgentSocket.open(folder, path)) {
            refuses("another agent listens at " + path);
            assertThat(path).exists();
        }
    }

    @Test
    void aFileIsNotReplaced() throws Exception {
        Files.writeString(path, "precious");
        refuses("is there already, and is no socket");
        assertThat(path).hasContent("precious");
    }

    private void refuses(String why) {
        assertThatThrownBy(() -> AgentSocket.open(folder, path))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("agent.socket: ")
                .hasMessageContaining(why);
    }
}
