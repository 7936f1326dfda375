package io.gerve.keyservice.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dispatcher of requests to their handlers. Limits the number of concurrent requests, in total and of one caller, and
 * logs and measures each request. Safe for use by many threads.
 */
public final class RequestDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

    /** Concurrent probes of one name. Further ones wait. */
    private static final int PROBES_MAX = 4;

    /** Least share of one caller or site in the concurrent requests. */
    private static final int SHARE_MIN = 2;

    private static final Duration PROBE_WAIT_MAX = Duration.ofSeconds(2);

    private final List<HttpHandler> handlers;
    private final HttpMetrics metrics;
    private final Semaphore permits;
    private final CallerShares ofNetworks;
    private final CallerShares ofCallers;
    private final Map<String, Semaphore> probePermits = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /**
     * @param handlers the first one that serves a request handles it; the last one must serve every request
     * @param requestsMax concurrent requests; further ones fail with {@link HttpHandler.Failure#BUSY}
     */
    public RequestDispatcher(List<HttpHandler> handlers, HttpMetrics metrics, int requestsMax, LongSupplier nanoTime) {
        this.handlers = List.copyOf(handlers);
        this.metrics = metrics;
        this.permits = new Semaphore(requestsMax);
        this.ofNetworks = new CallerShares(Math.max(SHARE_MIN, requestsMax / 4 * 3));
        this.ofCallers = new CallerShares(Math.max(SHARE_MIN, requestsMax / 4));
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the response. Logs an unexpected exception and responds with {@link HttpHandler.Failure#BUG}.
     *
     * @param request with its body read: a client decides how long its body takes, and a place must not wait for it
     */
    HttpResponse dispatch(HttpRequest request) {
        long start = nanoTime.getAsLong();
        metrics.started();
        var context = new HttpRequestContext(ofNetworks, ofCallers);
        HttpResponse response = handleAndEnd(request, context);
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

    private HttpResponse handleAndEnd(HttpRequest request, HttpRequestContext context) {
        try {
            return handle(request, context);
        } finally {
            context.end();
        }
    }

    boolean isProbe(HttpRequest request) {
        return handler(request).probe(request).isPresent();
    }

    private HttpHandler handler(HttpRequest request) {
        return handlers.stream()
                .filter(each -> each.serves(request))
                .findFirst()
                .orElseThrow();
    }

    private HttpResponse handle(HttpRequest request, HttpRequestContext context) {
        HttpHandler handler = handler(request);
        Optional<String> probe = handler.probe(request);
        Semaphore places = probe.isEmpty()
                ? permits
                : probePermits.computeIfAbsent(probe.get(), _ -> new Semaphore(PROBES_MAX, true));
        if (!take(places, probe.isEmpty() ? Duration.ZERO : PROBE_WAIT_MAX)) {
            return handler.fail(request, HttpHandler.Failure.BUSY);
        }
        try {
            return handle(handler, request, context);
        } finally {
            places.release();
        }
    }

    private static boolean take(Semaphore places, Duration wait) {
        try {
            return places.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
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
