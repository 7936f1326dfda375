package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.AccessGate;
import io.gerve.access.Findings;
import io.gerve.access.Grants;
import io.gerve.chimney.FileServerHost;
import io.gerve.git.GitProtocol;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestIds;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestDeciderTest {
    private static final String CLONE = "git-upload-pack 'mojombo/bert.git'";
    private static final String PUSH = "git-receive-pack 'mojombo/bert.git'";
    private static final KeyDirectory KEYS = _ -> Answer.current(Optional.of(Samples.KEY));

    private final List<KnownKey> used = new ArrayList<>();
    private final List<SessionRecord> records = new ArrayList<>();
    private Set<String> answering = Set.of("fs3a", "fs3b");

    @Test
    void whoMayGoOnIsSentToTheActiveHostWithTheRepositorysOwnPath() {
        assertThat(decide(KEYS, CLONE)).isInstanceOfSatisfying(Decided.Join.class, join -> {
            assertThat(join.note()).isEmpty();
            assertThat(join.host().name()).isEqualTo("fs3a");
            assertThat(join.command()).isEqualTo("git-upload-pack 'a/a8/e2/95/mojombo/bert.git'");
            assertThat(join.environment())
                    .containsEntry("GERVE_ACCOUNT", "tom")
                    .containsEntry("GERVE_REPOSITORY", "mojombo/bert")
                    .containsKey("GERVE_REQUEST");
        });
        assertThat(used).containsExactly(Samples.KEY);
    }

    @Test
    void aReadGoesToTheStandByWhileTheActiveHostIsAway() {
        answering = Set.of("fs3b");
        assertThat(decide(KEYS, CLONE))
                .isInstanceOfSatisfying(
                        Decided.Join.class,
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
        var request = new Request(
                "agent",
                InetAddress.getLoopbackAddress(),
                Samples.KEY.fingerprint(),
                Duration.ZERO,
                "git-upload-pack 'mojombo/ernie'",
                new GitProtocol("version=2"));
        assertThat(decider(KEYS).decide(request)).isInstanceOfSatisfying(Decided.Join.class, join -> {
            assertThat(join.note())
                    .startsWith("NOTE: mojombo/ernie moved to mojombo/bert. ")
                    .endsWith("]\n");
            assertThat(join.command()).contains("mojombo/bert.git").doesNotContain("ernie");
            assertThat(join.environment()).containsEntry("GIT_PROTOCOL", "version=2");
        });
    }

    private Decided decide(KeyDirectory keys, String line) {
        return decider(keys).decide(Samples.request(line));
    }

    private RequestDecider decider(KeyDirectory keys) {
        Findings readable = Samples.readable();
        Grants grants = (_, name) -> name.owner().lowerCase().equals("mojombo")
                ? Answer.current(readable)
                : Answer.current(new Findings.Unknown());
        return new RequestDecider(
                new Admission(keys, new AccessGate(grants, InstantSource.system()), Samples::routes),
                (FileServerHost host) -> answering.contains(host.name()),
                OwnAnswers.OFF,
                new Bookkeeping(
                        used::add,
                        records::add,
                        new RequestIds(InstantSource.system(), new SecureRandom()),
                        System::nanoTime));
    }

    private static String told(Decided decided, int exitStatus) {
        assertThat(decided).isInstanceOf(Decided.Told.class);
        var told = (Decided.Told) decided;
        assertThat(told.exitStatus()).isEqualTo(exitStatus);
        assertThat(told.text()).matches("(?s).*\\[[0-9a-hjkmnp-tv-z]{16}]\n");
        return told.text();
    }
}
