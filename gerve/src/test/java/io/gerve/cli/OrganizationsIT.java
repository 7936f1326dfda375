package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Organizations and teams. The tests share a site; each has an organization of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrganizationsIT {
    private OperatedSite site;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        site = OperatedSite.open(home);
        site.must("account", "create", "defunkt");
        site.must("account", "create", "tom");
    }

    @AfterAll
    void stop() {
        site.close();
    }

    @Test
    void organizationIsNotCreatedForAnUnknownOwner() {
        assertThat(site.gerve("org", "create", "ownerless", "--owner", "nobody").status())
                .isEqualTo(1);
        assertThat(site.gerve("org", "show", "ownerless").status()).isEqualTo(1);
    }

    @Test
    void lastOwnerCannotBeRemoved() {
        site.must("org", "create", "owned", "--owner", "defunkt");
        assertThat(site.gerve("org", "remove-member", "owned", "defunkt").err())
                .startsWith("gerve: That is the last owner of owned.");
    }

    @Test
    void basePermissionIsOneOfTheRoles() {
        site.must("org", "create", "based", "--owner", "defunkt");
        site.must("org", "set", "based", "--base-permission", "read");
        assertThat(site.gerve("org", "set", "based", "--base-permission", "triage")
                        .status())
                .isEqualTo(1);
    }

    @Test
    void userIsNotShownAsAnOrganization() {
        assertThat(site.gerve("org", "show", "tom").err()).contains("tom is a user");
    }

    @Test
    void teamTakesOnlyMembersOfItsOrganization() {
        createWithTeams("members");
        assertThat(site.gerve("team", "add-member", "members/core", "tom").err())
                .isEqualTo("gerve: tom is not a member of members. Run: gerve org add-member members tom\n");
        site.must("org", "add-member", "members", "tom");
        site.must("team", "add-member", "members/core", "tom");
        assertThat(site.must("team", "show", "members/core").out()).contains("tom", "engineers");
    }

    @Test
    void memberWhoLeavesTheOrganizationLeavesItsTeams() {
        createWithTeams("left");
        site.must("org", "add-member", "left", "tom");
        site.must("team", "add-member", "left/core", "tom");
        site.must("org", "remove-member", "left", "tom");
        assertThat(site.must("team", "show", "left/core").out()).doesNotContain("tom");
    }

    @Test
    void teamCannotStandBelowItsDescendant() {
        createWithTeams("cyclic");
        assertThat(site.gerve("team", "set", "cyclic/engineers", "--parent", "cyclic/core")
                        .err())
                .isEqualTo("gerve: cyclic/core cannot be the parent of cyclic/engineers: it is the same team or one of"
                        + " its descendants.\n");
    }

    @Test
    void removedParentIsRecorded() {
        createWithTeams("flat");
        site.must("team", "set", "flat/core", "--no-parent");
        assertThat(site.record()).anyMatch(line -> line.contains("team_parent"));
    }

    @Test
    void roleOnAnUnknownRepositoryIsRefused() {
        createWithTeams("granting");
        assertThat(site.gerve("team", "grant", "granting/core", "granting/none", "write")
                        .err())
                .contains("There is no repository granting/none");
    }

    @Test
    void teamNameWithoutAnOrganizationIsAUsageError() {
        assertThat(site.gerve("team", "show", "nonsense").status()).isEqualTo(2);
    }

    /** Creates an organization with the team {@code engineers} and {@code core} below it. */
    private void createWithTeams(String organization) {
        site.must("org", "create", organization, "--owner", "defunkt");
        site.must("team", "create", organization + "/engineers");
        site.must("team", "create", organization + "/core", "--parent", organization + "/engineers");
    }
}
