package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.access.AccessGate;
import io.gerve.access.Findings;
import io.gerve.access.Grants;
import io.gerve.bridge.Ending;
import io.gerve.chimney.Chimney;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.Answer;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestIds;
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

    private final AtomicReference<Optional<KnownKey>> key = new AtomicReference<>(Optional.of(Samples.KEY));
    private final AtomicReference<Findings> findings = new AtomicReference<>(Samples.readable());
    private final List<KnownKey> used = new ArrayList<>();
    private final List<SessionRecord> records = new ArrayList<>();
    private OwnAnswers answers = OwnAnswers.OFF;
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
        findings.set(new Findings.Unknown());

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
            Outcome outcome = session(away, Samples::routes).run(Samples.request(CLONE), client);

            assertThat(outcome).isEqualTo(new Outcome.Exit(75));
            assertThat(client.stderrText())
                    .startsWith(
                            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again. [");
        }
    }

    @Test
    void anOwnerWithoutARouteIsNoMissingRepository() {
        try (var client = TestClient.sending("")) {
            Outcome outcome = session(_ -> Answer.current(key.get()), _ -> Optional.empty())
                    .run(Samples.request(CLONE), client);

            assertThat(outcome).isEqualTo(new Outcome.Exit(75));
        }
    }

    @Test
    void aBugIsToldWithoutATrace() {
        KeyDirectory broken = _ -> {
            throw new IllegalStateException("secret detail");
        };
        try (var client = TestClient.sending("")) {
            Outcome outcome = session(broken, Samples::routes).run(Samples.request(CLONE), client);

            assertThat(outcome).isEqualTo(new Outcome.Exit(75));
            assertThat(client.stderrText())
                    .startsWith("ERROR: Gerve made a mistake of its own.")
                    .doesNotContain("secret");
        }
    }

    @Test
    void anAdmittedCommandRunsAndItsKeyCountsAsUsed() {
        servers.next((_, _, _) -> new Ending.Exited(0));
        try (var client = TestClient.sending("")) {
            assertThat(session().run(Samples.request(CLONE), client)).isEqualTo(new Outcome.Exit(0));
            assertThat(used).containsExactly(Samples.KEY);
        }
    }

    @Test
    void aRefusalIsRecordedWithWhatItWasToldAndWhatDecided() {
        told("git-receive-pack 'mojombo/bert.git'", 128);

        SessionRecord record = records.getFirst();
        assertThat(record.from().holder()).isEqualTo("tom");
        assertThat(record.from().accountId()).isEqualTo(2);
        assertThat(record.from().fingerprint()).contains(Samples.KEY.fingerprint());
        assertThat(record.asked())
                .isEqualTo(new SessionRecord.Asked(
                        "git-receive-pack", "mojombo/bert", "git-receive-pack 'mojombo/bert.git'"));
        assertThat(record.ruling())
                .isEqualTo(new SessionRecord.Ruling(
                        "denied", "no-write-grant", 0, "", "", "ERROR: Permission to mojombo/bert.git denied to tom."));
        assertThat(record.course().exit()).isEqualTo("128");
        assertThat(record.refs()).isEqualTo(PushedRefs.NONE);
    }

    @Test
    void aSessionIsRecordedWithItsRouteAndItsBytes() {
        servers.next((_, out, _) -> {
            out.write(new byte[10]);
            return new Ending.Exited(0);
        });
        try (var client = TestClient.sending("")) {
            session().run(Samples.request(CLONE), client);
        }

        SessionRecord record = records.getFirst();
        assertThat(record.ruling()).isEqualTo(new SessionRecord.Ruling("allowed", "public", 7, "fs3", "fs3a", ""));
        assertThat(record.course().bytesOut()).isEqualTo(10);
        assertThat(record.course().endedBy()).isEqualTo("command");
    }

    /** The attack: a command that moves the cursor of the operator who reads the log, or fills it. */
    @Test
    void whatTheClientSentIsRecordedEscapedAndCut() {
        told("\u001b[2J\n" + "x".repeat(4000), 128);

        assertThat(records.getFirst().asked().line())
                .startsWith("\\u001b[2J\\nxxx")
                .hasSize(255);
    }

    @Test
    void peopleMayAskAboutThemselvesOnStandardOutput() {
        answers = (asker, question) -> Optional.of(asker.title() + " asks " + question.verb() + "\n");
        try (var client = TestClient.sending("")) {
            Outcome outcome = session().run(Samples.request("explain 0123456789abcdef"), client);

            assertThat(outcome).isEqualTo(new Outcome.Exit(0));
            assertThat(client.stdoutText()).isEqualTo("laptop asks explain\n");
            assertThat(client.stderrText()).isEmpty();
        }
        assertThat(records.getFirst().asked().verb()).isEqualTo("explain");
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
            var running = CompletableFuture.supplyAsync(() -> session.run(Samples.request(CLONE), client));
            await().until(() -> client.stdoutText().equals("x"));

            key.set(Optional.of(revoked()));
            changes.publish(new Change(
                    Change.Kind.KEY_REVOKED, Samples.KEY.fingerprint().text()));

            assertThat(running.get()).isEqualTo(new Outcome.Exit(128));
            assertThat(client.stderrText()).startsWith("ERROR: This key was revoked.");
        }
    }

    @Test
    void aChangeThatTakesNothingAwayEndsNothing() throws Exception {
        var go = new CompletableFuture<Void>();
        servers.next((_, out, _) -> {
            out.write('x');
            go.join();
            return new Ending.Exited(0);
        });
        try (var client = TestClient.silent()) {
            GitSession session = session();
            var running = CompletableFuture.supplyAsync(() -> session.run(Samples.request(CLONE), client));
            await().until(() -> client.stdoutText().equals("x"));

            changes.publish(Change.site());
            go.complete(null);

            assertThat(running.get()).isEqualTo(new Outcome.Exit(0));
        }
    }

    /** What a push leaves on a host that was demoted meanwhile is lost, although git said that it was kept. */
    @Test
    void aPushWhoseHostLosesItsPlaceIsEnded() throws Exception {
        findings.set(Samples.owned());
        var route = new AtomicReference<>(Samples.route("fs3", List.of("fs3a", "fs3b")));
        servers.next((in, out, _) -> {
            out.write('x');
            return ScriptedFileServers.untilClosed(in);
        });
        try (var client = TestClient.silent()) {
            GitSession session = session(_ -> Answer.current(key.get()), _ -> Optional.of(route.get()));
            var running = CompletableFuture.supplyAsync(
                    () -> session.run(Samples.request("git-receive-pack 'mojombo/bert.git'"), client));
            await().until(() -> client.stdoutText().equals("x"));

            route.set(Samples.route("fs3", List.of("fs3b", "fs3a")));
            changes.publish(new Change(Change.Kind.SERVER, "fs3"));

            assertThat(running.get()).isEqualTo(new Outcome.Exit(75));
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
            var running = CompletableFuture.supplyAsync(() -> session.run(Samples.request(CLONE), client));
            await().until(() -> client.stdoutText().equals("x"));

            findings.set(Samples.readable(9));
            changes.publish(new Change(Change.Kind.REPOSITORY, "7"));

            assertThat(running.get()).isEqualTo(new Outcome.Exit(75));
        }
    }

    private String told(String execLine, int exitStatus) {
        try (var client = TestClient.sending("")) {
            assertThat(session().run(Samples.request(execLine), client)).isEqualTo(new Outcome.Exit(exitStatus));
            assertThat(client.stdoutText()).isEmpty();
            return client.stderrText();
        }
    }

    private GitSession session() {
        return session(_ -> Answer.current(key.get()), Samples::routes);
    }

    private GitSession session(KeyDirectory keys, Chimney chimney) {
        Grants grants = (_, _) -> Answer.current(findings.get());
        var admission = new Admission(keys, new AccessGate(grants, InstantSource.system()), chimney);
        return new GitSession(
                admission,
                servers,
                new SessionSlots(10, 10),
                new LiveSessions(changes, admission),
                answers,
                new Bookkeeping(
                        used::add,
                        records::add,
                        new RequestIds(InstantSource.system(), new SecureRandom()),
                        System::nanoTime));
    }

    private static KnownKey revoked() {
        return new KnownKey(
                Samples.KEY.id(),
                Samples.KEY.fingerprint(),
                Samples.KEY.md5(),
                Samples.KEY.title(),
                new Validity.Revoked(Instant.EPOCH, ""),
                Samples.KEY.holder());
    }

    private static final class HeardChanges implements Changes {
        private final List<Consumer<Change>> listeners = new ArrayList<>();

        @Override
        public boolean publish(Change change) {
            listeners.forEach(listener -> listener.accept(change));
            return true;
        }

        @Override
        public void listen(Consumer<Change> listener) {
            listeners.add(listener);
        }

        @Override
        public boolean isHearing() {
            return true;
        }
    }
}
