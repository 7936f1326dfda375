package io.gerve.sql;

import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jooq.BindingGetResultSetContext;
import org.jooq.BindingSQLContext;
import org.jooq.BindingSetStatementContext;
import org.jooq.Converter;
import org.jooq.impl.AbstractBinding;

/**
 * How the generated columns keep an Instant in a DATETIME(6): as UTC, to the microsecond; what is finer is cut off. jOOQ's
 * own INSTANT sends an offset, which MariaDB refuses, and a java.sql.Timestamp passes through the JVM's time zone, where an
 * hour in spring does not exist.
 */
public final class UtcInstantBinding extends AbstractBinding<LocalDateTime, Instant> {
    private static final long serialVersionUID = 1L;

    private static final Converter<LocalDateTime, Instant> UTC = Converter.ofNullable(
            LocalDateTime.class,
            Instant.class,
            time -> time.toInstant(ZoneOffset.UTC),
            instant -> LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC));

    private static final DateTimeFormatter LITERAL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    @Override
    public Converter<LocalDateTime, Instant> converter() {
        return UTC;
    }

    @Override
    protected void sqlInline(BindingSQLContext<Instant> context) {
        var time = context.convert(UTC).value();
        context.render().sql(time == null ? "NULL" : "TIMESTAMP '" + LITERAL.format(time) + "'");
    }

    @Override
    public void set(BindingSetStatementContext<Instant> context) throws SQLException {
        var time = context.convert(UTC).value();
        if (time == null) {
            context.statement().setNull(context.index(), Types.TIMESTAMP);
        } else {
            // As a text: MariaDB before 11 calls itself 5.5.5, to which the driver sends a time without its
            // microseconds.
            context.statement().setString(context.index(), LITERAL.format(time));
        }
    }

    @Override
    public void get(BindingGetResultSetContext<Instant> context) throws SQLException {
        context.convert(UTC).value(context.resultSet().getObject(context.index(), LocalDateTime.class));
    }
}
