package io.gerve.audit;

import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.access.Decision;
import io.gerve.access.Findings;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.SiteSwitch;
import io.gerve.audit.Recorded.Owned;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;

/** The site as it is, or was at a time, and what the gate decides of it. */
final class MysqlMoment {
    private final MysqlState state;
    private final KeyDirectory keys;
    private final Judge judge;
    private final boolean regardsSwitch;

    private MysqlMoment(MysqlState state, KeyDirectory keys, Judge judge, boolean regardsSwitch) {
        this.state = state;
        this.keys = keys;
        this.judge = judge;
        this.regardsSwitch = regardsSwitch;
    }

    static MysqlMoment now(DSLContext sql, KeyDirectory keys, InstantSource clock) {
        return new MysqlMoment(new MysqlState(sql, Instant.MAX), keys, new Judge(clock), true);
    }

    static MysqlMoment at(DSLContext sql, Instant at) {
        return new MysqlMoment(
                new MysqlState(sql, at), new MysqlPastKeys(() -> sql, at), new Judge(InstantSource.fixed(at)), true);
    }

    /** The same, as if nobody had switched the site to read-only: that is no right. */
    MysqlMoment ofRightsAlone() {
        return new MysqlMoment(state, keys, judge, false);
    }

    MysqlState state() {
        return state;
    }

    Optional<Account> account(Login login) {
        return MysqlState.idOf(state.sql(), login)
                .flatMap(id -> Optional.ofNullable(state.accounts(List.of(id)).get(id)))
                .map(Recorded.Holder::account);
    }

    /** Stand-ins for the keys of those of the accounts that there are, by the account's id. */
    Map<Long, KnownKey> soundKeysOf(Collection<Long> accounts) {
        Map<Long, KnownKey> sound = new HashMap<>();
        state.accounts(accounts).forEach((id, holder) -> sound.put(id, KnownKey.soundOneOf(holder.account())));
        return sound;
    }

    Optional<KnownKey> key(Fingerprint fingerprint) throws LookupUnavailable {
        return keys.find(fingerprint).value();
    }

    /** That everybody may read the repository; empty if not. */
    Optional<Reach> everybody(Owned owned) throws LookupUnavailable {
        var nobody = new Rights.Granted(Role.NONE, Rights.Membership.NONE, Role.NONE);
        var account = new Account(0, new Login("everybody"), Account.Kind.USER, Account.Standing.ACTIVE, "");
        return switch (owned.repository().visibility()) {
            case PRIVATE -> Optional.empty();
            case PUBLIC -> {
                var standing = new Standing(known(owned, nobody), List.of(new Way.Public()), List.of());
                yield Optional.of(reach(KnownKey.soundOneOf(account), standing, "everybody", "everybody"));
            }
        };
    }

    /** @return empty if the key is not there */
    Optional<Reach> deployKey(Owned owned, long id, Role role) throws LookupUnavailable {
        Optional<byte[]> digest = state.sql()
                .select(PUBLIC_KEYS.FINGERPRINT)
                .from(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.ID.eq(id))
                .fetchOptional(PUBLIC_KEYS.FINGERPRINT);
        Optional<KnownKey> key = digest.isPresent() ? key(Fingerprint.ofDigest(digest.get())) : Optional.empty();
        return key.isPresent() ? Optional.of(deployKey(owned, key.get(), role)) : Optional.empty();
    }

    Reach deployKey(Owned owned, KnownKey key, Role role) throws LookupUnavailable {
        var findings = known(owned, new Rights.DeployKey(role));
        return reach(key, new Standing(findings, List.of(new Way.DeployKey(role)), List.of()));
    }

    private Findings.Known known(Owned owned, Rights rights) {
        return new Findings.Known(owned.repository(), owned.owner(), state.site(), rights);
    }

    Reach reach(KnownKey key, Standing standing) throws LookupUnavailable {
        return switch (key.holder()) {
            case KeyHolder.OfAccount(Account account) ->
                reach(
                        key,
                        standing,
                        account.login().text(),
                        account.kind().name().toLowerCase(Locale.ROOT));
            case KeyHolder.Deploy _ -> reach(key, standing, key.fingerprint().text(), "deploy-key");
        };
    }

    Reach reach(KnownKey key, Standing standing, String who, String kind) throws LookupUnavailable {
        Findings.Known findings = regarded(standing.findings());
        Decision pull = judge.decide(key, findings, Service.UPLOAD_PACK);
        List<String> amiss = new ArrayList<>();
        standing.idle().forEach(way -> amiss.add("does not count without membership: " + way.text()));
        if (pull instanceof Decision.Denied denied && !standing.ways().isEmpty()) {
            switch (denied.rule()) {
                case KEY_REVOKED, KEY_EXPIRED, ACCOUNT_SUSPENDED ->
                    amiss.add("still has rights: " + denied.rule().word());
                default -> {}
            }
        }
        return new Reach(
                who,
                kind,
                findings.repository().id(),
                findings.repository().name(),
                pull,
                judge.decide(key, findings, Service.RECEIVE_PACK),
                standing.ways(),
                amiss,
                Place.START);
    }

    private Findings.Known regarded(Findings.Known findings) {
        return regardsSwitch
                ? findings
                : new Findings.Known(
                        findings.repository(), findings.owner(), new SiteSwitch.ReadWrite(), findings.rights());
    }
}
