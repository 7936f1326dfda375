package io.gerve.git;

/** Quoting of a path as git does it before sending: sq_quote_buf() of quote.c, character by character. */
final class GitQuoting {
    static String quote(String path) {
        var quoted = new StringBuilder("'");
        path.chars().forEach(c -> {
            if (c == '\'' || c == '!') {
                quoted.append("'\\").append((char) c).append('\'');
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('\'').toString();
    }

    private GitQuoting() {}
}
