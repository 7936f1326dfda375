package io.gerve.request;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Log with one line per request. */
public final class RequestLog {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

    /** @param fields fields in the order of the log line */
    void write(Map<String, Object> fields) {
        LoggingEventBuilder event = LOG.atInfo();
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            event = event.addKeyValue(field.getKey(), field.getValue());
        }
        event.log("session");
    }
}
