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

/** Where the program's log goes, and in which form: to standard error, since standard output is git's alone. */
public final class Logging {
    private Logging() {}

    /** Makes the whole program log as the configuration says. */
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
        // Libraries log what clients send them, at length. What matters of it, Gerve says itself.
        Level level = Level.toLevel(settings.level().name());
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level == Level.ERROR ? Level.ERROR : Level.WARN);
        context.getLogger("io.gerve").setLevel(level);
        // Flyway and jOOQ warn of each server version that they do not know. Gerve's own tests say which servers it runs on.
        context.getLogger("org.jooq.impl.DefaultExecuteContext.logVersionSupport").setLevel(Level.ERROR);
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

    /** Fields are plain strings, numbers and booleans: a value object is written as the text that it prints. */
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
