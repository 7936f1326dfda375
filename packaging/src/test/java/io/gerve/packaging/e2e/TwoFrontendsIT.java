package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.SshKeys;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that both frontends send the same messages, word for word, and the same exit statuses. */
@ExtendWith(SharedGate.class)
@TestInstance(Lifecycle.PER_CLASS)
class TwoFrontendsIT {
    private final RunningGate frontend;
    private final RunningGate openssh;

    TwoFrontendsIT(SharedGate.OfEachFrontend gates) {
        this.frontend = gates.frontend();
        this.openssh = gates.openssh();
    }

    @BeforeAll
    void populate() throws Exception {
        populate(frontend);
        populate(openssh);
    }

    private static void populate(RunningGate gate) throws Exception {
        gate.cli("account create twin --server fs1");
        gate.addKey("twin", gate.newKey("twin"));
        gate.cli("repo create mojombo/open --public");
        gate.cli("repo create mojombo/secret");
        gate.cli("repo create mojombo/old --public");
        gate.cli("repo archive mojombo/old");
        gate.cli("repo create mojombo/shut --public");
        gate.cli("repo lock mojombo/shut --reason 'Being moved.'");
        gate.cli("repo create mojombo/gone --public");
        gate.cli("repo disable mojombo/gone --reason 'Ask legal.'");
        gate.cli("repo create mojombo/before --public");
        gate.cli("repo rename mojombo/before mojombo/after");
        Path deploy = gate.newKey("machine");
        gate.cli("key add --repo mojombo/secret " + SshKeys.publicKeyFile(deploy));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "mojombo,||",
                "machine,||",
                "twin,id",
                "twin,git-upload-pack",
                "twin,git-upload-pack 'mojombo/open'; id",
                "twin,git-upload-pack ''",
                "twin,| |",
                "twin,git-upload-pack 'mojombo/café'",
                "twin,\u001b[2Jxxx",
                "twin,git-upload-pack 'mojombo/secret'",
                "twin,git-upload-pack 'mojombo/no-such'",
                "twin,git-receive-pack 'mojombo/open'",
                "twin,git-receive-pack 'mojombo/old'",
                "mojombo,git-receive-pack 'mojombo/old'",
                "mojombo,git-receive-pack 'mojombo/shut'",
                "mojombo,git-upload-pack 'mojombo/gone'",
                "twin,git-upload-pack 'mojombo/before'",
                "twin,git-upload-pack '/mojombo/open.git'",
                "twin,git upload-pack 'mojombo/open.git'",
                "twin,git-upload-archive 'mojombo/secret'",
                "machine,git-receive-pack 'mojombo/secret'",
                "machine,git-upload-pack 'mojombo/open'",
            })
    void bothFrontendsGiveTheSameAnswer(String person, String command) throws Exception {
        CommandResult expected = frontend.ssh(person, command);
        CommandResult actual = openssh.ssh(person, command);
        assertThat(withoutRequestId(actual)).isEqualTo(withoutRequestId(expected));
        assertThat(actual.status()).isEqualTo(expected.status());
    }

    private static String withoutRequestId(CommandResult finished) {
        return finished.output().replaceAll("\\[[0-9a-hjkmnp-tv-z]{16}]", "[]");
    }
}
