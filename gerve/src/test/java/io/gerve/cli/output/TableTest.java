package io.gerve.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Table<String> TITLES =
            Table.<String>rows().column("title", title -> title).column("words", title -> List.of(title, "x"));

    /** The attack: the title of a key forges a row, or controls the terminal of the user who lists the keys. */
    @Test
    void cellCannotEndItsLineOrControlTheTerminal() {
        String attack = "laptop\n\u001b[2J\u009b\u2028\u2029\u0085\u202e";

        assertThat(print(attack)).isEqualTo("""
                        TITLE                                            WORDS
                        laptop\\n\\u001b[2J\\u009b\\u2028\\u2029\\u0085\\u202e  \
                        laptop\\n\\u001b[2J\\u009b\\u2028\\u2029\\u0085\\u202e, x
                        """);
    }

    @Test
    void columnsAreAligned() {
        assertThat(print("a", "laptop", "")).isEqualTo("""
                TITLE   WORDS
                a       a, x
                laptop  laptop, x
                -       -, x
                """);
    }

    private static String print(String... titles) {
        var out = new StringWriter();
        TITLES.print(new PrintWriter(out), List.of(titles), false);
        return out.toString();
    }
}
