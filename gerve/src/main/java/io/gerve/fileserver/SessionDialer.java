package io.gerve.fileserver;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import io.gerve.config.FileServerSettings;
import io.gerve.routing.FileServerHost;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/**
 * Factory of sessions that accept only the pinned host key and log in with the key of the gate. Safe for use by many
 * threads.
 */
final class SessionDialer {
    private final String user;
    private final GateIdentity identity;
    private final JSch jsch = new JSch();
    private final LongAdder prepared = new LongAdder();

    /**
     * Reads the private key.
     *
     * @throws IllegalArgumentException if the private key cannot be used
     * @throws IllegalStateException if this Java does not support the algorithms for file servers
     */
    SessionDialer(FileServerSettings settings) {
        FileServerAlgorithms.check();
        this.user = settings.user();
        this.identity = new GateIdentity(settings.identityFile());
    }

    /** Returns a new session that is not logged in. */
    PooledSession prepare(FileServerHost host, Duration connectTimeout, BiConsumer<PooledSession, Boolean> released) {
        prepared.increment();
        return new PooledSession(host, session(host), identity, new SessionSocket(connectTimeout), released);
    }

    long dialedCount() {
        return prepared.sum();
    }

    private Session session(FileServerHost host) {
        try {
            var session = jsch.getSession(user, host.address(), host.port());
            FileServerAlgorithms.applyTo(session, host.hostKey().algorithm());
            session.setHostKeyRepository(new PinnedHostKey(host.hostKey()));
            session.setIdentityRepository(identity);
            return session;
        } catch (JSchException e) {
            throw new IllegalStateException("JSch accepts every user name and address", e);
        }
    }
}
