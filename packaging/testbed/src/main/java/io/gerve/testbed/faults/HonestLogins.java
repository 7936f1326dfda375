package io.gerve.testbed.faults;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Logins with OpenSSH by a user of the site, one after another, and how long each took. */
final class HonestLogins {
    /** OpenSSH gives up after this many seconds, so that a login that takes longer has failed. */
    private static final int GIVE_UP_SECONDS = 60;

    private final TestSite site;
    private final Duration limit;
    private final List<String> failures = new ArrayList<>();
    private int number;
    private Duration slowest = Duration.ZERO;

    /** @param limit how long a login may take */
    HonestLogins(TestSite site, Duration limit) {
        this.site = site;
        this.limit = limit;
    }

    /** Logs in once, and returns how long that took. */
    Duration logIn() throws IOException, InterruptedException {
        long start = System.nanoTime();
        CommandResult greeting = site.shell()
                .run("ssh -F %s -o ConnectTimeout=%d -T as-mojombo"
                        .formatted(site.ssh().file(), GIVE_UP_SECONDS));
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        number++;
        slowest = taken.compareTo(slowest) > 0 ? taken : slowest;
        if (greeting.status() != 1 || !greeting.output().contains("Hi mojombo!")) {
            failures.add("an honest login failed after %d ms: %s".formatted(taken.toMillis(), greeting));
        } else if (taken.compareTo(limit) > 0) {
            failures.add("an honest login took %d ms, more than %d ms".formatted(taken.toMillis(), limit.toMillis()));
        }
        return taken;
    }

    int number() {
        return number;
    }

    Duration slowest() {
        return slowest;
    }

    List<String> failures() {
        return List.copyOf(failures);
    }
}
