package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.login.RefusedLogin;
import io.gerve.request.RequestRunner;
import io.gerve.session.SessionSlots;
import io.gerve.ssh.transport.ListeningSocket;
import io.gerve.ssh.transport.SelectorTransport;
import io.gerve.ssh.transport.UnauthenticatedConnections;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;
import org.apache.sshd.server.session.SessionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SSH server: lets in who holds a registered key, and hands what they ask for to the runner. Safe for use by many threads. */
public final class SshListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshListener.class);
    private static final String IDENTIFICATION = "Gerve";
    private static final String RESTARTING = "Gerve is restarting. Please try again.";
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(50);

    /** The first request, for no method, and for each key a question and a signature. */
    private static final int REQUESTS_PER_KEY = 2;

    private static final int REFUSED_SHARE = 2;

    /** A burst of so many logins is no flood, however low the limits are. */
    private static final int UNAUTHENTICATED_LEAST = 32;

    /** Input of clients that have not logged in takes a sixteenth of the heap: 4 096 clients, each in its key exchange, in 512 MiB. */
    private static final int UNAUTHENTICATED_HEAP_SHARE = 16;

    private final ConnectionContext shared;
    private final Server server =
            (Server) ServerBuilder.builder().factory(Server::new).build();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("gerve-ssh-clock").daemon().factory());

    /**
     * Starts to listen.
     *
     * @param refusedLogins takes those that were refused, when their connections have ended
     * @throws IOException if a host key cannot be used, the cryptography does not work here, or the port is taken
     */
    public SshListener(
            FrontendSettings settings, KeyDirectory keys, RequestRunner requests, Consumer<RefusedLogin> refusedLogins)
            throws IOException {
        this(settings, keys, requests, refusedLogins, RekeyLimit.RECOMMENDED, onePerProcessor());
    }

    SshListener(
            FrontendSettings settings,
            KeyDirectory keys,
            RequestRunner requests,
            Consumer<RefusedLogin> refusedLogins,
            RekeyLimit rekeying,
            KeyExchangeQueue logins)
            throws IOException {
        List<KeyPair> hostKeys = HostKeys.load(settings.hostKeys());
        SelfTest.run(hostKeys);
        this.shared = new ConnectionContext(
                settings,
                keys,
                requests,
                refusedLogins,
                new ConnectionSlots(settings.limits().connectionsPerAddressMax()),
                unauthenticated(settings.limits()),
                logins,
                onePerProcessor(),
                ConcurrentHashMap.newKeySet());
        SshAlgorithms.applyTo(server);
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
        server.setHost(settings.listen().getAddress().getHostAddress());
        server.setPort(settings.listen().getPort());
        // Clients that are over the limit and wait to be told so are themselves bounded: as many again as the limit.
        int openMax = REFUSED_SHARE * settings.limits().connectionsMax();
        server.setIoServiceFactoryFactory(
                new SelectorTransport((_, open) -> open < openMax, new ListeningSocket.Bound()));
        disableForwarding();
        limit(rekeying);
        server.start();
        ScheduledFuture<?> _ = clock.scheduleAtFixedRate(this::checkTimeouts, 1, 1, TimeUnit.SECONDS);
    }

    private static KeyExchangeQueue onePerProcessor() {
        return new KeyExchangeQueue(Runtime.getRuntime().availableProcessors());
    }

    /** Three quarters of the connections at most, so that clients that do not log in leave places to those that have. */
    private static UnauthenticatedConnections unauthenticated(FrontendSettings.Limits limits) {
        return new UnauthenticatedConnections(
                Math.max(UNAUTHENTICATED_LEAST, limits.connectionsMax() / 4 * 3),
                Math.max(UNAUTHENTICATED_LEAST, limits.connectionsPerAddressMax()),
                Runtime.getRuntime().maxMemory() / UNAUTHENTICATED_HEAP_SHARE);
    }

    private void disableForwarding() {
        server.setSessionFactory(new SessionFactory(server) {
            @Override
            protected ServerSessionImpl doCreateSession(IoSession socket) throws Exception {
                return new SshConnection(server, socket, shared);
            }
        });
        server.setUserAuthFactories(List.<UserAuthFactory>of(KeyAuthenticator.factory(shared.keys())));
        server.setServiceFactories(List.of(
                ServerUserAuthServiceFactory.INSTANCE,
                ChannelService.factory(shared.limits().channelsMax())));
        var budget = new WindowBudget(
                SessionSlots.readAheadBytes(Runtime.getRuntime().maxMemory()));
        server.setChannelFactories(List.of(new ChannelFactory() {
            @Override
            public String getName() {
                return "session";
            }

            @Override
            public Channel createChannel(Session session) {
                return new SessionChannel(
                        (SshConnection) session,
                        shared.requests(),
                        budget,
                        shared.timeouts().clientAliveTimeout());
            }
        }));
        server.setGlobalRequestHandlers(List.of());
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    }

    private void limit(RekeyLimit rekeying) {
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, IDENTIFICATION);
        CoreModuleProperties.SOCKET_BACKLOG.set(server, shared.limits().backlog());
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(
                server, REQUESTS_PER_KEY * (shared.limits().maxAuthTries() + 1));
        CoreModuleProperties.REKEY_BYTES_LIMIT.set(server, rekeying.bytes());
        CoreModuleProperties.REKEY_TIME_LIMIT.set(server, rekeying.interval());
        // A client that is stopped reads nothing for as long as it is stopped. These defaults, of 30 and 5 seconds,
        // would lose its clone.
        CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.CHANNEL_CLOSE_TIMEOUT.set(server, shared.timeouts().clientAliveTimeout());
        // Connections keep their own time (Connection.tick), which MINA's does not do once a connection has reported an
        // error.
        CoreModuleProperties.AUTH_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
    }

    private void checkTimeouts() {
        Instant now = Instant.now();
        shared.connections().forEach(connection -> connection.tick(now));
    }

    /** Where it listens, which matters when the settings said 0. */
    public int port() {
        return server.getPort();
    }

    /** Connections that are open, logged in or not. */
    public int connections() {
        return shared.connections().size();
    }

    /**
     * Stops accepting, closes connections at once that run no command, and waits for those that do. What still runs at the end is
     * interrupted and has three seconds for its last words. On interruption, goes straight to that end.
     */
    public void drain(Duration limit) {
        server.stopAccepting();
        if (!awaitEnd(Instant.now().plus(limit))) {
            shared.connections().forEach(connection -> connection.end(RESTARTING, LAST_WORDS));
            awaitEnd(Instant.now().plus(LAST_WORDS));
        }
        close();
    }

    private boolean awaitEnd(Instant limit) {
        while (!shared.connections().isEmpty()) {
            Instant now = Instant.now();
            if (now.isAfter(limit)) {
                return false;
            }
            shared.connections().forEach(connection -> endWhenIdle(connection, now));
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Whatever is wrong with one connection, the commands of the others are waited for. */
    private static void endWhenIdle(SshConnection connection, Instant now) {
        try {
            connection.endWhenIdle(RESTARTING, now);
        } catch (RuntimeException e) {
            LOG.error("a connection could not be ended in order, and is cut", e);
            connection.close(true);
        }
    }

    /** Cuts whatever is open. */
    @Override
    public void close() {
        clock.shutdownNow();
        server.close(true);
    }

    private static final class Server extends SshServer {
        void stopAccepting() {
            acceptor.unbind();
        }
    }
}
