package io.gerve.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CheckRunTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final List<String> progress = new CopyOnWriteArrayList<>();

    @Test
    void progressNamesTheCheckThatIsWaitedFor() throws Exception {
        var isShown = new CountDownLatch(1);
        var run = new CheckRun(LONG, line -> {
            progress.add(line);
            if (line.startsWith("1 of 2 checks made")) {
                isShown.countDown();
            }
        });
        var slow = new Check("file_server", "fs1a", () -> {
            isShown.await();
            return List.of(ok("file_server"));
        });

        assertThat(run.of(List.of(slow, new Check("redis", "", () -> List.of(ok("redis"))))))
                .extracting(Finding::name)
                .containsExactly("file_server", "redis");
        assertThat(progress).contains("1 of 2 checks made, waiting for file_server fs1a");
    }

    @Test
    void checkThatTakesTooLongOrFailsIsUnknownAndHidesNoOther() throws Exception {
        var never = new CountDownLatch(1);
        var hanging = new Check("file_server", "fs1a", () -> {
            never.await();
            return List.of();
        });
        var failing = new Check("spool", "/spool", () -> {
            throw new IOException("the disk is gone");
        });
        var sound = new Check("redis", "", () -> List.of(ok("redis")));

        List<Finding> findings =
                new CheckRun(Duration.ofMillis(100), progress::add).of(List.of(hanging, failing, sound));

        assertThat(findings)
                .extracting(Finding::severity)
                .containsExactly(Severity.UNKNOWN, Severity.UNKNOWN, Severity.OK);
        assertThat(findings.get(0).what()).contains("longer than 100ms");
        assertThat(findings.get(1).what()).contains("the disk is gone");
    }

    private static Finding ok(String name) {
        return new Finding(name, "", Severity.OK, "", "");
    }
}
