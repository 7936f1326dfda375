package io.gerve.audit.log;

import io.gerve.access.Rule;
import io.gerve.config.AuditSettings;
import io.gerve.config.Printable;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestId;
import io.gerve.session.Admission;
import io.gerve.session.OwnAnswers;
import io.gerve.session.OwnQuestion;
import io.gerve.session.Preview;
import io.gerve.session.SessionRecord;
import io.gerve.sql.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers people's questions about themselves, of their own account or key. What they may not know of a repository, that it exists, they do
 * not learn here either. Safe for use by many threads.
 */
public final class AnswersFromLog implements OwnAnswers {
    /** Told apart they would say whether there is such a repository. */
    private static final Set<String> NOT_FOUND = Set.of(Rule.NO_GRANT.word(), Rule.REPOSITORY_UNKNOWN.word());

    private final PastRequest past;

    AnswersFromLog(PastRequest past) {
        this.past = past;
    }

    /** As the site's settings want it. */
    public static OwnAnswers ofSite(AuditSettings settings, Database database, Admission gate) {
        return settings.usersMayAsk()
                ? new AnswersFromLog(new PastRequest(new MysqlAccessLog(database), gate))
                : OwnAnswers.OFF;
    }

    @Override
    public Optional<String> answer(KnownKey asker, OwnQuestion question) throws LookupUnavailable {
        return Optional.of(
                switch (question) {
                    case OwnQuestion.Whoami _ -> whoami(asker);
                    case OwnQuestion.Explain(RequestId request) ->
                        past.reportTo(asker, request)
                                .map(AnswersFromLog::explained)
                                .orElseGet(() -> "There is no request " + request
                                        + " of yours. One that has just ended is" + " there a moment later.\n");
                });
    }

    private static String whoami(KnownKey key) {
        var lines = new Lines();
        switch (key.holder()) {
            case KeyHolder.OfAccount(var account) ->
                lines.add("account", account.login().text());
            case KeyHolder.Deploy(var repository) -> lines.add("deploy key", repository);
        }
        lines.add("key", key.fingerprint().text());
        lines.add("title", key.title());
        lines.add("expires", expiry(key.validity()));
        return lines.text();
    }

    private static String expiry(Validity validity) {
        return switch (validity) {
            case Validity.Until(var end) -> end.equals(Instant.MAX) ? "never" : end.toString();
            case Validity.Revoked _ -> "revoked";
        };
    }

    private static String explained(PastRequest.Report report) {
        SessionRecord then = report.then().record();
        Preview now = report.now();
        var lines = new Lines();
        lines.add("request", then.id().text());
        lines.add("time", then.at().toString());
        lines.add("address", then.from().address());
        lines.add("key", then.from().key());
        lines.add("as", then.from().holder());
        lines.add("asked for", then.asked().line());
        lines.add("then", shown(then.ruling().decision(), then.ruling().rule()));
        lines.add("told", then.ruling().told());
        lines.add("exit status", then.course().exit());
        lines.add("now", shown(now.decision(), now.rule()));
        lines.add("would tell", now.sentence());
        return lines.text();
    }

    private static String shown(String decision, String rule) {
        return decision + ", by the rule " + (NOT_FOUND.contains(rule) ? "not-found" : rule);
    }

    /** Aligned; what is empty is left out. */
    private static final class Lines {
        private static final int LABEL = 13;

        private final List<String> lines = new ArrayList<>();

        void add(String label, String value) {
            if (!value.isEmpty()) {
                String padding = " ".repeat(LABEL - label.length());
                lines.add(label + ":" + padding + Printable.oneLine(value) + "\n");
            }
        }

        String text() {
            return String.join("", lines);
        }
    }
}
