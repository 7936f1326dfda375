package io.gerve.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.DecidingRule;
import io.gerve.access.Rule;
import io.gerve.accesslog.RequestDecision;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestOutcomeTest {
    @ParameterizedTest
    @CsvSource({
        "ALLOWED, owner, 0, COMMAND, SERVED",
        "ALLOWED, owner, 1, COMMAND, COMMAND_FAILED",
        "ALLOWED, owner, 75, FILE_SERVER, FILE_SERVER_FAILED",
        "ALLOWED, owner, 255, CLIENT, CLIENT_GONE",
        // The key was revoked while the command ran.
        "ALLOWED, owner, 128, GATE, DENIED",
        // The gate restarts.
        "ALLOWED, owner, 75, GATE, UNAVAILABLE",
        "GREETED, no_command, 1, GATE, ANSWERED",
        "ANSWERED, whoami, 0, GATE, ANSWERED",
        "DENIED, no_write_grant, 128, GATE, DENIED",
        "DENIED, no_write_grant, 128, CLIENT, CLIENT_GONE",
        "LIMITED, sessions_max, 75, GATE, OVERLOADED",
        "LIMITED, sessions_per_account_max, 75, GATE, LIMITED",
        "UNAVAILABLE, lookup_failed, 75, GATE, UNAVAILABLE",
        "FAILED, internal, 75, GATE, INTERNAL_ERROR"
    })
    void outcomeSaysWhoseDoingTheEndWas(
            RequestDecision decision, String rule, int status, EndedBy by, RequestOutcome expected) {
        assertThat(RequestOutcome.of(decision, rule(rule), RequestEnd.exit(status, by)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"KILL", "TERM"})
    void commandThatASignalEndedIsTheFileServersFault(String signal) {
        var ended = new RequestEnd(new ExitResult.Signal(signal), EndedBy.COMMAND);
        assertThat(RequestOutcome.of(RequestDecision.ALLOWED, Rule.OWNER, ended))
                .isEqualTo(RequestOutcome.FILE_SERVER_FAILED);
    }

    private static DecidingRule rule(String label) {
        return Stream.<DecidingRule>concat(Stream.of(Rule.values()), Stream.of(RequestRule.values()))
                .filter(rule -> rule.label().equals(label))
                .findFirst()
                .orElseThrow();
    }
}
