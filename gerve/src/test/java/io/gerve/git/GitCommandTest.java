package io.gerve.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitCommandTest {
    private static final List<String> VERBS = List.of(
            "git-upload-pack",
            "git upload-pack",
            "git-receive-pack",
            "git receive-pack",
            "git-upload-archive",
            "git upload-archive");
    private static final List<String> ADDRESSES = List.of(
            "%s",
            "/%s",
            "%s.git",
            "/%s.git",
            "%s/",
            "%s.git/",
            "ssh://host/%s.git",
            "ssh://git@host/%s",
            "ssh://git@host.example:2222/%s.git",
            "ssh://[::1]:22/%s",
            "git@host:%s.git",
            "host:%s",
            "git@host:/%s.git",
            "git@127.0.0.1:%s");
    private static final String CANONICAL_COMMAND = "git-(?:upload-pack|receive-pack|upload-archive) "
            + "'[0-9a-f](?:/[0-9a-f]{2}){3}/[A-Za-z0-9](?:\\.?[A-Za-z0-9_-])*/[A-Za-z0-9._-]+\\.git'";

    @Provide
    Arbitrary<RepositoryName> repositories() {
        return RepositoryNames.any();
    }

    @Provide
    Arbitrary<String> verbs() {
        return Arbitraries.of(VERBS);
    }

    @Provide
    Arbitrary<String> addresses() {
        return Arbitraries.of(ADDRESSES);
    }

    /** Returns valid commands with a few characters inserted, removed or replaced. */
    @Provide
    Arbitrary<String> damagedLines() {
        Arbitrary<String> lines = Combinators.combine(verbs(), addresses(), repositories())
                .as((verb, address, repository) -> verb + ' ' + GitQuoting.quote(address.formatted(repository)));
        Arbitrary<Character> characters = Arbitraries.frequencyOf(
                Tuple.of(
                        3,
                        Arbitraries.chars()
                                .with(" '\"\\!/.~-:@;|&$`\n\t\r\u0000\u007f\ufffd#*?(){}[]<>=%git".toCharArray())),
                Tuple.of(1, Arbitraries.chars().all()));
        Arbitrary<List<Damage>> damages = Combinators.combine(
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(0, 1),
                        characters)
                .as(Damage::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
        return Combinators.combine(lines, damages).as((line, all) -> {
            String damaged = line;
            for (Damage damage : all) {
                damaged = damage.to(damaged);
            }
            return damaged;
        });
    }

    record Damage(int position, int replaced, char by) {
        String to(String line) {
            int at = position % (line.length() + 1);
            return line.substring(0, at) + by + line.substring(Math.min(line.length(), at + replaced));
        }
    }

    @Property(tries = 3000)
    void everyQuotedAddressIsParsedToTheSameName(
            @ForAll("verbs") String verb,
            @ForAll("addresses") String address,
            @ForAll("repositories") RepositoryName repository) {
        Optional<GitCommand> command = GitCommand.parse(verb + ' ' + GitQuoting.quote(address.formatted(repository)));

        assertThat(command).map(read -> read.repository().toString()).contains(repository.toString());
        assertThat(command).map(read -> read.service().program()).contains(verb.replace(' ', '-'));
    }

    @Property
    void unquotedAddressParsesLikeQuotedAddress(
            @ForAll("verbs") String verb,
            @ForAll("addresses") String address,
            @ForAll("repositories") RepositoryName repository) {
        String word = address.formatted(repository);
        if (!word.contains("[")) {
            assertThat(GitCommand.parse(verb + ' ' + word))
                    .isEqualTo(GitCommand.parse(verb + ' ' + GitQuoting.quote(word)))
                    .isPresent();
        }
    }

    @Property(tries = 20_000)
    void damagedLineIsRefusedOrHasOneCanonicalForm(@ForAll("damagedLines") String line) {
        GitCommand.parse(line).ifPresent(command -> assertCanonical(line, command));
    }

    @Property(tries = 5000)
    void anyTextAfterAVerbIsRefusedOrHasOneCanonicalForm(@ForAll("verbs") String verb, @ForAll String rest) {
        String line = verb + ' ' + rest;
        GitCommand.parse(line).ifPresent(command -> assertCanonical(line, command));
    }

    @Property
    void arbitraryTextIsRefused(@ForAll String line) {
        assertThat(GitCommand.parse(line)).isEmpty();
    }

    private static void assertCanonical(String line, GitCommand command) {
        String again = command.service().program()
                + ' '
                + GitQuoting.quote(command.repository().toString());
        assertThat(GitCommand.parse(again)).contains(command);
        assertThat(line).contains(command.repository().toString());
        assertThat(new RepositoryPath(command.repository()).command(command.service()))
                .matches(CANONICAL_COMMAND)
                .doesNotContain("..");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-upload-pack 'mojombo/bert.git'",
                "git-upload-pack '/mojombo/bert.git'",
                "git upload-pack 'mojombo/bert.git'",
                "git-upload-pack mojombo/bert",
                "git-upload-pack 'ssh://git@github.com/mojombo/bert.git'",
                "git-upload-pack 'git@github.com:mojombo/bert.git'",
                "git-upload-pack 'mojombo/bert.git/'"
            })
    void formsThatClientsSendParseToOneCommand(String line) {
        assertThat(GitCommand.parse(line))
                .map(command -> new RepositoryPath(command.repository()).command(command.service()))
                .contains("git-upload-pack 'a/a8/e2/95/mojombo/bert.git'");
    }

    /**
     * The attack: an option in place of a path. git-shell CVE-2017-8386 opened a pager with {@code --help}, and so a
     * shell; {@code --upload-pack=} and {@code --exec=} run a program.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-receive-pack '--help'",
                "git-upload-pack --help",
                "git-upload-pack '--strict' 'mojombo/bert.git'",
                "git-upload-pack --timeout=1 'mojombo/bert.git'",
                "git-upload-archive '--exec=id'",
                "git-upload-pack '-x/bert'",
                "git -c core.pager=id upload-pack 'mojombo/bert.git'",
                "git --exec-path=/x upload-pack 'mojombo/bert.git'",
                "git-upload-pack 'ssh://-oProxyCommand=id/mojombo/bert'",
                "git-upload-pack '-oProxyCommand=id:mojombo/bert'"
            })
    void optionIsRefused(String line) {
        assertThat(GitCommand.parse(line)).isEmpty();
    }

    /**
     * The attack: an unlisted verb or sub-verb falls through to a shell or to another handler (Gitea CVE-2026-58423,
     * wish#23, MINA sshd-git CVE-2026-48827).
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sh",
                "",
                " ",
                "git",
                "git ",
                "git-upload-pack",
                "git upload-pack",
                "git-upload-pack ",
                "git-shell -c id",
                "git-lfs-authenticate mojombo/bert download",
                "git-lfs-transfer mojombo/bert download",
                "git-upload-pack2 'mojombo/bert'",
                "git-upload-packs 'mojombo/bert'",
                "GIT-UPLOAD-PACK 'mojombo/bert'",
                "git-Upload-Pack 'mojombo/bert'",
                "upload-pack 'mojombo/bert'",
                "git--upload-pack 'mojombo/bert'",
                "git  upload-pack 'mojombo/bert'",
                "git\tupload-pack 'mojombo/bert'",
                "/usr/bin/git-upload-pack 'mojombo/bert'",
                "'git-upload-pack' 'mojombo/bert'",
                "git-upload-pack\t'mojombo/bert'",
                "git-upload-pack  'mojombo/bert'",
                " git-upload-pack 'mojombo/bert'",
                "git-upload-pack 'mojombo/bert' ",
                "git_upload_pack 'mojombo/bert'",
                "git-upload-pack.exe 'mojombo/bert'",
                "git-http-backend 'mojombo/bert'",
                "env git-upload-pack 'mojombo/bert'",
                "scp -t /",
                "internal-sftp"
            })
    void unknownVerbIsRefused(String line) {
        assertThat(GitCommand.parse(line)).isEmpty();
    }

    /**
     * The attack: a second command or argument, for a program that later passes the line to a shell (git-shell
     * CVE-2022-39260).
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-upload-pack 'mojombo/bert.git' 'tom/secret.git'",
                "git-upload-pack 'mojombo/bert.git';id",
                "git-upload-pack 'mojombo/bert.git'; id",
                "git-upload-pack 'mojombo/bert.git'\nid",
                "git-upload-pack 'mojombo/bert.git\n'",
                "git-upload-pack 'mojombo/bert.git'$(id)",
                "git-upload-pack mojombo/bert|id",
                "git-upload-pack `id`/bert",
                "git-upload-pack 'mojombo/bert''$(id)'",
                "git-upload-pack 'mojombo/ber'\\''t'",
                "git-upload-pack 'mojombo/ber'\\!'t'",
                "git-upload-pack mojombo/bert&&id",
                "git-upload-pack 'mojombo/bert",
                "git-upload-pack mojombo/bert'",
                "git-upload-pack \"mojombo/bert\"",
                "git-upload-pack mojombo\\/bert"
            })
    void secondArgumentOrCommandIsRefused(String line) {
        assertThat(GitCommand.parse(line)).isEmpty();
    }

    /** The attack: a path outside the repositories, or to a repository other than the one that was authorized. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-upload-pack '../mojombo/bert.git'",
                "git-upload-pack 'mojombo/../tom/secret.git'",
                "git-upload-pack 'mojombo/..'",
                "git-upload-pack 'mojombo/...git'",
                "git-upload-pack '~mojombo/bert.git'",
                "git-upload-pack '~/bert.git'",
                "git-upload-pack '/~mojombo/bert.git'",
                "git-upload-pack '//mojombo/bert.git'",
                "git-upload-pack 'mojombo//bert.git'",
                "git-upload-pack 'mojombo/bert.git//'",
                "git-upload-pack 'mojombo/bert/../../x/y'",
                "git-upload-pack './mojombo/bert'",
                "git-upload-pack 'mojombo/./bert'",
                "git-upload-pack 'a/a8/e2/95/mojombo/bert.git'",
                "git-upload-pack '/srv/git/mojombo/bert.git'",
                "git-upload-pack 'mojombo\\bert.git'",
                "git-upload-pack 'mojombo/bert.git.git'",
                "git-upload-pack 'mojombo/bert.GIT'",
                "git-upload-pack 'mojombo/.git'",
                "git-upload-pack 'bert.git'",
                "git-upload-pack ''",
                "git-upload-pack '/'",
                "git-upload-pack 'mojombo/%2e%2e'",
                "git-upload-pack 'file:///mojombo/bert'",
                "git-upload-pack 'ext::sh -c id'",
                "git-upload-pack 'ssh://host'",
                "git-upload-pack 'ssh://host/'",
                "git-upload-pack 'ssh://a@b@host/mojombo/bert'",
                "git-upload-pack 'ssh://host:port/mojombo/bert'",
                "git-upload-pack 'ssh://host:22:22/mojombo/bert'",
                "git-upload-pack 'a:b:mojombo/bert'"
            })
    void pathOtherThanOwnerAndNameIsRefused(String line) {
        assertThat(GitCommand.parse(line)).isEmpty();
    }

    /** The attack: bytes that a log, a file system or a C string interprets differently than the gate. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-upload-pack 'mojombo/bert.git\u0000'",
                "git-upload-pack 'mojombo/bert\u0000.git'",
                "git-upload-pack\u0000'mojombo/bert'",
                "git-upload-pack 'mojombo/bert'\u0000",
                "git-upload-pack 'mojombo/bert\u001b[2J'",
                "git-upload-pack 'mojombo/bert\r'",
                "git-upload-pack 'mojombo/bert\u007f'",
                "git-upload-pack 'mojombo/b\ufffdrt'",
                "git-upload-pack 'mojombo/b\u202ert'",
                "git-upload-pack 'm\u043ejombo/bert'",
                "git-upload-pack 'mojombo/ber\u0131'",
                "git-upload-pack 'mojombo/\u212aert'",
                "git\u00a0upload-pack 'mojombo/bert'"
            })
    void controlAndNonAsciiCharactersAreRefused(String line) {
        assertThat(GitCommand.parse(line)).isEmpty();
    }

    @Test
    void lineLongerThan4096CharactersIsRefused() {
        assertThat(GitCommand.parse("git-upload-pack '" + "a".repeat(4096) + "/bert'"))
                .isEmpty();
        assertThat(GitCommand.parse("git-upload-pack '" + "'\\''".repeat(100_000)))
                .isEmpty();
        assertThat(GitCommand.parse("git-upload-pack 'h" + ".h".repeat(120) + ":mojombo/bert'"))
                .isPresent();
    }
}
