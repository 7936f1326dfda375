package io.gerve.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BranchNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"main", "release/1.2", "a-b_c#1", "feature/@x", "1"})
    void nameOfABranchIsAccepted(String name) throws Exception {
        assertThat(BranchName.parse(name)).isPresent();
        assertThat(gitAccepts(name)).isTrue();
    }

    /** git refuses each of these too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-d",
                "HEAD",
                "a..b",
                "a b",
                "a\nb",
                "a~1",
                "a^",
                "a:b",
                "a?",
                "a*",
                "a[",
                "a\\b",
                "/a",
                "a/",
                "a//b",
                "a.",
                ".a",
                "a/.b",
                "a.lock",
                "a.lock/b",
                "a@{1}"
            })
    void nameThatGitRefusesIsRefused(String name) throws Exception {
        assertThatThrownBy(() -> new BranchName(name)).isInstanceOf(IllegalArgumentException.class);
        assertThat(gitAccepts(name)).isFalse();
    }

    /** A quote could end the argument of a command on the file server. */
    @ParameterizedTest
    @ValueSource(strings = {"it's", "a\"b", "a!b", "a\u202eb", "@"})
    void nameWithAQuoteIsRefused(String name) {
        assertThat(BranchName.parse(name)).isEmpty();
    }

    private static boolean gitAccepts(String name) throws Exception {
        return new ProcessBuilder("git", "check-ref-format", "--branch", name)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
