package io.gerve.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Index that the migrations create by a statement of its own. Primary keys and the indexes of foreign keys are not
 * among them: the server does not let anybody drop those that a foreign key needs.
 */
record SchemaIndex(String name, String table, String statement) {
    private static final Pattern STATEMENT =
            Pattern.compile("(?m)^(?:(?<create>CREATE (?:UNIQUE )?INDEX (?<name>\\w+) ON (?<table>\\w+) \\([^)]*\\))"
                    + "|DROP INDEX (?<dropped>\\w+) ON \\w+);");

    /** Returns the indexes of the current schema. */
    static List<SchemaIndex> all() {
        Map<String, SchemaIndex> indexes = new LinkedHashMap<>();
        for (String script : SchemaHistory.SCRIPTS) {
            for (Matcher found = STATEMENT.matcher(SqlResource.text("migration/" + script)); found.find(); ) {
                if (found.group("create") == null) {
                    indexes.remove(found.group("dropped"));
                } else {
                    indexes.put(
                            found.group("name"),
                            new SchemaIndex(found.group("name"), found.group("table"), found.group("create")));
                }
            }
        }
        return List.copyOf(indexes.values());
    }
}
