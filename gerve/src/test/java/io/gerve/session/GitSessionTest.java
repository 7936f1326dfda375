package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.AccessFacts;
import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.RequestDecision;
import io.gerve.fileserver.RemoteExit;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestIdGenerator;
import io.gerve.push.PushedRefs;
import io.gerve.request.ExitResult;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestMetrics;
import io.gerve.request.RequestRecorder;
import io.gerve.request.RequestTraces;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.routing.RouteResolver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitSessionTest {
    private static final String CLONE = "git-upload-pack 'mojombo/bert.git'";

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicReference<Optional<RegisteredKey>> key = new AtomicReference<>(Optional.of(RequestSamples.KEY));
    private final AtomicReference<AccessFacts> facts = new AtomicReference<>(RequestSamples.readable());
    private final List<RegisteredKey> used = new ArrayList<>();
    private final List<AccessLogRecord> records = new ArrayList<>();
    private SelfServiceAnswers answers = SelfServiceAnswers.DISABLED;
    private final ScriptedFileServers servers = new ScriptedFileServers();

    @Test
    void requestWithoutCommandIsGreeted() {
        assertThat(message("", 1))
                .startsWith("Hi tom! You've successfully authenticated, but Gerve does not provide shell access. [");
    }

    @Test
    void otherCommandIsRefused() {
        assertThat(message("sh -c true", 127)).startsWith("sh: not found\nERROR: Invalid command: sh -c true [");
        assertThat(records.getFirst().decision().message())
                .isEqualTo("sh: not found ERROR: Invalid command: sh -c true");
    }

    @Test
    void impossibleRepositoryIsNotFound() {
        assertThat(message("git-upload-pack 'no owner'", 128)).startsWith("ERROR: Repository not found. [");
        assertThat(records.getFirst().decision().rule()).isEqualTo("invalid_repository");
    }

    @Test
    void keyDeletedAfterTheLoginIsRefused() {
        key.set(Optional.empty());

        assertThat(message(CLONE, 128)).startsWith("ERROR: This key is no longer registered.");
    }

    @Test
    void revokedKeyWithoutCommandIsRefused() {
        key.set(Optional.of(RequestSamples.revokedKey()));

        assertThat(message("", 128)).startsWith("ERROR: This key was revoked.");
    }

    @Test
    void unknownRepositoryIsNotFound() {
        facts.set(new AccessFacts.Unknown());

        assertThat(message(CLONE, 128)).startsWith("ERROR: Repository not found. [");
    }

    @Test
    void pushByReaderIsDenied() {
        assertThat(message("git-receive-pack 'mojombo/bert.git'", 128))
                .startsWith("ERROR: Permission to mojombo/bert.git denied to tom. [");
    }

    @Test
    void failedLookupAsksToTryAgain() {
        KeyDirectory unavailable = _ -> {
            throw new LookupUnavailable("the database is away");
        };
        try (var client = TestClient.sending("")) {
            ExitResult outcome =
                    session(unavailable, RequestSamples::routes).run(RequestSamples.request(CLONE), client);

            assertThat(outcome).isEqualTo(new ExitResult.Status(75));
            assertThat(client.stderrText())
                    .startsWith(
                            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again. [");
        }
        assertRecorded(RequestDecision.UNAVAILABLE, "lookup_failed");
    }

    @Test
    void ownerWithoutRouteAsksToTryAgain() {
        try (var client = TestClient.sending("")) {
            ExitResult outcome = session(_ -> CachedResult.fresh(key.get()), _ -> Optional.empty())
                    .run(RequestSamples.request(CLONE), client);

            assertThat(outcome).isEqualTo(new ExitResult.Status(75));
        }
        assertRecorded(RequestDecision.UNAVAILABLE, "no_route");
    }

    @Test
    void internalErrorHidesItsDetails() {
        KeyDirectory broken = _ -> {
            throw new IllegalStateException("secret detail");
        };
        try (var client = TestClient.sending("")) {
            ExitResult outcome = session(broken, RequestSamples::routes).run(RequestSamples.request(CLONE), client);

            assertThat(outcome).isEqualTo(new ExitResult.Status(75));
            assertThat(client.stderrText())
                    .startsWith("ERROR: Gerve made a mistake of its own.")
                    .doesNotContain("secret");
        }
        assertRecorded(RequestDecision.FAILED, "internal");
    }

    private void assertRecorded(RequestDecision decision, String rule) {
        assertThat(records).singleElement().satisfies(record -> {
            assertThat(record.decision().decision()).isEqualTo(decision);
            assertThat(record.decision().rule()).isEqualTo(rule);
        });
    }

    @Test
    void authorizedCommandRunsAndItsKeyIsRecordedAsUsed() {
        servers.next((_, _, _) -> new RemoteExit.Exited(0));
        try (var client = TestClient.sending("")) {
            assertThat(session().run(RequestSamples.request(CLONE), client)).isEqualTo(new ExitResult.Status(0));
            assertThat(used).containsExactly(RequestSamples.KEY);
        }
    }

    @Test
    void requestsAreCountedByOutcomeAndRefusalsByRule() {
        servers.next((_, _, _) -> new RemoteExit.Exited(0));
        message(CLONE, 0);
        message("git-receive-pack 'mojombo/bert.git'", 128);
        message("", 1);

        assertThat(requests("git-upload-pack", "served")).isEqualTo(1);
        assertThat(requests("git-receive-pack", "denied")).isEqualTo(1);
        assertThat(requests("none", "answered")).isEqualTo(1);
        assertThat(registry.get("gerve.refusals")
                        .tag("rule", "no_write_grant")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("gerve.request.phase")
                        .tag("phase", "connect")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    private double requests(String service, String outcome) {
        return registry.get("gerve.requests")
                .tags("service", service, "outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void refusalIsRecordedWithMessageAndRule() {
        message("git-receive-pack 'mojombo/bert.git'", 128);

        AccessLogRecord record = records.getFirst();
        assertThat(record.client().principal()).isEqualTo("tom");
        assertThat(record.client().accountId()).isEqualTo(2);
        assertThat(record.client().fingerprint()).contains(RequestSamples.KEY.fingerprint());
        assertThat(record.request())
                .isEqualTo(new AccessLogRecord.RequestFields(
                        "git-receive-pack", "mojombo/bert", "git-receive-pack 'mojombo/bert.git'"));
        assertThat(record.decision())
                .isEqualTo(new AccessLogRecord.DecisionFields(
                        RequestDecision.DENIED,
                        "no_write_grant",
                        0,
                        "",
                        "",
                        "ERROR: Permission to mojombo/bert.git denied to tom."));
        assertThat(record.outcome().exitStatus()).isEqualTo("128");
        assertThat(record.refs()).isEqualTo(PushedRefs.NONE);
    }

    @Test
    void sessionIsRecordedWithRouteAndBytes() {
        servers.next((_, out, _) -> {
            out.write(new byte[10]);
            return new RemoteExit.Exited(0);
        });
        try (var client = TestClient.sending("")) {
            session().run(RequestSamples.request(CLONE), client);
        }

        AccessLogRecord record = records.getFirst();
        assertThat(record.decision())
                .isEqualTo(new AccessLogRecord.DecisionFields(RequestDecision.ALLOWED, "public", 7, "fs3", "fs3a", ""));
        assertThat(record.outcome().bytesOut()).isEqualTo(10);
        assertThat(record.outcome().endedBy()).isEqualTo("command");
    }

    /** The attack: a command that moves the terminal cursor of the operator who reads the log, or fills the log. */
    @Test
    void execLineIsRecordedEscapedAndTruncated() {
        message("\u001b[2J\n" + "x".repeat(4000), 127);

        assertThat(records.getFirst().request().execLine())
                .startsWith("\\u001b[2J\\nxxx")
                .hasSize(255);
    }

    @Test
    void selfServiceAnswerIsWrittenToStandardOutput() {
        answers = (key, command) ->
                Optional.of(key.title() + " asks " + command.rule().label() + "\n");
        try (var client = TestClient.sending("")) {
            ExitResult outcome = session().run(RequestSamples.request("explain 0123456789abcdef"), client);

            assertThat(outcome).isEqualTo(new ExitResult.Status(0));
            assertThat(client.stdoutText()).isEqualTo("laptop asks explain\n");
            assertThat(client.stderrText()).isEmpty();
        }
        assertThat(records.getFirst().request().command()).isEqualTo("explain");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "whoami ",
                "Whoami",
                "whoami x",
                "explain",
                "explain ",
                "explain 0123456789abcdeu",
                "explain 0123456789abcdef0",
                "explain '0123456789abcdef'",
                "explain 0123456789abcdef; id"
            })
    void misspelledSelfServiceCommandIsRefused(String line) {
        answers = (_, _) -> Optional.of("never");

        assertThat(message(line, 127)).contains(": not found\nERROR: Invalid command: ");
    }

    @Test
    void disabledSelfServiceCommandIsRefused() {
        assertThat(message("whoami", 127)).startsWith("whoami: not found\nERROR: Invalid command: whoami [");
    }

    @Test
    void selfServiceCommandWithRevokedKeyIsRefused() {
        answers = (_, _) -> Optional.of("never");
        key.set(Optional.of(RequestSamples.revokedKey()));

        assertThat(message("whoami", 128)).startsWith("ERROR: This key was revoked.");
    }

    private String message(String execLine, int exitStatus) {
        try (var client = TestClient.sending("")) {
            assertThat(session().run(RequestSamples.request(execLine), client))
                    .isEqualTo(new ExitResult.Status(exitStatus));
            assertThat(client.stdoutText()).isEmpty();
            return client.stderrText();
        }
    }

    private GitSession session() {
        return session(_ -> CachedResult.fresh(key.get()), RequestSamples::routes);
    }

    private GitSession session(KeyDirectory keys, RouteResolver routes) {
        Grants grants = (_, _) -> CachedResult.fresh(facts.get());
        var authorizer = new RequestAuthorizer(
                keys, new AccessGate(grants, InstantSource.system()), routes, routes, Optional.empty());
        return new GitSession(
                authorizer,
                servers,
                new SessionSlots(10, 10),
                new LiveSessions(
                        new DirectInvalidationBus(), authorizer, Duration.ofMinutes(10), InstantSource.system()),
                answers,
                new RequestRecorder(
                        used::add,
                        records::add,
                        new RequestIdGenerator(InstantSource.system(), new SecureRandom()),
                        System::nanoTime,
                        Duration.ofMinutes(1),
                        new RequestMetrics(registry),
                        RequestTraces.NONE));
    }
}
