package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.AccessFacts;
import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.accesslog.AccessLogRecord;
import io.gerve.git.GitProtocol;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestIdGenerator;
import io.gerve.request.ClientRequest;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestRecorder;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.routing.FileServerHost;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DelegatedRequestsTest {
    private static final String CLONE = "git-upload-pack 'mojombo/bert.git'";
    private static final String PUSH = "git-receive-pack 'mojombo/bert.git'";
    private static final KeyDirectory KEYS = _ -> CachedResult.fresh(Optional.of(RequestSamples.KEY));

    private final List<RegisteredKey> used = new ArrayList<>();
    private final List<AccessLogRecord> records = new ArrayList<>();
    private Set<String> answering = Set.of("fs3a", "fs3b");

    @Test
    void whoMayGoOnIsSentToTheActiveHostWithTheRepositorysOwnPath() {
        assertThat(decide(KEYS, CLONE)).isInstanceOfSatisfying(DelegatedResult.Connect.class, join -> {
            assertThat(join.stderrText()).isEmpty();
            assertThat(join.host().name()).isEqualTo("fs3a");
            assertThat(join.command()).isEqualTo("git-upload-pack 'a/a8/e2/95/mojombo/bert.git'");
            assertThat(join.environment())
                    .containsEntry("GERVE_ACCOUNT", "tom")
                    .containsEntry("GERVE_REPOSITORY", "mojombo/bert")
                    .containsKey("GERVE_REQUEST");
        });
        assertThat(used).containsExactly(RequestSamples.KEY);
    }

    @Test
    void aReadGoesToTheStandByWhileTheActiveHostIsAway() {
        answering = Set.of("fs3b");
        assertThat(decide(KEYS, CLONE))
                .isInstanceOfSatisfying(
                        DelegatedResult.Connect.class,
                        join -> assertThat(join.host().name()).isEqualTo("fs3b"));
    }

    @Test
    void noHostThatAnswersIsToldAsTheOtherDoorTellsIt() {
        answering = Set.of();
        assertThat(told(decide(KEYS, CLONE), 75))
                .startsWith("ERROR: The server that stores mojombo/bert is not answering. Nothing was changed. Please");
    }

    @Test
    void whoMayNotIsToldWhy() {
        assertThat(told(decide(KEYS, PUSH), 128)).startsWith("ERROR: Permission to mojombo/bert.git denied to tom. [");
        assertThat(told(decide(KEYS, ""), 1)).startsWith("Hi tom! ");
        assertThat(used).isEmpty();
    }

    @Test
    void whatCouldNotBeFoundOutIsNoAnswer() {
        KeyDirectory away = _ -> {
            throw new LookupUnavailable("the database is away");
        };
        assertThat(told(decide(away, CLONE), 75)).startsWith("ERROR: Gerve cannot check your access just now. ");
    }

    @Test
    void aBugIsToldWithoutATrace() {
        KeyDirectory broken = _ -> {
            throw new IllegalStateException("secret detail");
        };
        assertThat(told(decide(broken, CLONE), 75))
                .startsWith("ERROR: Gerve made a mistake of its own.")
                .doesNotContain("secret");
    }

    @Test
    void aMovedRepositoryIsNotedAndTheRequestGoesOn() {
        var request = new ClientRequest(
                "openssh",
                InetAddress.getLoopbackAddress(),
                RequestSamples.KEY.fingerprint(),
                Duration.ZERO,
                "git-upload-pack 'mojombo/ernie'",
                new GitProtocol("version=2"));
        assertThat(decider(KEYS).authorize(request)).isInstanceOfSatisfying(DelegatedResult.Connect.class, join -> {
            assertThat(join.stderrText())
                    .startsWith("NOTE: mojombo/ernie moved to mojombo/bert. ")
                    .endsWith("]\n");
            assertThat(join.command()).contains("mojombo/bert.git").doesNotContain("ernie");
            assertThat(join.environment()).containsEntry("GIT_PROTOCOL", "version=2");
        });
    }

    private DelegatedResult decide(KeyDirectory keys, String line) {
        return decider(keys).authorize(RequestSamples.request(line));
    }

    private DelegatedRequests decider(KeyDirectory keys) {
        AccessFacts readable = RequestSamples.readable();
        Grants grants = (_, name) -> name.owner().lowerCase().equals("mojombo")
                ? CachedResult.fresh(readable)
                : CachedResult.fresh(new AccessFacts.Unknown());
        return new DelegatedRequests(
                new RequestAuthorizer(keys, new AccessGate(grants, InstantSource.system()), RequestSamples::routes),
                (FileServerHost host) -> answering.contains(host.name()),
                SelfServiceAnswers.DISABLED,
                new RequestRecorder(
                        used::add,
                        records::add,
                        new RequestIdGenerator(InstantSource.system(), new SecureRandom()),
                        System::nanoTime));
    }

    private static String told(DelegatedResult decided, int exitStatus) {
        assertThat(decided).isInstanceOf(DelegatedResult.Message.class);
        var told = (DelegatedResult.Message) decided;
        assertThat(told.exitStatus()).isEqualTo(exitStatus);
        assertThat(told.text()).matches("(?s).*\\[[0-9a-hjkmnp-tv-z]{16}]\n");
        return told.text();
    }
}
