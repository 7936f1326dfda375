package io.gerve.sql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One right on one table.
 *
 * @param verb {@code SELECT}, {@code INSERT}, {@code UPDATE} or {@code DELETE}
 * @param columns the columns that the right is limited to; none if it is not limited
 */
record DatabaseRight(String verb, String table, List<String> columns) {
    private static final Pattern GRANT = Pattern.compile("(?m)^GRANT ([^;]*) ON (\\w+) TO (\\w+);");
    private static final Pattern PRIVILEGE = Pattern.compile("(SELECT|INSERT|UPDATE|DELETE)(?:\\s*\\(([^)]*)\\))?");

    /** Column that no table has: the server checks a right on the whole table before it looks for the column. */
    private static final String NO_COLUMN = "no_such_column";

    /** Returns the rights of the user in database-rights.sql; none if the file does not know the user. */
    static List<DatabaseRight> of(String user) {
        List<DatabaseRight> rights = new ArrayList<>();
        for (Matcher grant = GRANT.matcher(SqlResource.text("database-rights.sql")); grant.find(); ) {
            if (grant.group(3).equals(user)) {
                for (Matcher privilege = PRIVILEGE.matcher(grant.group(1)); privilege.find(); ) {
                    rights.add(new DatabaseRight(privilege.group(1), grant.group(2), columns(privilege.group(2))));
                }
            }
        }
        return rights;
    }

    private static List<String> columns(@Nullable String list) {
        return list == null
                ? List.of()
                : Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    }

    /** Returns a statement that needs the right. It must be explained, not executed. */
    String statement() {
        String names = String.join(", ", columns);
        return switch (verb) {
            case "SELECT" -> "SELECT " + (columns.isEmpty() ? "COUNT(*)" : names) + " FROM " + table;
            case "INSERT" ->
                columns.isEmpty()
                        ? "INSERT INTO " + table + " VALUES ()"
                        : "INSERT INTO " + table + " (" + names + ") VALUES ("
                                + columns.stream().map(_ -> "NULL").collect(Collectors.joining(", ")) + ")";
            case "UPDATE" ->
                "UPDATE " + table + " SET " + (columns.isEmpty() ? NO_COLUMN : columns.getFirst()) + " = NULL";
            default -> "DELETE FROM " + table;
        };
    }

    /** Returns the right as an operator reads it: {@code INSERT on access_log}. */
    String text() {
        return verb + " on " + table;
    }
}
