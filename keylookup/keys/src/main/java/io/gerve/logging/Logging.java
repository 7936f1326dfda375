package io.gerve.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.nio.charset.StandardCharsets;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Logback configuration. Programs log to standard error, since standard output is reserved for git's data. */
public final class Logging {
    private Logging() {}

    /** Configures logging of the whole program. */
    public static void start(LogSettings settings) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        start(context, settings, standardError());
    }

    static ConsoleAppender<ILoggingEvent> standardError() {
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setTarget("System.err");
        return appender;
    }

    static void start(LoggerContext context, LogSettings settings, OutputStreamAppender<ILoggingEvent> appender) {
        context.reset();
        appender.setContext(context);
        appender.setEncoder(encoder(context, settings.format()));
        appender.start();
        // Libraries log input from clients at length. Gerve logs the relevant part itself.
        Level level = Level.toLevel(settings.level().name());
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level == Level.ERROR ? Level.ERROR : Level.WARN);
        context.getLogger("io.gerve").setLevel(level);
        // Flyway and jOOQ warn about each database server that is newer than they are. Gerve's own tests cover its
        // servers.
        context.getLogger("org.jooq.impl.DefaultExecuteContext.logVersionSupport")
                .setLevel(Level.ERROR);
        context.getLogger("org.flywaydb.core.internal.database.base.Database").setLevel(Level.ERROR);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogSettings.Format format) {
        Encoder<ILoggingEvent> encoder = switch (format) {
            case TEXT -> text(context);
            case JSON -> json();
        };
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    /** Creates the JSON encoder. Fields are strings, numbers and booleans; other objects are written as strings. */
    private static Encoder<ILoggingEvent> json() {
        var encoder = new LogstashEncoder();
        encoder.addDecorator(new PlainFieldsDecorator<JsonMapper, JsonMapper.Builder>());
        return encoder;
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        var layout = new TextLayout();
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        return encoder;
    }
}
