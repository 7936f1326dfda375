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

/** What the generated sites of {@link AccessModelIT} do not show: words, borders in time, freshness, and that nothing is asked in vain. */
class AccessGateTest {
    private static final Grants NOT_TO_BE_ASKED = (_, name) -> {
        throw new AssertionError("asked for " + name);
    };

    @Test
    void aRevokedKeyIsRefusedWithItsReasonBeforeAnythingIsAsked() throws Exception {
        RegisteredKey key =
                key(new Principal.OfAccount(suspended(TOM)), new KeyValidity.Revoked(NOW, "Found on a website."));

        assertThat(gate(NOT_TO_BE_ASKED).decide(CachedResult.fresh(key), push(BERT)))
                .isEqualTo(new Denied(Rule.KEY_REVOKED, "Found on a website."));
    }

    @Test
    void aKeyExpiresAtItsEndAndNotBefore() throws Exception {
        var ended = key(new Principal.OfAccount(TOM), new KeyValidity.ValidUntil(NOW));
        var ending = key(new Principal.OfAccount(TOM), new KeyValidity.ValidUntil(NOW.plusNanos(1)));

        assertThat(gate(NOT_TO_BE_ASKED).keyRefusal(ended)).contains(new Denied(Rule.KEY_EXPIRED, ""));
        assertThat(gate(NOT_TO_BE_ASKED).keyRefusal(ending)).isEmpty();
    }

    @Test
    void aSuspendedAccountIsRefusedWithTheOperatorsWords() throws Exception {
        assertThat(gate(NOT_TO_BE_ASKED).decide(CachedResult.fresh(keyOf(suspended(TOM))), fetch(BERT)))
                .isEqualTo(new Denied(Rule.ACCOUNT_SUSPENDED, "Unpaid."));
    }

    /** What was remembered of a revocation or suspension is still a reason to refuse, and the user may know it. */
    @Test
    void theKeysOwnRefusalHoldsThoughOnlyRemembered() throws Exception {
        assertThat(gate(NOT_TO_BE_ASKED)
                        .decide(remembered(keyOf(suspended(TOM))), push(BERT))
                        .rule())
                .isEqualTo(Rule.ACCOUNT_SUSPENDED);
    }

    @Test
    void theOwnerOfAnArchivedRepositoryReadsAndReadsWhyHeMayNotPush() throws Exception {
        AccessFacts findings = found(new Rights.Owner(), Repository.State.ARCHIVED, new SiteMode.ReadOnly("Moving."));

        assertThat(decide(keyOf(MOJOMBO), fetch(BERT), findings).rule()).isEqualTo(Rule.OWNER);
        assertThat(decide(keyOf(MOJOMBO), push(BERT), findings))
                .isEqualTo(new Denied(Rule.REPOSITORY_ARCHIVED, "Too old."));
    }

    @Test
    void theSitesSwitchRefusesPushesWithTheOperatorsWords() throws Exception {
        AccessFacts findings = found(new Rights.Owner(), Repository.State.ACTIVE, new SiteMode.ReadOnly("Moving."));

        assertThat(decide(keyOf(MOJOMBO), fetch(BERT), findings).rule()).isEqualTo(Rule.OWNER);
        assertThat(decide(keyOf(MOJOMBO), push(BERT), findings)).isEqualTo(new Denied(Rule.SITE_READ_ONLY, "Moving."));
    }

    /** The attack: asking to push to names at random, to learn from the words of a lock which private repositories there are. */
    @ParameterizedTest
    @EnumSource(Repository.State.class)
    void whoMayNotReadLearnsNothingOfTheState(Repository.State state) throws Exception {
        AccessFacts findings = found(NO_RIGHTS, state, new SiteMode.ReadOnly("Moving."));

        assertThat(decide(keyOf(TOM), push(BERT), findings)).isEqualTo(new Denied(Rule.NO_GRANT, ""));
        assertThat(decide(keyOf(TOM), fetch(BERT), findings)).isEqualTo(new Denied(Rule.NO_GRANT, ""));
    }

    @ParameterizedTest
    @EnumSource(Repository.State.class)
    void whoMayReadButNotWriteIsToldThatAndNotTheState(Repository.State state) throws Exception {
        AccessFacts findings = found(collaborator(Role.TRIAGE), state, new SiteMode.ReadOnly("Moving."));

        assertThat(decide(keyOf(TOM), push(BERT), findings)).isEqualTo(new Denied(Rule.NO_WRITE_GRANT, ""));
    }

    @Test
    void aDeployKeyReadsAPublicRepositoryOnlyIfItIsOneOfItsOwn() throws Exception {
        var repository = Samples.bert(Repository.Visibility.PUBLIC, Repository.State.ACTIVE);
        var findings =
                new AccessFacts.Known(repository, MOJOMBO, new SiteMode.ReadWrite(), new Rights.DeployKey(Role.NONE));

        assertThat(decide(deployKey(), fetch(BERT), findings).rule()).isEqualTo(Rule.NO_GRANT);
    }

    @Test
    void aReadOnlyDeployKeyIsToldSo() throws Exception {
        AccessFacts findings = found(new Rights.DeployKey(Role.READ));

        assertThat(decide(deployKey(), fetch(BERT), findings).rule()).isEqualTo(Rule.DEPLOY_KEY);
        assertThat(decide(deployKey(), push(BERT), findings).rule()).isEqualTo(Rule.DEPLOY_KEY_READ_ONLY);
    }

    @Test
    void aRepositoryFoundByAFormerNameHasMovedAndOneInAnotherSpellingHasNot() throws Exception {
        AccessFacts findings = found(new Rights.Owner());

        assertThat(decide(keyOf(MOJOMBO), fetch(name("old/bert")), findings))
                .isInstanceOfSatisfying(Decision.Allowed.class, allowed -> {
                    assertThat(allowed.isRedirected()).isTrue();
                    assertThat(allowed.repository().name()).isEqualTo(BERT);
                });
        assertThat(decide(keyOf(MOJOMBO), fetch(name("MOJOMBO/Bert")), findings))
                .isInstanceOfSatisfying(
                        Decision.Allowed.class,
                        allowed -> assertThat(allowed.isRedirected()).isFalse());
    }

    @Test
    void whatWasRememberedIsGoodEnoughToReadByAndNotToWriteBy() throws Exception {
        AccessFacts findings = found(collaborator(Role.ADMIN));
        Grants current = (_, _) -> CachedResult.fresh(findings);
        Grants remembered = (_, _) -> remembered(findings);

        assertThat(gate(remembered)
                        .decide(CachedResult.fresh(keyOf(TOM)), fetch(BERT))
                        .rule())
                .isEqualTo(Rule.COLLABORATOR);
        assertThat(gate(current).decide(remembered(keyOf(TOM)), fetch(BERT)).rule())
                .isEqualTo(Rule.COLLABORATOR);
        assertUnavailable(gate(remembered), CachedResult.fresh(keyOf(TOM)), push(BERT));
        assertUnavailable(gate(current), remembered(keyOf(TOM)), push(BERT));
    }

    /** "Not found" from memory would be a lie to who was let in a minute ago. */
    @Test
    void aRefusalThatWasOnlyRememberedIsNoRefusal() {
        assertUnavailable(gate((_, _) -> remembered(found(NO_RIGHTS))), CachedResult.fresh(keyOf(TOM)), fetch(BERT));
        assertUnavailable(
                gate((_, _) -> remembered(new AccessFacts.Unknown())), CachedResult.fresh(keyOf(TOM)), fetch(BERT));
        assertUnavailable(
                gate((_, _) ->
                        remembered(found(new Rights.Owner(), Repository.State.DISABLED, new SiteMode.ReadWrite()))),
                CachedResult.fresh(keyOf(MOJOMBO)),
                fetch(BERT));
    }

    @Test
    void whatCouldNotBeFoundOutIsNoAnswer() {
        Grants away = (_, _) -> {
            throw new LookupUnavailable("away");
        };

        assertUnavailable(gate(away), CachedResult.fresh(keyOf(TOM)), fetch(BERT));
    }

    private static void assertUnavailable(AccessGate gate, CachedResult<RegisteredKey> key, GitCommand command) {
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> gate.decide(key, command));
    }

    private static Decision decide(RegisteredKey key, GitCommand command, AccessFacts findings)
            throws LookupUnavailable {
        return gate((_, _) -> CachedResult.fresh(findings)).decide(CachedResult.fresh(key), command);
    }

    private static AccessGate gate(Grants grants) {
        return new AccessGate(grants, InstantSource.fixed(NOW));
    }

    private static <T> CachedResult<T> remembered(T value) {
        return new CachedResult<>(value, Freshness.STALE);
    }

    private static Account suspended(Account account) {
        return new Account(account.id(), account.login(), account.kind(), Account.Status.SUSPENDED, "Unpaid.");
    }

    private static RepositoryName name(String text) {
        return RepositoryName.parse(text).orElseThrow();
    }
}
