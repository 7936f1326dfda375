package io.gerve.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitProtocolTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"version=0", "version=1", "version=2", "version=2:object-format=sha256", "version=2:a=b:c=d.e"})
    void valuesThatGitSendsAreAccepted(String value) {
        assertThat(GitProtocol.parse(value)).map(GitProtocol::text).contains(value);
    }

    /**
     * The attack: a value that the shell of the file server, a hook or a log interprets as something other than a
     * protocol. MINA stores any name and value by default; Gogs CVE-2024-39930 was code execution by this path.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                "version=",
                "version=3",
                "version=22",
                "version=-1",
                "VERSION=2",
                " version=2",
                "version=2 ",
                "version=2\n",
                "version=2:",
                "version=2::a=b",
                "version=2:a",
                "version=2:=b",
                "version=2:a=",
                "version=2:a=b;c",
                "version=2:a=$(id)",
                "version=2:a=b\u0000",
                "version=2:a=b c",
                "version=2:a=b=c",
                "version=2:é=b",
                "a=b:version=2"
            })
    void otherValuesAreRefused(String value) {
        assertThat(GitProtocol.parse(value)).isEmpty();
    }

    @Test
    void valueLongerThan64BytesIsRefused() {
        String longest = "version=2:a=" + "b".repeat(52);

        assertThat(longest).hasSize(64);
        assertThat(GitProtocol.parse(longest)).isPresent();
        assertThat(GitProtocol.parse(longest + "b")).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new GitProtocol(longest + "b"));
    }

    @Property(tries = 5000)
    void acceptedValueNeedsNoQuoting(
            @ForAll @StringLength(max = 60) @Chars({'=', ':', 'a', '2', '-', '.', ';', ' ', '\'', '\n', '$'})
                    String rest) {
        GitProtocol.parse("version=1" + rest)
                .ifPresent(protocol -> assertThat(protocol.text()).matches("[A-Za-z0-9=:._-]{9,64}"));
    }
}
