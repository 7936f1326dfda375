package io.gerve.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Layout with one line for each event: time (UTC), level, thread, logger, message, {@code key=value} pairs. Only a
 * stack trace has further lines, which begin with a tab. All text is escaped, so that text from a client cannot begin a
 * line.
 */
final class TextLayout extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern UNQUOTED = Pattern.compile("[^\\s\"=\\\\]+");
    private static final int CAUSES_MAX = 8;

    @Override
    public String doLayout(ILoggingEvent event) {
        var line = new StringBuilder(200);
        TIME.formatTo(event.getInstant(), line);
        line.append(String.format(" %-5s [", event.getLevel()))
                .append(TextEscaper.oneLine(event.getThreadName()))
                .append("] ")
                .append(TextEscaper.oneLine(simpleName(event.getLoggerName())))
                .append(": ")
                .append(TextEscaper.oneLine(String.valueOf(event.getFormattedMessage())));
        event.getMDCPropertyMap().forEach((key, value) -> appendPair(line, key, value));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> appendPair(line, pair.key, String.valueOf(pair.value)));
        }
        line.append('\n');
        appendCauses(line, event.getThrowableProxy());
        return line.toString();
    }

    private static String simpleName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    /** Appends a pair. A value with spaces or special characters is quoted, so that it cannot appear as two pairs. */
    private static void appendPair(StringBuilder line, String key, String value) {
        line.append(' ').append(TextEscaper.oneLine(key)).append('=');
        if (UNQUOTED.matcher(value).matches()) {
            line.append(TextEscaper.oneLine(value));
        } else {
            String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"");
            line.append('"').append(TextEscaper.oneLine(escaped)).append('"');
        }
    }

    private static void appendCauses(StringBuilder line, @Nullable IThrowableProxy thrown) {
        IThrowableProxy cause = thrown;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            line.append(depth == 0 ? "\t" : "\tcaused by ").append(TextEscaper.oneLine(cause.getClassName()));
            if (cause.getMessage() != null) {
                line.append(": ").append(TextEscaper.oneLine(cause.getMessage()));
            }
            line.append('\n');
            StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
            for (int frame = 0; frame < frames.length - cause.getCommonFrames(); frame++) {
                line.append("\t  ")
                        .append(TextEscaper.oneLine(frames[frame].getSTEAsString()))
                        .append('\n');
            }
            cause = cause.getCause();
        }
    }
}
