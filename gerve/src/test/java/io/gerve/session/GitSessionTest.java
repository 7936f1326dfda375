package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.access.AccessFacts;
import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.accesslog.AccessLogRecord;
import io.gerve.fileserver.RemoteExit;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestIdGenerator;
import io.gerve.push.PushedRefs;
import io.gerve.request.ExitResult;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestRecorder;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.routing.RouteResolver;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitSessionTest {
    private static final String CLONE = "git-upload-pack 'mojombo/bert.git'";

    private final AtomicReference<Optional<RegisteredKey>> key = new AtomicReference<>(Optional.of(RequestSamples.KEY));
    private final AtomicReference<AccessFacts> findings = new AtomicReference<>(RequestSamples.readable());
    private final List<RegisteredKey> used = new ArrayList<>();
    private final List<AccessLogRecord> records = new ArrayList<>();
    private SelfServiceAnswers answers = SelfServiceAnswers.DISABLED;
    private final HeardChanges changes = new HeardChanges();
    private final ScriptedFileServers servers = new ScriptedFileServers();

    @Test
    void somebodyWithoutACommandIsGreeted() {
        assertThat(told("", 1))
                .startsWith("Hi tom! You've successfully authenticated, but Gerve does not provide shell access. [");
    }

    @Test
    void whatIsNoGitCommandIsRefused() {
        assertThat(told("sh -c true", 128)).startsWith("ERROR: Invalid command: sh -c true [");
    }

    @Test
    void aKeyDeletedSinceTheConnectionWasMadeIsRefused() {
        key.set(Optional.empty());

        assertThat(told(CLONE, 128)).startsWith("ERROR: This key is no longer registered.");
    }

    @Test
    void aRevokedKeyIsToldSoEvenIfItAsksForNothing() {
        key.set(Optional.of(revoked()));

        assertThat(told("", 128)).startsWith("ERROR: This key was revoked.");
    }

    @Test
    void aRepositoryThatIsNotThereIsNotFound() {
        findings.set(new AccessFacts.Unknown());

        assertThat(told(CLONE, 128)).startsWith("ERROR: Repository not found. [");
    }

    @Test
    void whoMayReadButNotPushIsToldSo() {
        assertThat(told("git-receive-pack 'mojombo/bert.git'", 128))
                .startsWith("ERROR: Permission to mojombo/bert.git denied to tom. [");
    }

    @Test
    void aLookUpWithoutAnAnswerAsksToTryAgain() {
        KeyDirectory away = _ -> {
            throw new LookupUnavailable("the database is away");
        };
        try (var client = TestClient.sending("")) {
            ExitResult outcome = session(away, RequestSamples::routes).run(RequestSamples.request(CLONE), client);

            assertThat(outcome).isEqualTo(new ExitResult.Status(75));
            assertThat(client.stderrText())
                    .startsWith(
                            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again. [");
        }
    }

    @Test
    void anOwnerWithoutARouteIsNoMissingRepository() {
        try (var client = TestClient.sending("")) {
            ExitResult outcome = session(_ -> CachedResult.fresh(key.get()), _ -> Optional.empty())
                    .run(RequestSamples.request(CLONE), client);

            assertThat(outcome).isEqualTo(new ExitResult.Status(75));
        }
    }

    @Test
    void aBugIsToldWithoutATrace() {
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
    }

    @Test
    void anAdmittedCommandRunsAndItsKeyCountsAsUsed() {
        servers.next((_, _, _) -> new RemoteExit.Exited(0));
        try (var client = TestClient.sending("")) {
            assertThat(session().run(RequestSamples.request(CLONE), client)).isEqualTo(new ExitResult.Status(0));
            assertThat(used).containsExactly(RequestSamples.KEY);
        }
    }

    @Test
    void aRefusalIsRecordedWithWhatItWasToldAndWhatDecided() {
        told("git-receive-pack 'mojombo/bert.git'", 128);

        AccessLogRecord record = records.getFirst();
        assertThat(record.client().principal()).isEqualTo("tom");
        assertThat(record.client().accountId()).isEqualTo(2);
        assertThat(record.client().fingerprint()).contains(RequestSamples.KEY.fingerprint());
        assertThat(record.request())
                .isEqualTo(new AccessLogRecord.RequestFields(
                        "git-receive-pack", "mojombo/bert", "git-receive-pack 'mojombo/bert.git'"));
        assertThat(record.decision())
                .isEqualTo(new AccessLogRecord.DecisionFields(
                        "denied", "no_write_grant", 0, "", "", "ERROR: Permission to mojombo/bert.git denied to tom."));
        assertThat(record.outcome().exitStatus()).isEqualTo("128");
        assertThat(record.refs()).isEqualTo(PushedRefs.NONE);
    }

    @Test
    void aSessionIsRecordedWithItsRouteAndItsBytes() {
        servers.next((_, out, _) -> {
            out.write(new byte[10]);
            return new RemoteExit.Exited(0);
        });
        try (var client = TestClient.sending("")) {
            session().run(RequestSamples.request(CLONE), client);
        }

        AccessLogRecord record = records.getFirst();
        assertThat(record.decision())
                .isEqualTo(new AccessLogRecord.DecisionFields("allowed", "public", 7, "fs3", "fs3a", ""));
        assertThat(record.outcome().bytesOut()).isEqualTo(10);
        assertThat(record.outcome().endedBy()).isEqualTo("command");
    }

    /** The attack: a command that moves the cursor of the operator who reads the log, or fills it. */
    @Test
    void whatTheClientSentIsRecordedEscapedAndCut() {
        told("\u001b[2J\n" + "x".repeat(4000), 128);

        assertThat(records.getFirst().request().execLine())
                .startsWith("\\u001b[2J\\nxxx")
                .hasSize(255);
    }

    @Test
    void peopleMayAskAboutThemselvesOnStandardOutput() {
        answers = (asker, question) -> Optional.of(asker.title() + " asks " + question.commandName() + "\n");
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
    void aQuestionOfAnotherFormIsNoCommand(String line) {
        answers = (_, _) -> Optional.of("never");

        assertThat(told(line, 128)).startsWith("ERROR: Invalid command: ");
    }

    @Test
    void whereTheSiteDoesNotWantQuestionsTheyAreNoCommands() {
        assertThat(told("whoami", 128)).startsWith("ERROR: Invalid command: whoami [");
    }

    @Test
    void aRevokedKeyMayAskNothing() {
        answers = (_, _) -> Optional.of("never");
        key.set(Optional.of(revoked()));

        assertThat(told("whoami", 128)).startsWith("ERROR: This key was revoked.");
    }

    @Test
    void aCommandWhoseKeyIsRevokedIsEndedWithTheReason() throws Exception {
        servers.next((in, out, _) -> {
            out.write('x');
            return ScriptedFileServers.untilClosed(in);
        });
        try (var client = TestClient.silent()) {
            GitSession session = session();
            var running = CompletableFuture.supplyAsync(() -> session.run(RequestSamples.request(CLONE), client));
            await().until(() -> client.stdoutText().equals("x"));

            key.set(Optional.of(revoked()));
            changes.publish(new Invalidation(
                    Invalidation.Kind.KEY_REVOKED,
                    RequestSamples.KEY.fingerprint().text()));

            assertThat(running.get()).isEqualTo(new ExitResult.Status(128));
            assertThat(client.stderrText()).startsWith("ERROR: This key was revoked.");
        }
    }

    @Test
    void aChangeThatTakesNothingAwayEndsNothing() throws Exception {
        var go = new CompletableFuture<Void>();
        servers.next((_, out, _) -> {
            out.write('x');
            go.join();
            return new RemoteExit.Exited(0);
        });
        try (var client = TestClient.silent()) {
            GitSession session = session();
            var running = CompletableFuture.supplyAsync(() -> session.run(RequestSamples.request(CLONE), client));
            await().until(() -> client.stdoutText().equals("x"));

            changes.publish(Invalidation.site());
            go.complete(null);

            assertThat(running.get()).isEqualTo(new ExitResult.Status(0));
        }
    }

    /** What a push leaves on a host that was demoted meanwhile is lost, although git said that it was kept. */
    @Test
    void aPushWhoseHostLosesItsPlaceIsEnded() throws Exception {
        findings.set(RequestSamples.owned());
        var route = new AtomicReference<>(RequestSamples.route("fs3", List.of("fs3a", "fs3b")));
        servers.next((in, out, _) -> {
            out.write('x');
            return ScriptedFileServers.untilClosed(in);
        });
        try (var client = TestClient.silent()) {
            GitSession session = session(_ -> CachedResult.fresh(key.get()), _ -> Optional.of(route.get()));
            var running = CompletableFuture.supplyAsync(
                    () -> session.run(RequestSamples.request("git-receive-pack 'mojombo/bert.git'"), client));
            await().until(() -> client.stdoutText().equals("x"));

            route.set(RequestSamples.route("fs3", List.of("fs3b", "fs3a")));
            changes.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));

            assertThat(running.get()).isEqualTo(new ExitResult.Status(75));
            assertThat(client.stderrText()).startsWith("ERROR: The repository was moved while the command ran");
        }
    }

    /** The attack: the right to a renamed repository is lost, but not that to the new one which took its name. */
    @Test
    void aRightToAnotherRepositoryThatTookTheNameDoesNotCount() throws Exception {
        servers.next((in, out, _) -> {
            out.write('x');
            return ScriptedFileServers.untilClosed(in);
        });
        try (var client = TestClient.silent()) {
            GitSession session = session();
            var running = CompletableFuture.supplyAsync(() -> session.run(RequestSamples.request(CLONE), client));
            await().until(() -> client.stdoutText().equals("x"));

            findings.set(RequestSamples.readable(9));
            changes.publish(new Invalidation(Invalidation.Kind.REPOSITORY, "7"));

            assertThat(running.get()).isEqualTo(new ExitResult.Status(75));
        }
    }

    private String told(String execLine, int exitStatus) {
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

    private GitSession session(KeyDirectory keys, RouteResolver chimney) {
        Grants grants = (_, _) -> CachedResult.fresh(findings.get());
        var admission = new RequestAuthorizer(keys, new AccessGate(grants, InstantSource.system()), chimney);
        return new GitSession(
                admission,
                servers,
                new SessionSlots(10, 10),
                new LiveSessions(changes, admission),
                answers,
                new RequestRecorder(
                        used::add,
                        records::add,
                        new RequestIdGenerator(InstantSource.system(), new SecureRandom()),
                        System::nanoTime));
    }

    private static RegisteredKey revoked() {
        return new RegisteredKey(
                RequestSamples.KEY.id(),
                RequestSamples.KEY.fingerprint(),
                RequestSamples.KEY.md5Suffix(),
                RequestSamples.KEY.title(),
                new KeyValidity.Revoked(Instant.EPOCH, ""),
                RequestSamples.KEY.principal());
    }

    private static final class HeardChanges implements InvalidationBus {
        private final List<Consumer<Invalidation>> listeners = new ArrayList<>();

        @Override
        public boolean publish(Invalidation change) {
            listeners.forEach(listener -> listener.accept(change));
            return true;
        }

        @Override
        public void listen(Consumer<Invalidation> listener) {
            listeners.add(listener);
        }

        @Override
        public boolean isConnected() {
            return true;
        }
    }
}
