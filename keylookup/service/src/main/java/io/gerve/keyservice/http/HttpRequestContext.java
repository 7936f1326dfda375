package io.gerve.keyservice.http;

import java.util.ArrayDeque;
import java.util.Deque;

/** Facts about a running request for the log and the metrics. Not thread-safe: belongs to the request's thread. */
public final class HttpRequestContext {
    private static final String UNKNOWN = "unknown";
    private static final String NO_CALLER = "-";

    private final CallerShares ofNetworks;
    private final CallerShares ofCallers;
    private final Deque<Runnable> places = new ArrayDeque<>();
    private String operation = UNKNOWN;
    private String caller = NO_CALLER;

    HttpRequestContext(CallerShares ofNetworks, CallerShares ofCallers) {
        this.ofNetworks = ofNetworks;
        this.ofCallers = ofCallers;
    }

    /**
     * Sets the operation.
     *
     * @param path the path of a route, never the path that a client sent: each value creates a time series
     */
    public void operation(String path) {
        operation = path;
    }

    /**
     * Counts the request for the client's site, before anything is looked up for it.
     *
     * @param site as {@link ClientAddressResolver#site} returns it
     * @return false if the site has its share of the concurrent requests already, so that this request must fail with
     *     {@link HttpHandler.Failure#BUSY}
     */
    public boolean admitSite(String site) {
        return take(ofNetworks, site);
    }

    /**
     * Sets the caller, once it is known, and counts the request for it.
     *
     * @return false if the caller has its share already, as {@link #admitSite}
     */
    public boolean admit(String name) {
        caller = name;
        return take(ofCallers, name);
    }

    private boolean take(CallerShares shares, String name) {
        boolean isTaken = shares.take(name);
        if (isTaken) {
            places.push(() -> shares.release(name));
        }
        return isTaken;
    }

    void end() {
        places.forEach(Runnable::run);
    }

    String operation() {
        return operation;
    }

    String caller() {
        return caller;
    }
}
