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

/** The state of the site, now or at a past time, and the gate's decisions on it. */
public final class MysqlSnapshot {
    private final MysqlSnapshotFacts state;
    private final KeyDirectory keys;
    private final SnapshotGate gate;
    private final boolean appliesSiteMode;

    private MysqlSnapshot(MysqlSnapshotFacts state, KeyDirectory keys, SnapshotGate gate, boolean appliesSiteMode) {
        this.state = state;
        this.keys = keys;
        this.gate = gate;
        this.appliesSiteMode = appliesSiteMode;
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

    /** Returns the same snapshot without the site's read-only mode, which is not a right. */
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

    /** Returns, by account id, a placeholder for a valid key of each account that existed. */
    public Map<Long, RegisteredKey> activeKeysOf(Collection<Long> accounts) {
        Map<Long, RegisteredKey> keysById = new HashMap<>();
        state.accounts(accounts)
                .forEach((id, recorded) -> keysById.put(id, RegisteredKey.activeKeyOf(recorded.account())));
        return keysById;
    }

    public Optional<RegisteredKey> key(Fingerprint fingerprint) throws LookupUnavailable {
        return keys.find(fingerprint).value();
    }

    /** Returns the entry for everybody if the repository is public, else empty. */
    public Optional<AccessEntry> everybody(RecordedRepository owned) throws LookupUnavailable {
        var nobody = new Rights.Granted(Role.NONE, Rights.Membership.NONE, Role.NONE);
        var account = new Account(0, new Login("everybody"), Account.Kind.USER, Account.Status.ACTIVE, "");
        return switch (owned.repository().visibility()) {
            case PRIVATE -> Optional.empty();
            case PUBLIC -> {
                var access = new EffectiveAccess(known(owned, nobody), List.of(new GrantPath.Public()), List.of());
                yield Optional.of(entry(RegisteredKey.activeKeyOf(account), access, "everybody", "everybody"));
            }
        };
    }

    /** Returns the entry for a deploy key, or empty if the key did not exist. */
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
        var facts = known(owned, new Rights.DeployKey(role));
        return entry(key, new EffectiveAccess(facts, List.of(new GrantPath.DeployKey(role)), List.of()));
    }

    private AccessFacts.Known known(RecordedRepository owned, Rights rights) {
        return new AccessFacts.Known(owned.repository(), owned.owner(), state.site(), rights);
    }

    public AccessEntry entry(RegisteredKey key, EffectiveAccess access) throws LookupUnavailable {
        return switch (key.principal()) {
            case Principal.OfAccount(Account account) ->
                entry(key, access, account.login().text(), account.kind().name().toLowerCase(Locale.ROOT));
            case Principal.OfDeployKey _ -> entry(key, access, key.fingerprint().text(), "deploy_key");
        };
    }

    public AccessEntry entry(RegisteredKey key, EffectiveAccess access, String principal, String kind)
            throws LookupUnavailable {
        AccessFacts.Known facts = withSiteMode(access.facts());
        Decision pull = gate.decide(key, facts, GitService.UPLOAD_PACK);
        List<String> issues = new ArrayList<>();
        access.inactivePaths()
                .forEach(path -> issues.add(
                        "grant has no effect because the account is not a member of the organization: " + path.text()));
        if (pull instanceof Decision.Denied denied && !access.grantPaths().isEmpty()) {
            switch (denied.rule()) {
                case KEY_REVOKED, KEY_EXPIRED, ACCOUNT_SUSPENDED ->
                    issues.add("has rights, but every request is denied: "
                            + denied.rule().label());
                default -> {}
            }
        }
        return new AccessEntry(
                principal,
                kind,
                facts.repository().id(),
                facts.repository().name(),
                pull,
                gate.decide(key, facts, GitService.RECEIVE_PACK),
                access.grantPaths(),
                issues,
                Cursor.START);
    }

    private AccessFacts.Known withSiteMode(AccessFacts.Known facts) {
        return appliesSiteMode
                ? facts
                : new AccessFacts.Known(facts.repository(), facts.owner(), new SiteMode.ReadWrite(), facts.rights());
    }
}
