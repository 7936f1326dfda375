package io.gerve.agent.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
    private static final SshInvocation INVOCATION =
            invocation("10.0.0.7", "git-upload-pack 'a/a8/e2/95/mojombo/bert.git'", "GERVE_KEY_ID=7");

    @Property
    void commandRequestIsParsedAsWritten(
            @ForAll @StringLength(max = 200) String line, @ForAll @StringLength(max = 80) String protocol)
            throws Exception {
        var request = new AgentRequest.AuthorizeCommand("SHA256:x", "::1", line, protocol);
        assertThat(AgentRequest.parse(request.frame())).isEqualTo(request);
    }

    @Property
    void fieldsAreARequestOrRejected(@ForAll @Size(max = 6) List<@StringLength(max = 10) String> fields)
            throws Exception {
        var frame = new Frame(fields);
        try {
            assertThat(AgentRequest.parse(frame).frame()).isEqualTo(frame);
        } catch (MalformedMessage _) {
            assertThatThrownBy(() -> AgentRequest.parse(frame)).hasMessage("unknown request");
        }
    }

    @Test
    void everyReplyIsParsedAsWritten() throws Exception {
        for (AgentReply reply : List.of(
                new AgentReply.KeyLine("restrict ssh-ed25519 AAAA"),
                new AgentReply.NoKey(),
                new AgentReply.Message("ERROR: …\n", 128),
                new AgentReply.Connect(600, INVOCATION),
                new AgentReply.Refused())) {
            assertThat(AgentReply.parse(reply.frame())).isEqualTo(reply);
        }
    }

    @Test
    void malformedReplyIsRejected() {
        for (List<String> fields : List.of(
                List.<String>of(),
                List.of("message", "text"),
                List.of("message", "text", "256"),
                List.of("message", "text", "-1"),
                List.of("message", "text", "01"),
                List.of("message", "text", "1", "more"),
                List.of("join"),
                List.of("no_key", ""),
                List.of("NO-KEY"))) {
            assertThatThrownBy(() -> AgentReply.parse(new Frame(fields))).isInstanceOf(MalformedMessage.class);
        }
    }

    @Test
    void truncatedInvocationIsRejected() {
        List<String> fields = new AgentReply.Connect(600, INVOCATION).frame().fields();
        Stream.iterate(1, length -> length < fields.size() - 1, length -> length + 1)
                .forEach(length -> assertThatThrownBy(() -> AgentReply.parse(new Frame(fields.subList(0, length))))
                        .isInstanceOf(MalformedMessage.class));
    }

    /**
     * Attack: a file server address that ssh takes for an option; -oProxyCommand=… runs a program (CVE-2017-1000117).
     */
    @ParameterizedTest
    @ValueSource(strings = {"-oProxyCommand=id", "", "a b", "host;id", "git@host", "$(id)", "a\nb"})
    void addressThatCouldBeAnOptionIsRejected(String address) {
        assertThatThrownBy(() -> invocation(address, "git-upload-pack 'a'", "GERVE_KEY_ID=7"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-upload-pack",
                "git-upload-pack a",
                "git-upload-pack ''",
                "git-upload-pack 'a' 'b'",
                "git-upload-pack 'a'; id",
                "git-upload-pack 'a'\\''b'",
                "git-upload-pack '../a'",
                "git-shell 'a'",
                "sh -c 'a'"
            })
    void nonCanonicalCommandIsRejected(String command) {
        assertThatThrownBy(() -> invocation("10.0.0.7", command, "GERVE_KEY_ID=7"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LD_PRELOAD=/tmp/x", "GERVE_KEY_ID", "=x", "GERVE_X=a\nB=c", "GIT_SSH=x", "GERVE-X=1"})
    void otherVariableIsRejected(String variable) {
        assertThatThrownBy(() -> invocation("10.0.0.7", "git-upload-pack 'a'", variable))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static SshInvocation invocation(String address, String command, String variable) {
        return new SshInvocation(
                "",
                new SshInvocation.Host(address, 22, "fs1a", "/run/gerve-agent/known_hosts/fs1a-0"),
                new SshInvocation.Login("/usr/bin/ssh", "git", "/etc/gerve/file_server_key", 5, 20),
                command,
                List.of(variable));
    }
}
