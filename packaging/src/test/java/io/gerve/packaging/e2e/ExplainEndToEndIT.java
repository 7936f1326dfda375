package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.SshKeys;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of explain for operators and for the user who made the request, through both frontends. */
@ClassTemplate
@ExtendWith(BothFrontends.class)
class ExplainEndToEndIT {
    private static final Pattern REQUEST_ID = Pattern.compile("\\[([0-9a-hjkmnp-tv-z]{16})]");

    private final RunningGate gate;

    ExplainEndToEndIT(RunningGate gate) {
        this.gate = gate;
    }

    @Test
    void refusedPushIsExplainedToOperatorAndUser() throws Exception {
        String repository = gate.newRepository("--public");
        CommandResult refused = gate.ssh("tom", "git-receive-pack '" + repository + ".git'");
        assertThat(refused.status()).isEqualTo(128);
        String id = requestId(refused);

        String operator = recorded(id);
        assertThat(operator)
                .containsPattern("then_decision: +denied")
                .containsPattern("then_rule: +no_write_grant")
                .containsPattern("principal: +tom")
                .containsPattern("exec_line: +git-receive-pack '" + repository + ".git'")
                .containsPattern("now_decision: +denied");
        CommandResult user = gate.ssh("tom", "explain " + id);
        assertThat(user.status()).isZero();
        assertThat(user.output())
                .contains("then:         denied, by the rule no_write_grant")
                .contains("message:      ERROR: Permission to " + repository + ".git denied to tom.")
                .contains("now:          denied, by the rule no_write_grant");

        gate.cli("collaborator add " + repository + " tom --role write");
        await().untilAsserted(() -> assertThat(gate.ssh("tom", "explain " + id).output())
                .contains("then:         denied, by the rule no_write_grant")
                .contains("now:          allowed, by the rule collaborator"));
        assertThat(gate.cli("explain " + id).output()).containsPattern("now_rule: +collaborator");
    }

    @Test
    void explainShowsTheFormerRoleAfterItsRemoval() throws Exception {
        String repository = gate.newRepository();
        gate.cli("collaborator add " + repository + " tom --role triage");
        await().until(() -> gate.git("ls-remote as-tom:" + repository + ".git").succeeded());
        gate.cli("collaborator remove " + repository + " tom");

        String log = "audit log --repo " + repository + " --command git-upload-pack --limit 1 --format csv";
        Matcher id = Pattern.compile("(?m)^[^,]+,\\d+,[0-9a-f]{64},[0-9a-f]{64},([0-9a-z]{16}),")
                .matcher("");
        await().until(() -> id.reset(gate.cli(log).output()).find());
        assertThat(gate.cli("explain " + id.group(1)).output())
                .containsPattern("then_rule: +collaborator")
                .containsPattern("then_fact: +has triage");
    }

    /** The attacks: to learn about the requests of other users, and about the existence of a hidden repository. */
    @Test
    void explainHidesOtherUsersRequestsAndHiddenRepositories() throws Exception {
        String repository = gate.newRepository();
        String hidden = requestId(gate.ssh("tom", "git-upload-pack '" + repository + "'"));
        String nowhere = requestId(gate.ssh("tom", "git-upload-pack 'mojombo/no-such-one'"));
        assertThat(recorded(hidden)).contains("no_grant");
        assertThat(recorded(nowhere)).contains("repository_unknown");

        assertThat(decision(gate.ssh("tom", "explain " + hidden)))
                .isEqualTo(decision(gate.ssh("tom", "explain " + nowhere)));
        CommandResult others = gate.ssh("defunkt", "explain " + hidden);
        CommandResult unknown = gate.ssh("defunkt", "explain 0000000000000000");
        assertThat(others.status()).isEqualTo(unknown.status()).isZero();
        assertThat(others.output().replace(hidden, ""))
                .isEqualTo(unknown.output().replace("0000000000000000", ""));
    }

    @Test
    void whoamiShowsAccountKeyAndExpiry() throws Exception {
        assertThat(gate.ssh("mojombo", "whoami").orThrow().output())
                .containsPattern("account: +mojombo")
                .containsPattern("key: +SHA256:")
                .containsPattern("expires: +never");
        String repository = gate.newRepository();
        Path deploy = gate.newKey("whoami-machine");
        gate.cli("key add --expires 90d --repo " + repository + " " + SshKeys.publicKeyFile(deploy));
        assertThat(gate.ssh("whoami-machine", "whoami").orThrow().output())
                .containsPattern("deploy key: +" + repository)
                .containsPattern("expires: +20[0-9-]+T");
        assertThat(gate.ssh("mojombo", "whoami now").output()).contains("ERROR: Invalid command: whoami now");
    }

    @Test
    void refusedCommandWouldBeRefusedAgain() throws Exception {
        String id = requestId(gate.ssh("mojombo", "git-lfs-transfer mojombo/bert upload"));
        recorded(id);
        assertThat(gate.ssh("mojombo", "explain " + id).orThrow().output())
                .containsPattern("then: +denied, by the rule invalid_command")
                .containsPattern("now: +denied, by the rule invalid_command")
                .containsPattern("message now: +git-lfs-transfer: not found ERROR: Invalid command: ");
    }

    private static String decision(CommandResult explained) {
        return explained
                .output()
                .lines()
                .filter(line -> line.matches("(then|message|now|message now|exit status):.*"))
                .toList()
                .toString();
    }

    /** Waits until the request is recorded, and returns the explanation for the operator. */
    private String recorded(String id) {
        return await().ignoreExceptionsInstanceOf(IllegalStateException.class)
                .until(() -> gate.cli("explain " + id), CommandResult::succeeded)
                .output();
    }

    private static String requestId(CommandResult refused) {
        Matcher id = REQUEST_ID.matcher(refused.output());
        assertThat(id.find()).as(refused.output()).isTrue();
        return id.group(1);
    }
}
