package io.gerve.bridge;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import io.gerve.chimney.FileServerHost;
import io.gerve.config.BridgeSettings;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/** Makes sessions that believe a host with its pinned key and log in with the gate's own. Safe for use by many threads. */
final class Dialler {
    private final String user;
    private final GateIdentity identity;
    private final JSch jsch = new JSch();
    private final LongAdder prepared = new LongAdder();

    /**
     * @throws IllegalArgumentException if the private key cannot be used
     * @throws IllegalStateException if this Java cannot do what the bridge speaks
     */
    Dialler(BridgeSettings settings) {
        Algorithms.check();
        this.user = settings.user();
        this.identity = new GateIdentity(settings.identity());
    }

    /** A session that is yet to log in. */
    FileServerSession prepare(
            FileServerHost host, Duration connectTimeout, BiConsumer<FileServerSession, Boolean> released) {
        prepared.increment();
        return new FileServerSession(host, session(host), new Wire(connectTimeout), released);
    }

    long dialled() {
        return prepared.sum();
    }

    private Session session(FileServerHost host) {
        try {
            var session = jsch.getSession(user, host.address(), host.port());
            Algorithms.applyTo(session, host.hostKey().algorithm());
            session.setHostKeyRepository(new PinnedHostKey(host.hostKey()));
            session.setIdentityRepository(identity);
            return session;
        } catch (JSchException e) {
            throw new IllegalStateException("JSch takes every user name and address", e);
        }
    }
}
