package io.gerve.agent;

import io.gerve.config.AgentSettings;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.Md5Tail;
import io.gerve.keylookup.key.Validity;
import java.nio.file.Path;
import java.time.Instant;

/** Values that the tests of this package share. */
final class Samples {
    /** Of the key {@code AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl}. */
    static final Fingerprint FINGERPRINT = new Fingerprint("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");

    static final KnownKey KEY = new KnownKey(
            5,
            FINGERPRINT,
            new Md5Tail(1, (short) 2),
            "laptop",
            new Validity.Until(Instant.MAX),
            new KeyHolder.OfAccount(new Account(2, new Login("tom"), Account.Kind.USER, Account.Standing.ACTIVE, "")));

    private Samples() {}

    static AgentSettings settings(Path socket) {
        return settings(socket, "git", "gerve-keys");
    }

    static AgentSettings settings(Path socket, String user, String keysUser) {
        return new AgentSettings(socket, user, keysUser, Path.of("/usr/bin/gerve-shell"), Path.of("/usr/bin/ssh"), 2);
    }
}
