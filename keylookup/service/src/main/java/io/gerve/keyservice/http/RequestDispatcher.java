package io.gerve.keyservice.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dispatcher of requests to their handlers. Limits the number of concurrent requests, and logs and measures each
 * request. Safe for use by many threads.
 */
public final class RequestDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

    private final List<HttpHandler> handlers;
    private final HttpMetrics metrics;
    private final Semaphore permits;
    private final LongSupplier nanoTime;

    /**
     * @param handlers the first one that serves a request handles it; the last one must serve every request
     * @param requestsMax concurrent requests; further ones fail with {@link HttpHandler.Failure#BUSY}
     */
    public RequestDispatcher(List<HttpHandler> handlers, HttpMetrics metrics, int requestsMax, LongSupplier nanoTime) {
        this.handlers = List.copyOf(handlers);
        this.metrics = metrics;
        this.permits = new Semaphore(requestsMax);
        this.nanoTime = nanoTime;
    }

    /** Returns the response. Logs an unexpected exception and responds with {@link HttpHandler.Failure#BUG}. */
    HttpResponse dispatch(HttpRequest request) {
        long start = nanoTime.getAsLong();
        metrics.started();
        var context = new HttpRequestContext();
        HttpResponse response = handle(request, context);
        Duration duration = Duration.ofNanos(nanoTime.getAsLong() - start);
        metrics.ended(context.operation(), response.status(), duration);
        LOG.atInfo()
                .addKeyValue("request_id", request.id())
                .addKeyValue("method", request.method())
                .addKeyValue("operation", context.operation())
                .addKeyValue("caller", context.caller())
                .addKeyValue("status", response.status())
                .addKeyValue("bytes", response.body().length())
                .addKeyValue("ms", duration.toMillis())
                .log("request completed");
        return response;
    }

    private HttpResponse handle(HttpRequest request, HttpRequestContext context) {
        HttpHandler handler = handlers.stream()
                .filter(each -> each.serves(request))
                .findFirst()
                .orElseThrow();
        if (handler.isProbe(request)) {
            return handle(handler, request, context);
        }
        // A client decides how long its body takes: it is read before the request takes a permit.
        HttpRequest read = request.withBodyRead();
        if (!permits.tryAcquire()) {
            return handler.fail(read, HttpHandler.Failure.BUSY);
        }
        try {
            return handle(handler, read, context);
        } finally {
            permits.release();
        }
    }

    private static HttpResponse handle(HttpHandler handler, HttpRequest request, HttpRequestContext context) {
        try {
            return handler.handle(request, context);
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("request_id", request.id())
                    .log("request failed: unexpected exception");
            return handler.fail(request, HttpHandler.Failure.BUG);
        }
    }
}
