package io.gerve.audit.access;

import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.access.AccessFacts;
import io.gerve.access.Decision;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.SiteMode;
import io.gerve.audit.snapshot.MysqlSnapshotFacts;
import io.gerve.audit.snapshot.MysqlSnapshotKeyDirectory;
import io.gerve.audit.snapshot.SnapshotGate;
import io.gerve.audit.snapshot.SnapshotRows;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
import io.gerve.git.GitService;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
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
public final class MysqlSnapshot {
    private final MysqlSnapshotFacts state;
    private final KeyDirectory keys;
    private final SnapshotGate gate;
    private final boolean appliesSiteMode;

    private MysqlSnapshot(MysqlSnapshotFacts state, KeyDirectory keys, SnapshotGate judge, boolean regardsSwitch) {
        this.state = state;
        this.keys = keys;
        this.gate = judge;
        this.appliesSiteMode = regardsSwitch;
    }

    public static MysqlSnapshot now(DSLContext sql, KeyDirectory keys, InstantSource clock) {
        return new MysqlSnapshot(new MysqlSnapshotFacts(sql, Instant.MAX), keys, new SnapshotGate(clock), true);
    }

    public static MysqlSnapshot at(DSLContext sql, Instant at) {
        return new MysqlSnapshot(
                new MysqlSnapshotFacts(sql, at),
                new MysqlSnapshotKeyDirectory(() -> sql, at),
                new SnapshotGate(InstantSource.fixed(at)),
                true);
    }

    /** The same, as if nobody had switched the site to read-only: that is no right. */
    public MysqlSnapshot ofRightsAlone() {
        return new MysqlSnapshot(state, keys, gate, false);
    }

    public MysqlSnapshotFacts state() {
        return state;
    }

    public Optional<Account> account(Login login) {
        return MysqlSnapshotFacts.idOf(state.sql(), login)
                .flatMap(id -> Optional.ofNullable(state.accounts(List.of(id)).get(id)))
                .map(SnapshotRows.RecordedAccount::account);
    }

    /** Stand-ins for the keys of those of the accounts that there are, by the account's id. */
    public Map<Long, RegisteredKey> activeKeysOf(Collection<Long> accounts) {
        Map<Long, RegisteredKey> sound = new HashMap<>();
        state.accounts(accounts).forEach((id, holder) -> sound.put(id, RegisteredKey.activeKeyOf(holder.account())));
        return sound;
    }

    public Optional<RegisteredKey> key(Fingerprint fingerprint) throws LookupUnavailable {
        return keys.find(fingerprint).value();
    }

    /** That everybody may read the repository; empty if not. */
    public Optional<AccessEntry> everybody(RecordedRepository owned) throws LookupUnavailable {
        var nobody = new Rights.Granted(Role.NONE, Rights.Membership.NONE, Role.NONE);
        var account = new Account(0, new Login("everybody"), Account.Kind.USER, Account.Status.ACTIVE, "");
        return switch (owned.repository().visibility()) {
            case PRIVATE -> Optional.empty();
            case PUBLIC -> {
                var standing = new EffectiveAccess(known(owned, nobody), List.of(new GrantPath.Public()), List.of());
                yield Optional.of(entry(RegisteredKey.activeKeyOf(account), standing, "everybody", "everybody"));
            }
        };
    }

    /** @return empty if the key is not there */
    public Optional<AccessEntry> deployKey(RecordedRepository owned, long id, Role role) throws LookupUnavailable {
        Optional<byte[]> digest = state.sql()
                .select(PUBLIC_KEYS.FINGERPRINT)
                .from(PUBLIC_KEYS)
                .where(PUBLIC_KEYS.ID.eq(id))
                .fetchOptional(PUBLIC_KEYS.FINGERPRINT);
        Optional<RegisteredKey> key = digest.isPresent() ? key(Fingerprint.ofDigest(digest.get())) : Optional.empty();
        return key.isPresent() ? Optional.of(deployKey(owned, key.get(), role)) : Optional.empty();
    }

    public AccessEntry deployKey(RecordedRepository owned, RegisteredKey key, Role role) throws LookupUnavailable {
        var findings = known(owned, new Rights.DeployKey(role));
        return entry(key, new EffectiveAccess(findings, List.of(new GrantPath.DeployKey(role)), List.of()));
    }

    private AccessFacts.Known known(RecordedRepository owned, Rights rights) {
        return new AccessFacts.Known(owned.repository(), owned.owner(), state.site(), rights);
    }

    public AccessEntry entry(RegisteredKey key, EffectiveAccess standing) throws LookupUnavailable {
        return switch (key.principal()) {
            case Principal.OfAccount(Account account) ->
                entry(
                        key,
                        standing,
                        account.login().text(),
                        account.kind().name().toLowerCase(Locale.ROOT));
            case Principal.OfDeployKey _ ->
                entry(key, standing, key.fingerprint().text(), "deploy_key");
        };
    }

    public AccessEntry entry(RegisteredKey key, EffectiveAccess standing, String who, String kind)
            throws LookupUnavailable {
        AccessFacts.Known findings = withSiteMode(standing.facts());
        Decision pull = gate.decide(key, findings, GitService.UPLOAD_PACK);
        List<String> amiss = new ArrayList<>();
        standing.inactivePaths().forEach(way -> amiss.add("does not count without membership: " + way.text()));
        if (pull instanceof Decision.Denied denied && !standing.grantPaths().isEmpty()) {
            switch (denied.rule()) {
                case KEY_REVOKED, KEY_EXPIRED, ACCOUNT_SUSPENDED ->
                    amiss.add("still has rights: " + denied.rule().label());
                default -> {}
            }
        }
        return new AccessEntry(
                who,
                kind,
                findings.repository().id(),
                findings.repository().name(),
                pull,
                gate.decide(key, findings, GitService.RECEIVE_PACK),
                standing.grantPaths(),
                amiss,
                Cursor.START);
    }

    private AccessFacts.Known withSiteMode(AccessFacts.Known findings) {
        return appliesSiteMode
                ? findings
                : new AccessFacts.Known(
                        findings.repository(), findings.owner(), new SiteMode.ReadWrite(), findings.rights());
    }
}
