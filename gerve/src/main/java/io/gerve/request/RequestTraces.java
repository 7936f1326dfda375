package io.gerve.request;

import io.gerve.config.TracesSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Traces of requests. Safe for use by many threads. */
public interface RequestTraces extends AutoCloseable {
    /** Makes no traces. */
    RequestTraces NONE = new RequestTraces() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public void add(String name, boolean isFailure, Times times, Map<String, Object> fields) {}

        @Override
        public void close() {}
    };

    /**
     * Times of a request. A phase of zero was not reached.
     *
     * @param relay the time from the file server's answer to the end
     * @param firstByte the time from the start to the first byte for the client
     */
    record Times(
            Instant start, Duration authorize, Duration route, Duration connect, Duration relay, Duration firstByte) {
        Duration total() {
            return authorize.plus(route).plus(connect).plus(relay);
        }
    }

    /**
     * Returns traces that are sent to the collector of the settings, or {@link #NONE}.
     *
     * @param gate name of the gate, which the collector shows as {@code service.instance.id}
     */
    static RequestTraces of(TracesSettings settings, String gate) {
        return settings.isOn() ? new OtlpRequestTraces(settings, gate) : NONE;
    }

    /** Returns false if {@link #add} does nothing. */
    boolean isOn();

    /**
     * Makes the trace of a request that has ended.
     *
     * @param name the service that the client asked for, as the log has it
     * @param isFailure whether the request failed by a fault of the site
     * @param fields fields of the log line
     */
    void add(String name, boolean isFailure, Times times, Map<String, Object> fields);

    /** Sends the traces that wait, for some seconds at most. */
    @Override
    void close();
}
