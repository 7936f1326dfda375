package io.gerve.keylookup.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands each request to the part that it is for, so many at one time, and writes the log line. Safe for use by many threads. */
public final class FrontDesk {
    private static final Logger LOG = LoggerFactory.getLogger(FrontDesk.class);

    private final List<Part> parts;
    private final Metrics metrics;
    private final Semaphore places;
    private final LongSupplier nanoTime;

    /**
     * @param parts of which the first one that serves a request answers it; the last one serves whatever there is
     * @param requestsMax under way at one time
     */
    public FrontDesk(List<Part> parts, Metrics metrics, int requestsMax, LongSupplier nanoTime) {
        this.parts = List.copyOf(parts);
        this.metrics = metrics;
        this.places = new Semaphore(requestsMax);
        this.nanoTime = nanoTime;
    }

    /** Never throws: a bug is logged and told as one. */
    Reply answer(Request request) {
        long start = nanoTime.getAsLong();
        metrics.started();
        var sighting = new Sighting();
        Reply reply = answerInPlace(request, sighting);
        Duration took = Duration.ofNanos(nanoTime.getAsLong() - start);
        metrics.ended(sighting.operation(), reply.status(), took);
        LOG.atInfo()
                .addKeyValue("request", request.id())
                .addKeyValue("method", request.method())
                .addKeyValue("operation", sighting.operation())
                .addKeyValue("caller", sighting.caller())
                .addKeyValue("status", reply.status())
                .addKeyValue("bytes", reply.body().length())
                .addKeyValue("ms", took.toMillis())
                .log("answered");
        return reply;
    }

    private Reply answerInPlace(Request request, Sighting sighting) {
        Part part =
                parts.stream().filter(each -> each.serves(request)).findFirst().orElseThrow();
        if (!places.tryAcquire()) {
            return part.fail(request, Part.Failure.BUSY);
        }
        try {
            return part.answer(request, sighting);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("request", request.id()).log("a request failed on a bug");
            return part.fail(request, Part.Failure.BUG);
        } finally {
            places.release();
        }
    }
}
