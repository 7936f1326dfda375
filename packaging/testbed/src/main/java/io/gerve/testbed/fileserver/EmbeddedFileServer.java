package io.gerve.testbed.fileserver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;

/** File server on MINA, for machines without OpenSSH's server. It runs the same git-shell. */
public final class EmbeddedFileServer implements LocalFileServer {
    private final FileServerHome home;
    private final SshServer server;

    private EmbeddedFileServer(FileServerHome home, SshServer server) {
        this.home = home;
        this.server = server;
    }

    /** @param gateKey the only public key that may log in */
    public static EmbeddedFileServer start(FileServerHome home, int port, String gateKey) throws Exception {
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setPort(port);
        server.setKeyPairProvider(new FileKeyPairProvider(home.hostKeyFile()));
        var allowed = PublicKeyEntry.parsePublicKeyEntry(gateKey).resolvePublicKey(null, null, null);
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setPublickeyAuthenticator((user, key, session) -> KeyUtils.compareKeys(allowed, key));
        server.setCommandFactory((channel, command) -> new GitShellCommand(home.loginShell(), command));
        CoreModuleProperties.IDLE_TIMEOUT.set(server, java.time.Duration.ZERO);
        server.start();
        return new EmbeddedFileServer(home, server);
    }

    @Override
    public FileServerHome home() {
        return home;
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public String user() {
        return "git";
    }

    @Override
    public void kill() {
        close();
    }

    @Override
    public LocalFileServer startAgain() throws Exception {
        String gateKey = java.nio.file.Files.readString(home.authorizedKeys()).strip();
        return start(home, port(), gateKey);
    }

    @Override
    public Path log() {
        return home.log();
    }

    @Override
    public void close() {
        try {
            server.stop(true);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
