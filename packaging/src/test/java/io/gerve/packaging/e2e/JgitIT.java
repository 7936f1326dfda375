package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.TransportConfigCallback;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.sshd.ServerKeyDatabase;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Test of JGit as a client, which Eclipse, Jenkins and Gerrit use. It has its own SSH and git implementation. */
@ExtendWith(SharedGate.class)
class JgitIT {
    private final RunningGate gate;

    JgitIT(RunningGate gate) {
        this.gate = gate;
    }

    @Test
    void jgitClonesAndPushes(@TempDir Path folder) throws Exception {
        String repository = gate.newRepositoryWithHistory();
        try (SshdSessionFactory sessions = sessions(folder)) {
            TransportConfigCallback withKeys = transport -> ((SshTransport) transport).setSshSessionFactory(sessions);
            try (Git git = Git.cloneRepository()
                    .setURI("ssh://as-mojombo/" + repository + ".git")
                    .setDirectory(folder.resolve("clone").toFile())
                    .setTransportConfigCallback(withKeys)
                    .call()) {
                Files.writeString(folder.resolve("clone/file"), "by JGit\n");
                git.commit()
                        .setAll(true)
                        .setSign(false)
                        .setAuthor("JGit", "jgit@example.net")
                        .setMessage("By JGit")
                        .call();
                var pushed = git.push().setTransportConfigCallback(withKeys).call();
                assertThat(pushed)
                        .allSatisfy(result -> assertThat(result.getRemoteUpdates())
                                .extracting(RemoteRefUpdate::getStatus)
                                .containsExactly(RemoteRefUpdate.Status.OK));
            }
        }
        CommandResult log = gate.git("-C " + gate.onDisk(repository) + " -c safe.directory='*' log --format=%s main");
        assertThat(log.output()).isEqualTo("By JGit\nfirst\n");
    }

    private SshdSessionFactory sessions(Path folder) throws Exception {
        PublicKey gateKey = PublicKeyEntry.parsePublicKeyEntry(
                        Files.readString(gate.site().folder().resolve("keys/gate_host_key.pub")))
                .resolvePublicKey(null, null, null);
        File config = gate.site().ssh().file().toFile();
        return new SshdSessionFactoryBuilder()
                .setPreferredAuthentications("publickey")
                .setHomeDirectory(folder.toFile())
                .setSshDirectory(folder.toFile())
                .setConfigFile(_ -> config)
                .setServerKeyDatabase((_, _) -> new OneKey(gateKey))
                .withDefaultConnectorFactory()
                .build(null);
    }

    private record OneKey(PublicKey key) implements ServerKeyDatabase {
        @Override
        public List<PublicKey> lookup(String address, InetSocketAddress remote, Configuration config) {
            return List.of(key);
        }

        @Override
        public boolean accept(
                String address,
                InetSocketAddress remote,
                PublicKey serverKey,
                Configuration config,
                CredentialsProvider provider) {
            return key.equals(serverKey);
        }
    }
}
