package io.gerve.sql.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Default timeout of Awaitility in the tests of all modules. It is long, so that a test fails because a condition never
 * holds, and not because the machine is busy. JUnit finds this listener as a service.
 */
public final class AwaitTimeout implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }
}
