package io.gerve.access;

import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryName;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.Md5Tail;
import io.gerve.keylookup.key.Validity;
import java.time.Instant;

/** mojombo's repository bert, and tom, who asks for it. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Account MOJOMBO = user(1, "mojombo");
    static final Account TOM = user(2, "tom");
    static final RepositoryName BERT = RepositoryName.parse("mojombo/bert").orElseThrow();
    static final Rights NO_RIGHTS = new Rights.Granted(Role.NONE, Rights.Membership.NONE, Role.NONE);

    static Account user(long id, String login) {
        return new Account(id, new Login(login), Account.Kind.USER, Account.Standing.ACTIVE, "");
    }

    static KnownKey keyOf(Account account) {
        return key(new KeyHolder.OfAccount(account), new Validity.Until(Instant.MAX));
    }

    static KnownKey deployKey() {
        return key(new KeyHolder.Deploy("mojombo/bert"), new Validity.Until(Instant.MAX));
    }

    static KnownKey key(KeyHolder holder, Validity validity) {
        return new KnownKey(
                7, Fingerprint.ofDigest(new byte[32]), new Md5Tail(1, (short) 2), "laptop", validity, holder);
    }

    static Rights collaborator(Role role) {
        return new Rights.Granted(role, Rights.Membership.NONE, Role.NONE);
    }

    static Repository bert(Repository.Visibility visibility, Repository.State state) {
        return new Repository(10, 1, Account.Kind.USER, Role.NONE, BERT, visibility, state, "Too old.");
    }

    static Findings found(Rights rights) {
        return found(rights, Repository.State.ACTIVE, new SiteSwitch.ReadWrite());
    }

    static Findings found(Rights rights, Repository.State state, SiteSwitch site) {
        return new Findings.Known(bert(Repository.Visibility.PRIVATE, state), MOJOMBO, site, rights);
    }

    static GitCommand fetch(RepositoryName name) {
        return new GitCommand(Service.UPLOAD_PACK, name);
    }

    static GitCommand push(RepositoryName name) {
        return new GitCommand(Service.RECEIVE_PACK, name);
    }

    private Samples() {}
}
