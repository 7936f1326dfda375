package io.gerve.access;

import static io.gerve.access.Samples.BERT;
import static io.gerve.access.Samples.MOJOMBO;
import static io.gerve.access.Samples.NOW;
import static io.gerve.access.Samples.NO_RIGHTS;
import static io.gerve.access.Samples.TOM;
import static io.gerve.access.Samples.collaborator;
import static io.gerve.access.Samples.deployKey;
import static io.gerve.access.Samples.fetch;
import static io.gerve.access.Samples.found;
import static io.gerve.access.Samples.key;
import static io.gerve.access.Samples.keyOf;
import static io.gerve.access.Samples.push;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gerve.access.Decision.Denied;
import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Cases that the generated sites of {@link AccessModelIT} do not cover: messages, time limits, freshness, and needless
 * look-ups.
 */
class AccessGateTest {
    private static final Grants NO_LOOKUP_EXPECTED = (_, name) -> {
        throw new AssertionError("unexpected look-up of " + name);
    };

    @Test
    void revokedKeyIsDeniedWithItsReasonWithoutLookup() throws Exception {
        RegisteredKey key =
                key(new Principal.OfAccount(suspended(TOM)), new KeyValidity.Revoked(NOW, "Found on a website."));

        assertThat(gate(NO_LOOKUP_EXPECTED).decide(CachedResult.fresh(key), push(BERT)))
                .isEqualTo(new Denied(Rule.KEY_REVOKED, "Found on a website."));
    }

    @Test
    void keyIsDeniedFromItsExpiryTimeOn() throws Exception {
        var ended = key(new Principal.OfAccount(TOM), new KeyValidity.ValidUntil(NOW));
        var ending = key(new Principal.OfAccount(TOM), new KeyValidity.ValidUntil(NOW.plusNanos(1)));

        assertThat(gate(NO_LOOKUP_EXPECTED).keyRefusal(ended)).contains(new Denied(Rule.KEY_EXPIRED, ""));
        assertThat(gate(NO_LOOKUP_EXPECTED).keyRefusal(ending)).isEmpty();
    }

    @Test
    void suspendedAccountIsDeniedWithTheOperatorMessage() throws Exception {
        assertThat(gate(NO_LOOKUP_EXPECTED).decide(CachedResult.fresh(keyOf(suspended(TOM))), fetch(BERT)))
                .isEqualTo(new Denied(Rule.ACCOUNT_SUSPENDED, "Unpaid."));
    }

    /** A stale revocation or suspension still refuses, and the user may know the reason. */
    @Test
    void staleKeyOfSuspendedAccountIsDenied() throws Exception {
        assertThat(gate(NO_LOOKUP_EXPECTED)
                        .decide(stale(keyOf(suspended(TOM))), push(BERT))
                        .rule())
                .isEqualTo(Rule.ACCOUNT_SUSPENDED);
    }

    @Test
    void ownerReadsArchivedRepositoryAndIsDeniedPush() throws Exception {
        AccessFacts facts = found(new Rights.Owner(), Repository.State.ARCHIVED, new SiteMode.ReadOnly("Moving."));

        assertThat(decide(keyOf(MOJOMBO), fetch(BERT), facts).rule()).isEqualTo(Rule.OWNER);
        assertThat(decide(keyOf(MOJOMBO), push(BERT), facts))
                .isEqualTo(new Denied(Rule.REPOSITORY_ARCHIVED, "Too old."));
    }

    @Test
    void readOnlySiteDeniesPushWithTheOperatorMessage() throws Exception {
        AccessFacts facts = found(new Rights.Owner(), Repository.State.ACTIVE, new SiteMode.ReadOnly("Moving."));

        assertThat(decide(keyOf(MOJOMBO), fetch(BERT), facts).rule()).isEqualTo(Rule.OWNER);
        assertThat(decide(keyOf(MOJOMBO), push(BERT), facts)).isEqualTo(new Denied(Rule.SITE_READ_ONLY, "Moving."));
    }

    /** The attack: pushing to random names to learn from the lock message which private repositories exist. */
    @ParameterizedTest
    @EnumSource(Repository.State.class)
    void principalWithoutReadAccessDoesNotLearnTheState(Repository.State state) throws Exception {
        AccessFacts facts = found(NO_RIGHTS, state, new SiteMode.ReadOnly("Moving."));

        assertThat(decide(keyOf(TOM), push(BERT), facts)).isEqualTo(new Denied(Rule.NO_GRANT, ""));
        assertThat(decide(keyOf(TOM), fetch(BERT), facts)).isEqualTo(new Denied(Rule.NO_GRANT, ""));
    }

    @ParameterizedTest
    @EnumSource(Repository.State.class)
    void principalWithoutWriteAccessGetsNoWriteGrantInsteadOfTheState(Repository.State state) throws Exception {
        AccessFacts facts = found(collaborator(Role.TRIAGE), state, new SiteMode.ReadOnly("Moving."));

        assertThat(decide(keyOf(TOM), push(BERT), facts)).isEqualTo(new Denied(Rule.NO_WRITE_GRANT, ""));
    }

    @Test
    void deployKeyCannotReadPublicRepositoryItIsNotAssignedTo() throws Exception {
        var repository = Samples.bert(Repository.Visibility.PUBLIC, Repository.State.ACTIVE);
        var facts =
                new AccessFacts.Known(repository, MOJOMBO, new SiteMode.ReadWrite(), new Rights.DeployKey(Role.NONE));

        assertThat(decide(deployKey(), fetch(BERT), facts).rule()).isEqualTo(Rule.NO_GRANT);
    }

    @Test
    void pushWithReadOnlyDeployKeyIsDenied() throws Exception {
        AccessFacts facts = found(new Rights.DeployKey(Role.READ));

        assertThat(decide(deployKey(), fetch(BERT), facts).rule()).isEqualTo(Rule.DEPLOY_KEY);
        assertThat(decide(deployKey(), push(BERT), facts).rule()).isEqualTo(Rule.DEPLOY_KEY_READ_ONLY);
    }

    @Test
    void formerNameIsRedirectedAndOtherSpellingIsNot() throws Exception {
        AccessFacts facts = found(new Rights.Owner());

        assertThat(decide(keyOf(MOJOMBO), fetch(name("old/bert")), facts))
                .isInstanceOfSatisfying(Decision.Allowed.class, allowed -> {
                    assertThat(allowed.isRedirected()).isTrue();
                    assertThat(allowed.repository().name()).isEqualTo(BERT);
                });
        assertThat(decide(keyOf(MOJOMBO), fetch(name("MOJOMBO/Bert")), facts))
                .isInstanceOfSatisfying(
                        Decision.Allowed.class,
                        allowed -> assertThat(allowed.isRedirected()).isFalse());
    }

    @Test
    void staleResultAllowsFetchButNotPush() throws Exception {
        AccessFacts facts = found(collaborator(Role.ADMIN));
        Grants current = (_, _) -> CachedResult.fresh(facts);
        Grants stale = (_, _) -> stale(facts);

        assertThat(gate(stale)
                        .decide(CachedResult.fresh(keyOf(TOM)), fetch(BERT))
                        .rule())
                .isEqualTo(Rule.COLLABORATOR);
        assertThat(gate(current).decide(stale(keyOf(TOM)), fetch(BERT)).rule()).isEqualTo(Rule.COLLABORATOR);
        assertUnavailable(gate(stale), CachedResult.fresh(keyOf(TOM)), push(BERT));
        assertUnavailable(gate(current), stale(keyOf(TOM)), push(BERT));
    }

    /** A cached "not found" would be wrong for a principal that was granted access since. */
    @Test
    void refusalFromStaleResultIsUnavailable() {
        assertUnavailable(gate((_, _) -> stale(found(NO_RIGHTS))), CachedResult.fresh(keyOf(TOM)), fetch(BERT));
        assertUnavailable(
                gate((_, _) -> stale(new AccessFacts.Unknown())), CachedResult.fresh(keyOf(TOM)), fetch(BERT));
        assertUnavailable(
                gate((_, _) -> stale(found(new Rights.Owner(), Repository.State.DISABLED, new SiteMode.ReadWrite()))),
                CachedResult.fresh(keyOf(MOJOMBO)),
                fetch(BERT));
    }

    /** A clone that runs may outlive the right to it only until the database answers. */
    @Test
    void decisionOnARunningCommandNeverRestsOnAStaleResult() throws Exception {
        AccessFacts facts = found(collaborator(Role.READ));
        AccessGate current = gate((_, _) -> CachedResult.fresh(facts));

        assertThat(current.decideAgain(CachedResult.fresh(keyOf(TOM)), fetch(BERT))
                        .rule())
                .isEqualTo(Rule.COLLABORATOR);
        assertThatExceptionOfType(LookupUnavailable.class)
                .isThrownBy(() -> current.decideAgain(stale(keyOf(TOM)), fetch(BERT)));
        assertThatExceptionOfType(LookupUnavailable.class)
                .isThrownBy(
                        () -> gate((_, _) -> stale(facts)).decideAgain(CachedResult.fresh(keyOf(TOM)), fetch(BERT)));
    }

    @Test
    void failedLookupIsUnavailable() {
        Grants away = (_, _) -> {
            throw new LookupUnavailable("away");
        };

        assertUnavailable(gate(away), CachedResult.fresh(keyOf(TOM)), fetch(BERT));
    }

    private static void assertUnavailable(AccessGate gate, CachedResult<RegisteredKey> key, GitCommand command) {
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> gate.decide(key, command));
    }

    private static Decision decide(RegisteredKey key, GitCommand command, AccessFacts facts) throws LookupUnavailable {
        return gate((_, _) -> CachedResult.fresh(facts)).decide(CachedResult.fresh(key), command);
    }

    private static AccessGate gate(Grants grants) {
        return new AccessGate(grants, InstantSource.fixed(NOW));
    }

    private static <T> CachedResult<T> stale(T value) {
        return new CachedResult<>(value, Freshness.STALE);
    }

    private static Account suspended(Account account) {
        return new Account(account.id(), account.login(), account.kind(), Account.Status.SUSPENDED, "Unpaid.");
    }

    private static RepositoryName name(String text) {
        return RepositoryName.parse(text).orElseThrow();
    }
}
