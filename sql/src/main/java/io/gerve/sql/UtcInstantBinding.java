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
 * jOOQ binding that stores an Instant in a DATETIME(6) column as UTC, truncated to microseconds. jOOQ's own INSTANT
 * type sends a time zone offset, which MariaDB refuses. A java.sql.Timestamp is converted through the JVM's time zone,
 * where one hour in spring may not exist.
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
            // Sent as a string: MariaDB before 11 reports its version as 5.5.5, and the driver omits the microseconds
            // of times for that version.
            context.statement().setString(context.index(), LITERAL.format(time));
        }
    }

    @Override
    public void get(BindingGetResultSetContext<Instant> context) throws SQLException {
        context.convert(UTC).value(context.resultSet().getObject(context.index(), LocalDateTime.class));
    }
}
