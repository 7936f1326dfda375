package io.gerve.agent;

import io.gerve.config.AgentSettings;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import java.nio.file.Path;
import java.time.Instant;

/** Sample values for the tests of this package. */
final class AgentSamples {
    /** The fingerprint of the key {@code AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl}. */
    static final Fingerprint FINGERPRINT = new Fingerprint("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");

    static final RegisteredKey KEY = new RegisteredKey(
            5,
            FINGERPRINT,
            new Md5Suffix(1, (short) 2),
            "laptop",
            new KeyValidity.ValidUntil(Instant.MAX),
            new Principal.OfAccount(new Account(2, new Login("tom"), Account.Kind.USER, Account.Status.ACTIVE, "")));

    private AgentSamples() {}

    static AgentSettings settings(Path socket) {
        return settings(socket, "git", "gerve-keys");
    }

    static AgentSettings settings(Path socket, String user, String keysUser) {
        return new AgentSettings(socket, user, keysUser, Path.of("/usr/bin/gerve-shell"), Path.of("/usr/bin/ssh"), 2);
    }
}
