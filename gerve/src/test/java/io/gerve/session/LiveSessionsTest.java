package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.access.AccessFacts;
import io.gerve.access.AccessGate;
import io.gerve.access.Repository;
import io.gerve.fileserver.RemoteExit;
import io.gerve.git.GitCommand;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestIdGenerator;
import io.gerve.request.ClientMessage;
import io.gerve.request.ExitResult;
import io.gerve.request.LiveSession;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestMetrics;
import io.gerve.request.RequestRecorder;
import io.gerve.request.RequestTraces;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.routing.Route;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Git commands of {@link GitSession} that are authorized again while they run. */
class LiveSessionsTest {
    private static final String CLONE = "git-upload-pack 'mojombo/bert.git'";
    private static final String PUSH = "git-receive-pack 'mojombo/bert.git'";
    private static final Invalidation ROUTE_CHANGED = new Invalidation(Invalidation.Kind.ROUTE, "mojombo");

    private final DirectInvalidationBus invalidations = new DirectInvalidationBus();
    private final ScriptedFileServers servers = new ScriptedFileServers();
    private final AtomicInteger keyLookups = new AtomicInteger();
    private final AtomicInteger writeRouteLookups = new AtomicInteger();
    private Duration interval = Duration.ofMinutes(10);
    private volatile CachedResult<RegisteredKey> key = CachedResult.fresh(RequestSamples.KEY);
    private volatile AccessFacts facts = RequestSamples.readable();
    private volatile Route readRoute = RequestSamples.route("fs3", List.of("fs3a", "fs3b"));
    private volatile Route writeRoute = readRoute;
    private volatile boolean isDatabaseAway;

    @Test
    void revokedKeyEndsRunningClone() throws Exception {
        try (var clone = startUntilClosed(CLONE)) {
            key = CachedResult.fresh(RequestSamples.revokedKey());
            invalidations.publish(new Invalidation(
                    Invalidation.Kind.KEY, RequestSamples.KEY.fingerprint().text()));

            assertThat(clone.exit().get()).isEqualTo(new ExitResult.Status(128));
            assertThat(clone.client().stderrText()).startsWith("ERROR: This key was revoked.");
        }
    }

    @Test
    void invalidationWithoutRevocationEndsNothing() throws Exception {
        var release = new CompletableFuture<Void>();
        try (var clone = startUntil(release, CLONE)) {
            invalidations.publish(Invalidation.site());
            await().until(() -> keyLookups.get() > 1);
            release.complete(null);

            assertThat(clone.exit().get()).isEqualTo(new ExitResult.Status(0));
        }
    }

    /**
     * A message arrives while the database is away, and no other one follows. An old result that allows the command is
     * no answer.
     */
    @Test
    void staleResultIsAskedForAgainUntilItIsFresh() throws Exception {
        try (var clone = startUntilClosed(CLONE)) {
            key = new CachedResult<>(RequestSamples.KEY, Freshness.STALE);
            invalidations.publish(Invalidation.site());
            await().until(() -> keyLookups.get() > 2);
            assertThat(clone.exit()).isNotDone();

            key = CachedResult.fresh(RequestSamples.revokedKey());
            assertThat(clone.exit().get()).isEqualTo(new ExitResult.Status(128));
        }
    }

    /** A push to a host that was demoted meanwhile is lost, although git reported success. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failoverEndsRunningPush(boolean isSiteReadOnlyMeanwhile) throws Exception {
        facts = RequestSamples.owned();
        try (var push = startUntilClosed(PUSH)) {
            if (isSiteReadOnlyMeanwhile) {
                facts = RequestSamples.ownedOnReadOnlySite();
            }
            writeRoute = RequestSamples.route("fs3", List.of("fs3b", "fs3a"));
            invalidations.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));

            assertMoved(push);
        }
    }

    /** The attack: to withhold the message of a failover. */
    @Test
    void failoverWithoutAMessageEndsRunningPushWithinTheInterval() throws Exception {
        facts = RequestSamples.owned();
        interval = Duration.ofMillis(50);
        try (var push = startUntilClosed(PUSH)) {
            writeRoute = RequestSamples.route("fs3", List.of("fs3b", "fs3a"));

            assertMoved(push);
        }
    }

    /** The attack: whoever can write to Redis names another file server for the owner, and sends a message. */
    @Test
    void routeForReadsEndsNoRunningPush() throws Exception {
        facts = RequestSamples.owned();
        var release = new CompletableFuture<Void>();
        try (var push = startUntil(release, PUSH)) {
            readRoute = RequestSamples.route("fs9", List.of("fs9a"));
            invalidations.publish(ROUTE_CHANGED);
            await().until(() -> writeRouteLookups.get() > 1);
            release.complete(null);

            assertThat(push.exit().get()).isEqualTo(new ExitResult.Status(0));
        }
    }

    @Test
    void lockedRepositoryEndsNoRunningPush() throws Exception {
        facts = RequestSamples.owned();
        var release = new CompletableFuture<Void>();
        try (var push = startUntil(release, PUSH)) {
            facts = RequestSamples.ownedAndLocked(7);
            invalidations.publish(new Invalidation(Invalidation.Kind.REPOSITORY, "7"));
            await().until(() -> writeRouteLookups.get() > 1);
            release.complete(null);

            assertThat(push.exit().get()).isEqualTo(new ExitResult.Status(0));
        }
    }

    /** The attack: a repository is renamed, and another one that is locked takes its name. */
    @Test
    void pushEndsWhenALockedRepositoryTakesTheName() throws Exception {
        facts = RequestSamples.owned();
        try (var push = startUntilClosed(PUSH)) {
            facts = RequestSamples.ownedAndLocked(9);
            invalidations.publish(new Invalidation(Invalidation.Kind.REPOSITORY, "7"));

            assertMoved(push);
        }
    }

    /**
     * The attack: a user who lost access to a renamed repository has access to another repository that took its name.
     */
    @Test
    void cloneEndsWhenAnotherRepositoryTakesTheName() throws Exception {
        try (var clone = startUntilClosed(CLONE)) {
            facts = RequestSamples.readable(9);
            invalidations.publish(new Invalidation(Invalidation.Kind.REPOSITORY, "7"));

            assertMoved(clone);
        }
    }

    /** The attack: a key is revoked while Redis is down, and its clone goes on for hours. */
    @Test
    void revocationWithoutAMessageEndsRunningCloneWithinTheInterval() throws Exception {
        interval = Duration.ofMillis(50);
        try (var clone = startUntilClosed(CLONE)) {
            key = CachedResult.fresh(RequestSamples.revokedKey());

            assertThat(clone.exit().get()).isEqualTo(new ExitResult.Status(128));
            assertThat(clone.client().stderrText()).startsWith("ERROR: This key was revoked.");
        }
    }

    /** The attack: a push is held open until its key has expired, and lands then. */
    @Test
    void expiredKeyEndsRunningCloneWhileTheDatabaseIsAway() throws Exception {
        var soon = new KeyValidity.ValidUntil(Instant.now().plusSeconds(2));
        key = CachedResult.fresh(RequestSamples.keyWith(soon));
        try (var clone = startUntilClosed(CLONE)) {
            isDatabaseAway = true;

            assertThat(clone.exit().get()).isEqualTo(new ExitResult.Status(128));
            assertThat(clone.client().stderrText()).startsWith("ERROR: This key has expired.");
        }
    }

    /** The attack: messages about the whole site, without end, that keep the database busy. */
    @Test
    void fewCommandsAreAuthorizedAtATimeAndExpiryDoesNotWaitForThem() throws Exception {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var release = new CountDownLatch(1);
        LiveSessions sessions = liveSessions(fingerprint -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            release.await();
            running.decrementAndGet();
            return findKey(fingerprint);
        });
        for (int i = 0; i < 20; i++) {
            sessions.add(liveSession(RequestSamples.KEY, new CompletableFuture<ClientMessage>()::complete), 0);
        }
        invalidations.publish(Invalidation.site());
        await().until(() -> running.get() == 4);

        var ended = new CompletableFuture<ClientMessage>();
        var soon = new KeyValidity.ValidUntil(Instant.now().plusSeconds(1));
        sessions.add(liveSession(RequestSamples.keyWith(soon), ended::complete), sessions.invalidationCount());
        assertThat(ended.get().toString()).contains("This key has expired.");

        release.countDown();
        await().until(() -> keyLookups.get() == 20);
        assertThat(most).hasValue(4);
    }

    /** 6 000 commands have a minute for a turn each. */
    @Test
    void manyCommandsShareTheAuthorizationsOfASecond() throws Exception {
        LiveSessions sessions = liveSessions(this::findKey);
        for (int i = 0; i < 6000; i++) {
            sessions.add(liveSession(RequestSamples.KEY, new CompletableFuture<ClientMessage>()::complete), 0);
        }
        invalidations.publish(Invalidation.site());
        await().until(() -> keyLookups.get() == 6000);

        invalidations.publish(Invalidation.site());
        Thread.sleep(1000);
        assertThat(keyLookups).hasValue(6000);
    }

    /** Command that runs, whose file server has sent its first byte. */
    private record Running(TestClient client, CompletableFuture<ExitResult> exit) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
        }
    }

    /** Starts a command that runs until the gate ends it. */
    private Running startUntilClosed(String execLine) {
        servers.next((in, out, _) -> {
            out.write('x');
            return ScriptedFileServers.untilClosed(in);
        });
        return start(execLine);
    }

    private Running startUntil(CompletableFuture<Void> release, String execLine) {
        servers.next((_, out, _) -> {
            out.write('x');
            release.join();
            return new RemoteExit.Exited(0);
        });
        return start(execLine);
    }

    private Running start(String execLine) {
        GitSession session = session();
        TestClient client = TestClient.silent();
        var exit = CompletableFuture.supplyAsync(() -> session.run(RequestSamples.request(execLine), client));
        await().until(() -> client.stdoutText().equals("x"));
        return new Running(client, exit);
    }

    private static void assertMoved(Running command) throws Exception {
        assertThat(command.exit().get()).isEqualTo(new ExitResult.Status(75));
        assertThat(command.client().stderrText()).startsWith("ERROR: The repository was moved while the command ran");
    }

    private CachedResult<Optional<RegisteredKey>> findKey(Fingerprint fingerprint) throws LookupUnavailable {
        keyLookups.incrementAndGet();
        if (isDatabaseAway) {
            throw new LookupUnavailable("key " + fingerprint);
        }
        CachedResult<RegisteredKey> found = key;
        return new CachedResult<>(Optional.of(found.value()), found.freshness());
    }

    private interface KeyLookup {
        CachedResult<Optional<RegisteredKey>> find(Fingerprint fingerprint)
                throws LookupUnavailable, InterruptedException;
    }

    private LiveSessions liveSessions(KeyLookup keys) {
        return new LiveSessions(
                invalidations,
                authorizer(fingerprint -> {
                    try {
                        return keys.find(fingerprint);
                    } catch (InterruptedException e) {
                        throw new LookupUnavailable("interrupted", e);
                    }
                }),
                interval,
                InstantSource.system());
    }

    private LiveSession liveSession(RegisteredKey of, Consumer<ClientMessage> end) {
        return new LiveSession(
                of,
                GitCommand.parse(CLONE).orElseThrow(),
                RequestSamples.repository(Repository.Visibility.PUBLIC),
                readRoute,
                end);
    }

    private GitSession session() {
        RequestAuthorizer authorizer = authorizer(this::findKey);
        return new GitSession(
                authorizer,
                servers,
                new SessionSlots(10, 10),
                new LiveSessions(invalidations, authorizer, interval, InstantSource.system()),
                SelfServiceAnswers.DISABLED,
                new RequestRecorder(
                        (RegisteredKey _) -> {},
                        _ -> {},
                        new RequestIdGenerator(InstantSource.system(), new SecureRandom()),
                        System::nanoTime,
                        Duration.ofMinutes(1),
                        new RequestMetrics(new SimpleMeterRegistry()),
                        RequestTraces.NONE));
    }

    private RequestAuthorizer authorizer(KeyDirectory keys) {
        return new RequestAuthorizer(
                keys,
                new AccessGate((_, _) -> CachedResult.fresh(facts), InstantSource.system()),
                _ -> Optional.of(readRoute),
                _ -> {
                    writeRouteLookups.incrementAndGet();
                    return Optional.of(writeRoute);
                },
                Optional.empty());
    }
}
