package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.program.RequestIdGenerator;
import io.gerve.request.EndedBy;
import io.gerve.request.RequestContext;
import io.gerve.request.RequestEnd;
import io.gerve.request.RequestMetrics;
import io.gerve.request.RequestRecorder;
import io.gerve.request.RequestTraces;
import io.gerve.request.TransferMonitor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RunningRecordTest {
    private final List<AccessLogRecord> records = new CopyOnWriteArrayList<>();
    private final TransferMonitor transfer = new TransferMonitor();

    @Test
    void requestThatRunsLongIsRecordedWhileItRunsAndWhenItHasEnded() {
        RequestRecorder recorder = recorder(Duration.ofMillis(1));
        RequestContext context = recorder.begin(RequestSamples.request("git-upload-pack 'mojombo/bert'"));
        try (var _ = recorder.recordWhileRunning(context, transfer)) {
            await().until(() -> records.size() == 1);
        }
        recorder.end(context, transfer, RequestEnd.exit(0, EndedBy.COMMAND));

        assertThat(records).extracting(AccessLogRecord::id).containsExactly(context.id(), context.id());
        assertThat(records).extracting(AccessLogRecord::isBegin).containsExactly(true, false);
        assertThat(records.getFirst().outcome().isKnown()).isFalse();
    }

    @Test
    void requestThatEndsSoonHasOneRecord() {
        RequestRecorder recorder = recorder(Duration.ofHours(1));
        RequestContext context = recorder.begin(RequestSamples.request("git-upload-pack 'mojombo/bert'"));
        try (var _ = recorder.recordWhileRunning(context, transfer)) {
            assertThat(records).isEmpty();
        }
        recorder.end(context, transfer, RequestEnd.exit(0, EndedBy.COMMAND));

        assertThat(records).extracting(AccessLogRecord::isBegin).containsExactly(false);
    }

    private RequestRecorder recorder(Duration runningRecordAfter) {
        RequestRecorder.KeyUse unused = (RegisteredKey _) -> {};
        return new RequestRecorder(
                unused,
                records::add,
                new RequestIdGenerator(InstantSource.system(), new SecureRandom()),
                System::nanoTime,
                runningRecordAfter,
                new RequestMetrics(new SimpleMeterRegistry()),
                RequestTraces.NONE);
    }
}
