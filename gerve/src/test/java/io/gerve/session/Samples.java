package io.gerve.session;

import io.gerve.access.Findings;
import io.gerve.access.Repository;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.SiteSwitch;
import io.gerve.chimney.FileServerHost;
import io.gerve.chimney.Route;
import io.gerve.git.GitProtocol;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.Md5Tail;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.key.Validity;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Values that the tests of this package share. */
final class Samples {
    static final Account TOM = new Account(2, new Login("tom"), Account.Kind.USER, Account.Standing.ACTIVE, "");
    static final KnownKey KEY = keyOf(TOM);

    private static final String HOST_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    private Samples() {}

    static KnownKey keyOf(Account account) {
        return new KnownKey(
                5,
                Fingerprint.ofBlob(new byte[] {1}),
                Md5Tail.ofBlob(new byte[] {1}),
                "laptop",
                new Validity.Until(Instant.MAX),
                new KeyHolder.OfAccount(account));
    }

    static Request request(String execLine) {
        return new Request(
                "ssh",
                InetAddress.getLoopbackAddress(),
                KEY.fingerprint(),
                Duration.ZERO,
                execLine,
                GitProtocol.UNSTATED);
    }

    /** A repository that anybody may read, and not {@link #TOM}'s. */
    static Findings readable() {
        return readable(7);
    }

    /** The same, as another repository of the same name. */
    static Findings readable(long id) {
        return known(id, new Rights.Granted(Role.NONE, Rights.Membership.NONE, Role.NONE));
    }

    /** {@link #TOM}'s to write to. */
    static Findings owned() {
        return known(7, new Rights.Owner());
    }

    private static Findings known(long id, Rights rights) {
        var owner = new Account(1, new Login("mojombo"), Account.Kind.USER, Account.Standing.ACTIVE, "");
        return new Findings.Known(
                repository(id, Repository.Visibility.PUBLIC), owner, new SiteSwitch.ReadWrite(), rights);
    }

    static Repository repository(Repository.Visibility visibility) {
        return repository(7, visibility);
    }

    private static Repository repository(long id, Repository.Visibility visibility) {
        return new Repository(
                id,
                1,
                Account.Kind.USER,
                Role.NONE,
                RepositoryName.parse("mojombo/bert").orElseThrow(),
                visibility,
                Repository.State.ACTIVE,
                "");
    }

    static Optional<Route> routes(Login owner) {
        return Optional.of(route("fs3", List.of("fs3a", "fs3b")));
    }

    static Route route(String server, List<String> hosts) {
        return new Route(server, hosts.stream().map(Samples::host).toList());
    }

    private static FileServerHost host(String name) {
        try {
            return new FileServerHost(name, "127.0.0.1", 22, PublicKey.ofLine(HOST_KEY));
        } catch (InvalidKey e) {
            throw new AssertionError(e);
        }
    }
}
