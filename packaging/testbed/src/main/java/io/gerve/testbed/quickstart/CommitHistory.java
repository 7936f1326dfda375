package io.gerve.testbed.quickstart;

/** Some weeks of work on a small project, as a shell script that commits them. */
final class CommitHistory {
    private static final int COMMITS = 20;

    private CommitHistory() {}

    static String script(String author, String repository) {
        return """
                git config user.name %1$s && git config user.email %1$s@example.net &&
                mkdir -p src &&
                echo '# %2$s' > README.md && git add README.md && git commit -q -m 'Begin %2$s' &&
                for day in $(seq 1 %3$d); do
                    echo "What was found out on day $day." >> src/notes.txt
                    seq $day $((day * 50)) > src/part-$day.txt
                    git add src && GIT_AUTHOR_DATE="2009-10-$((day + 9))T09:00:00Z" git commit -q -m "Day $day of %2$s" || exit 1
                done &&
                git tag -a v1.0 -m 'First release'
                """.formatted(author, repository, COMMITS);
    }
}
