package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.config.IpNetwork;
import io.gerve.config.algorithm.AlgorithmSettings;
import io.gerve.connection.PendingConnections;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.login.RefusedLogin;
import io.gerve.request.RequestRunner;
import io.gerve.ssh.algorithm.HostKeys;
import io.gerve.ssh.algorithm.SelfTest;
import io.gerve.ssh.algorithm.SshAlgorithms;
import io.gerve.ssh.metrics.ConnectionMetrics;
import io.gerve.ssh.metrics.RefusedProxyHeaders;
import io.gerve.ssh.transport.FairQueue;
import io.gerve.ssh.transport.ListeningSocket;
import io.gerve.ssh.transport.SelectorSession;
import io.gerve.ssh.transport.SelectorTransport;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
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

/**
 * SSH server that authenticates clients by their registered keys and passes their commands to a {@link RequestRunner}.
 * Safe for use by many threads.
 */
public final class SshListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshListener.class);
    private static final String IDENTIFICATION = "Gerve";
    private static final String RESTARTING = "Gerve is restarting. Please try again.";

    /** Time that commands have to send their final messages when a drain has timed out. */
    private static final Duration INTERRUPT_GRACE_PERIOD = Duration.ofSeconds(3);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    /** Authentication requests for each key: a query and a signature. */
    private static final int REQUESTS_PER_KEY = 2;

    /**
     * Factor of connections_max above which a connection is closed without a message. Those between the two are told
     * the reason.
     */
    private static final int REFUSED_SHARE = 2;

    /** A burst of this many logins is not a flood, however low the limits are. */
    private static final int BURST_MIN = 32;

    /**
     * Logins of one address: as many at once as an address may have connections by default, then 50 a second. At a
     * millisecond each, an address takes a twentieth of a processor at most.
     */
    private static final FairQueue.Rate LOGIN_RATE = new FairQueue.Rate(256, Duration.ofMillis(20));

    /** Re-exchanges that the clients with one key start: OpenSSH does so after 64 GiB, and others after an hour. */
    private static final FairQueue.Rate REKEY_RATE = new FairQueue.Rate(32, Duration.ofMillis(250));

    private final ConnectionContext shared;
    private final Server server =
            (Server) ServerBuilder.builder().factory(Server::new).build();
    private final ScheduledExecutorService timeoutChecks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("ssh-timeouts").daemon().factory());

    /**
     * Starts to listen.
     *
     * @param refusedLogins receives each refused login when its connection has ended
     * @throws IOException if a host key cannot be used, the self-test of the cryptography fails, or the port is in use
     */
    public SshListener(
            FrontendSettings settings,
            KeyDirectory keys,
            RequestRunner requests,
            Consumer<RefusedLogin> refusedLogins,
            MeterRegistry registry)
            throws IOException {
        this(settings, keys, requests, refusedLogins, registry, RekeyLimit.RECOMMENDED, onePerProcessor(LOGIN_RATE));
    }

    SshListener(
            FrontendSettings settings,
            KeyDirectory keys,
            RequestRunner requests,
            Consumer<RefusedLogin> refusedLogins,
            MeterRegistry registry,
            RekeyLimit rekeyLimit,
            FairQueue loginExchanges)
            throws IOException {
        AlgorithmSettings algorithms = settings.algorithms();
        List<KeyPair> hostKeys = HostKeys.load(settings.hostKeys(), algorithms.hostKeyAlgorithms());
        SelfTest.run(hostKeys, SshAlgorithms.keyExchanges(algorithms));
        var metrics = new ConnectionMetrics(registry);
        this.shared = new ConnectionContext(
                settings,
                keys,
                requests,
                refusedLogins.andThen(metrics::refused),
                metrics,
                new RefusedProxyHeaders(registry),
                new ConnectionSlots(settings.limits().connectionsPerAddressMax()),
                unauthenticated(settings.limits()),
                idle(settings.limits()),
                loginExchanges,
                onePerProcessor(REKEY_RATE),
                ConcurrentHashMap.newKeySet(),
                ConcurrentHashMap.newKeySet());
        metrics.bind(this::connections, shared.unauthenticated()::number);
        SshAlgorithms.applyTo(server, algorithms);
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
        server.setHost(settings.listen().getAddress().getHostAddress());
        server.setPort(settings.listen().getPort());
        // Connections over the limit wait to be told the reason, so their number is limited too.
        int openMax = REFUSED_SHARE * settings.limits().connectionsMax();
        server.setIoServiceFactoryFactory(new SelectorTransport(
                new ConnectionAdmission(openMax, shared::isProxy, shared.unauthenticated()),
                new ListeningSocket.Bound()));
        configureServices();
        configureLimits(rekeyLimit);
        server.start();
        ScheduledFuture<?> _ = timeoutChecks.scheduleAtFixedRate(this::checkTimeouts, 1, 1, TimeUnit.SECONDS);
    }

    private static FairQueue onePerProcessor(FairQueue.Rate rate) {
        return new FairQueue(Runtime.getRuntime().availableProcessors(), rate);
    }

    /** At most three quarters of the connections, so that authenticated clients always find a free one. */
    private static PendingConnections<IpNetwork> unauthenticated(FrontendSettings.Limits limits) {
        return PendingConnections.byAddress(
                Math.max(BURST_MIN, limits.connectionsMax() / 4 * 3),
                Math.max(BURST_MIN, limits.connectionsPerAddressMax()),
                HeapBudget.ofThisProgram().unauthenticatedInputBytes());
    }

    /** At most a quarter of the connections for one account or organization. */
    private static PendingConnections<Object> idle(FrontendSettings.Limits limits) {
        return new PendingConnections<>(
                Math.max(BURST_MIN, limits.connectionsMax()),
                Math.max(BURST_MIN, limits.connectionsMax() / 4),
                HeapBudget.ofThisProgram().idleBytes());
    }

    private void configureServices() {
        server.setSessionFactory(new SessionFactory(server) {
            @Override
            protected ServerSessionImpl doCreateSession(IoSession socket) throws Exception {
                return new SshConnection(server, (SelectorSession) socket, shared);
            }
        });
        var offered =
                new OfferedKeys(shared.keys(), shared.settings().hidesRegisteredKeys(), LOGIN_RATE, System::nanoTime);
        server.setUserAuthFactories(List.<UserAuthFactory>of(KeyAuthenticator.factory(shared.keys(), offered)));
        server.setServiceFactories(List.of(
                ServerUserAuthServiceFactory.INSTANCE,
                ChannelService.factory(shared.limits().channelsMax())));
        var budget = new WindowBudget(HeapBudget.ofThisProgram().readAheadBytes());
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

    private void configureLimits(RekeyLimit rekeyLimit) {
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, IDENTIFICATION);
        CoreModuleProperties.SOCKET_BACKLOG.set(server, shared.limits().backlog());
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        // One key more than the limit, for the client's first request, which is for the method "none".
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(
                server, REQUESTS_PER_KEY * (shared.limits().maxAuthTries() + 1));
        CoreModuleProperties.REKEY_BYTES_LIMIT.set(server, rekeyLimit.bytes());
        CoreModuleProperties.REKEY_TIME_LIMIT.set(server, rekeyLimit.interval());
        // MINA's defaults of 30 and 5 seconds would break the clone of a client that is suspended for longer.
        CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.CHANNEL_CLOSE_TIMEOUT.set(server, shared.timeouts().clientAliveTimeout());
        // SshConnection.tick checks these timeouts. MINA stops checking them once a connection has reported an error.
        CoreModuleProperties.AUTH_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
    }

    private void checkTimeouts() {
        Moment now = Moment.now();
        shared.connections().forEach(connection -> connection.tick(now));
    }

    /** Returns the port on which the server listens. It differs from the configured port if that is 0. */
    public int port() {
        return server.getPort();
    }

    /** Returns the number of open connections, authenticated or not. */
    public int connections() {
        return shared.connections().size();
    }

    /**
     * Stops accepting connections, closes those that run no command, and waits for the others. After the timeout, or if
     * the calling thread is interrupted, interrupts the running commands, gives them three seconds to send their final
     * messages, and closes their connections.
     */
    public void drain(Duration timeout) {
        server.stopAccepting();
        if (!awaitEnd(Moment.now().plus(timeout))) {
            shared.connections().forEach(connection -> connection.end(RESTARTING, INTERRUPT_GRACE_PERIOD));
            awaitEnd(Moment.now().plus(INTERRUPT_GRACE_PERIOD));
        }
        close();
    }

    private boolean awaitEnd(Moment deadline) {
        while (!shared.connections().isEmpty()) {
            Moment now = Moment.now();
            if (now.isAfter(deadline)) {
                return false;
            }
            shared.connections().forEach(connection -> endWhenIdle(connection, now));
            try {
                Thread.sleep(POLL_INTERVAL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Ends the connection when it is idle. An error on one connection must not stop the drain of the others. */
    private static void endWhenIdle(SshConnection connection, Moment now) {
        try {
            connection.endWhenIdle(RESTARTING, now);
        } catch (RuntimeException e) {
            LOG.error("Cannot drain a connection, closing it at once", e);
            connection.close(true);
        }
    }

    /** Closes all connections at once. */
    @Override
    public void close() {
        timeoutChecks.shutdownNow();
        server.close(true);
    }

    private static final class Server extends SshServer {
        void stopAccepting() {
            acceptor.unbind();
        }
    }
}
