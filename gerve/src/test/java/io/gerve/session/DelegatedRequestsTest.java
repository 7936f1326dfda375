package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.AccessFacts;
import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.RequestDecision;
import io.gerve.config.LfsSettings;
import io.gerve.git.GitProtocol;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lfs.LfsServer;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestIdGenerator;
import io.gerve.request.ClientRequest;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestMetrics;
import io.gerve.request.RequestRecorder;
import io.gerve.request.RequestTraces;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.routing.FileServerHost;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DelegatedRequestsTest {
    private static final String CLONE = "git-upload-pack 'mojombo/bert.git'";
    private static final String PUSH = "git-receive-pack 'mojombo/bert.git'";
    private static final KeyDirectory KEYS = _ -> CachedResult.fresh(Optional.of(RequestSamples.KEY));

    private static final LfsServer LFS = new LfsServer(
            new LfsSettings("https://lfs.example/{owner}/{repository}", "s".repeat(32), Duration.ofMinutes(10)),
            InstantSource.system());

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final List<RegisteredKey> used = new ArrayList<>();
    private final List<AccessLogRecord> records = new ArrayList<>();
    private final DirectInvalidationBus invalidations = new DirectInvalidationBus();
    private final SessionSlots slots = new SessionSlots(2, 1);
    private Set<String> availableHosts = Set.of("fs3a", "fs3b");

    @Test
    void authorizedFetchIsConnectedToTheActiveHost() {
        assertThat(authorize(KEYS, CLONE)).isInstanceOfSatisfying(DelegatedResult.Connect.class, connect -> {
            assertThat(connect.stderrText()).isEmpty();
            assertThat(connect.host().name()).isEqualTo("fs3a");
            assertThat(connect.command()).isEqualTo("git-upload-pack 'a/a8/e2/95/mojombo/bert.git'");
            assertThat(connect.environment())
                    .containsEntry("GERVE_ACCOUNT", "tom")
                    .containsEntry("GERVE_REPOSITORY", "mojombo/bert")
                    .containsKey("GERVE_REQUEST");
        });
        assertThat(used).containsExactly(RequestSamples.KEY);
    }

    @Test
    void fetchUsesTheStandByWhileTheActiveHostIsUnavailable() {
        availableHosts = Set.of("fs3b");
        assertThat(authorize(KEYS, CLONE))
                .isInstanceOfSatisfying(
                        DelegatedResult.Connect.class,
                        connect -> assertThat(connect.host().name()).isEqualTo("fs3b"));
    }

    @Test
    void unavailableHostsGiveTheMessageOfTheSshFrontend() {
        availableHosts = Set.of();
        assertThat(message(authorize(KEYS, CLONE), 75))
                .startsWith("ERROR: The server that stores mojombo/bert is not answering. Nothing was changed. Please");
    }

    @Test
    void deniedRequestGetsItsMessage() {
        assertThat(message(authorize(KEYS, PUSH), 128))
                .startsWith("ERROR: Permission to mojombo/bert.git denied to tom. [");
        assertThat(message(authorize(KEYS, ""), 1)).startsWith("Hi tom! ");
        assertThat(used).isEmpty();
    }

    @Test
    void failedLookupAsksToTryAgain() {
        KeyDirectory unavailable = _ -> {
            throw new LookupUnavailable("the database is away");
        };
        assertThat(message(authorize(unavailable, CLONE), 75))
                .startsWith("ERROR: Gerve cannot check your access just now. ");
    }

    @Test
    void internalErrorHidesItsDetails() {
        KeyDirectory broken = _ -> {
            throw new IllegalStateException("secret detail");
        };
        assertThat(message(authorize(broken, CLONE), 75))
                .startsWith("ERROR: Gerve made a mistake of its own.")
                .doesNotContain("secret");
    }

    @Test
    void movedRepositoryIsConnectedWithANote() {
        var request = new ClientRequest(
                "openssh",
                InetAddress.getLoopbackAddress(),
                RequestSamples.KEY.fingerprint(),
                Duration.ZERO,
                "git-upload-pack 'mojombo/ernie'",
                new GitProtocol("version=2"));
        assertThat(delegatedRequests(KEYS).authorize(request))
                .isInstanceOfSatisfying(DelegatedResult.Connect.class, connect -> {
                    assertThat(connect.stderrText())
                            .startsWith("NOTE: mojombo/ernie moved to mojombo/bert. ")
                            .endsWith("]\n");
                    assertThat(connect.command()).contains("mojombo/bert.git").doesNotContain("ernie");
                    assertThat(connect.environment()).containsEntry("GIT_PROTOCOL", "version=2");
                });
    }

    @Test
    void revokedKeyEndsRunningCommand() {
        var key = new AtomicReference<>(RequestSamples.KEY);
        var running = (DelegatedResult.Connect) authorize(_ -> CachedResult.fresh(Optional.of(key.get())), CLONE);
        var ended = new CompletableFuture<DelegatedResult.Message>();
        running.running().onRefusal(ended::complete);

        key.set(revoked());
        invalidations.publish(new Invalidation(
                Invalidation.Kind.KEY, RequestSamples.KEY.fingerprint().text()));

        assertThat(message(ended.join(), 128)).startsWith("ERROR: This key was revoked.");
        running.running().close();
    }

    /** The attack: a flood of messages makes the gate ask the database about each running command without pause. */
    @Test
    void floodOfMessagesCausesFewLookUps() throws Exception {
        var key = new AtomicReference<>(RequestSamples.KEY);
        var lookUps = new AtomicInteger();
        KeyDirectory counted = _ -> {
            lookUps.incrementAndGet();
            return CachedResult.fresh(Optional.of(key.get()));
        };
        var running = (DelegatedResult.Connect) authorize(counted, CLONE);
        var ended = new CompletableFuture<DelegatedResult.Message>();
        running.running().onRefusal(ended::complete);
        long start = System.nanoTime();
        for (int message = 0; message < 1_000; message++) {
            invalidations.publish(Invalidation.site());
            Thread.sleep(1);
        }
        long seconds = 1 + Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertThat(lookUps.get()).isLessThan(2 + 2 * (int) seconds);

        key.set(revoked());
        invalidations.publish(Invalidation.site());
        assertThat(message(ended.join(), 128)).startsWith("ERROR: This key was revoked.");
        running.running().close();
    }

    private static RegisteredKey revoked() {
        return new RegisteredKey(
                RequestSamples.KEY.id(),
                RequestSamples.KEY.fingerprint(),
                RequestSamples.KEY.md5Suffix(),
                RequestSamples.KEY.title(),
                new KeyValidity.Revoked(Instant.EPOCH, "Laptop lost."),
                RequestSamples.KEY.principal());
    }

    @Test
    void runningCommandsHaveTheLimitsOfTheSshFrontend() {
        var running = (DelegatedResult.Connect) authorize(KEYS, CLONE);
        assertThat(message(authorize(KEYS, CLONE), 75)).startsWith("ERROR: tom already has 1 git commands running");

        running.running().close();
        assertThat(authorize(KEYS, CLONE)).isInstanceOf(DelegatedResult.Connect.class);
    }

    @Test
    void commandThatIsNotConnectedFreesItsSlot() {
        availableHosts = Set.of();
        assertThat(authorize(KEYS, CLONE)).isInstanceOf(DelegatedResult.Message.class);
        availableHosts = Set.of("fs3a");
        assertThat(authorize(KEYS, CLONE)).isInstanceOf(DelegatedResult.Connect.class);
    }

    @Test
    void lfsIsAnsweredAndRecordedWithoutTheToken() {
        var answer = (DelegatedResult.Output) authorize(KEYS, "git-lfs-authenticate mojombo/bert.git download");

        assertThat(answer.text()).contains("\"href\":\"https://lfs.example/mojombo/bert\"", "Bearer ");
        AccessLogRecord record = records.getFirst();
        assertThat(record.request().command()).isEqualTo("git-lfs-authenticate");
        assertThat(record.request().repository()).isEqualTo("mojombo/bert");
        assertThat(record.decision().decision()).isEqualTo(RequestDecision.ALLOWED);
        assertThat(record.outcome().exitStatus()).isEqualTo("0");
        assertThat(record.toString()).doesNotContain("Bearer");
        assertThat(used).hasSize(1);
    }

    private DelegatedResult authorize(KeyDirectory keys, String line) {
        return delegatedRequests(keys).authorize(RequestSamples.request(line));
    }

    private DelegatedRequests delegatedRequests(KeyDirectory keys) {
        AccessFacts readable = RequestSamples.readable();
        Grants grants = (_, name) -> name.owner().lowerCase().equals("mojombo")
                ? CachedResult.fresh(readable)
                : CachedResult.fresh(new AccessFacts.Unknown());
        var authorizer = new RequestAuthorizer(
                keys,
                new AccessGate(grants, InstantSource.system()),
                RequestSamples::routes,
                RequestSamples::routes,
                Optional.of(LFS));
        return new DelegatedRequests(
                authorizer,
                (FileServerHost host) -> availableHosts.contains(host.name()),
                new ScriptedFileServers(),
                slots,
                new LiveSessions(invalidations, authorizer, Duration.ofMinutes(1), InstantSource.system()),
                SelfServiceAnswers.DISABLED,
                new RequestRecorder(
                        used::add,
                        records::add,
                        new RequestIdGenerator(InstantSource.system(), new SecureRandom()),
                        System::nanoTime,
                        Duration.ofMinutes(1),
                        new RequestMetrics(registry),
                        RequestTraces.NONE));
    }

    private static String message(DelegatedResult result, int exitStatus) {
        assertThat(result).isInstanceOf(DelegatedResult.Message.class);
        var message = (DelegatedResult.Message) result;
        assertThat(message.exitStatus()).isEqualTo(exitStatus);
        assertThat(message.text()).matches("(?s).*\\[[0-9a-hjkmnp-tv-z]{16}]\n");
        return message.text();
    }
}
