package io.gerve.keyservice.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands each request to the part that it is for, so many at one time, and writes the log line. Safe for use by many threads. */
public final class RequestDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

    private final List<HttpHandler> handlers;
    private final HttpMetrics metrics;
    private final Semaphore permits;
    private final LongSupplier nanoTime;

    /**
     * @param parts of which the first one that serves a request answers it; the last one serves whatever there is
     * @param requestsMax under way at one time
     */
    public RequestDispatcher(List<HttpHandler> parts, HttpMetrics metrics, int requestsMax, LongSupplier nanoTime) {
        this.handlers = List.copyOf(parts);
        this.metrics = metrics;
        this.permits = new Semaphore(requestsMax);
        this.nanoTime = nanoTime;
    }

    /** Never throws: a bug is logged and told as one. */
    HttpResponse answer(HttpRequest request) {
        long start = nanoTime.getAsLong();
        metrics.started();
        var sighting = new HttpRequestContext();
        HttpResponse reply = dispatch(request, sighting);
        Duration took = Duration.ofNanos(nanoTime.getAsLong() - start);
        metrics.ended(sighting.operation(), reply.status(), took);
        LOG.atInfo()
                .addKeyValue("request_id", request.id())
                .addKeyValue("method", request.method())
                .addKeyValue("operation", sighting.operation())
                .addKeyValue("caller", sighting.caller())
                .addKeyValue("status", reply.status())
                .addKeyValue("bytes", reply.body().length())
                .addKeyValue("ms", took.toMillis())
                .log("answered");
        return reply;
    }

    private HttpResponse dispatch(HttpRequest request, HttpRequestContext sighting) {
        HttpHandler part = handlers.stream()
                .filter(each -> each.serves(request))
                .findFirst()
                .orElseThrow();
        if (!permits.tryAcquire()) {
            return part.fail(request, HttpHandler.Failure.BUSY);
        }
        try {
            return part.answer(request, sighting);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("request_id", request.id()).log("a request failed on a bug");
            return part.fail(request, HttpHandler.Failure.BUG);
        } finally {
            permits.release();
        }
    }
}
