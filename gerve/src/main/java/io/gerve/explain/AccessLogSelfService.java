package io.gerve.explain;

import io.gerve.access.Rule;
import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.MysqlAccessLogReader;
import io.gerve.accesslog.RequestDecision;
import io.gerve.config.AuditSettings;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.logging.TextEscaper;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestId;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.request.SelfServiceCommand;
import io.gerve.sql.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers to the self-service commands, from the access log. A caller learns only about its own account or deploy key,
 * and never that a repository exists which it cannot see. Safe for use by many threads.
 */
public final class AccessLogSelfService implements SelfServiceAnswers {
    /** Shown as one rule: telling them apart would reveal whether the repository exists. */
    private static final Set<String> NOT_FOUND = Set.of(Rule.NO_GRANT.label(), Rule.REPOSITORY_UNKNOWN.label());

    private final PastRequestExplainer past;

    AccessLogSelfService(PastRequestExplainer past) {
        this.past = past;
    }

    /** Returns the answers as the settings require; with {@code audit.self_service = false} they are disabled. */
    public static SelfServiceAnswers ofSite(AuditSettings settings, Database database, RequestAuthorizer gate) {
        return settings.selfService()
                ? new AccessLogSelfService(new PastRequestExplainer(new MysqlAccessLogReader(database), gate))
                : SelfServiceAnswers.DISABLED;
    }

    @Override
    public Optional<String> answer(RegisteredKey key, SelfServiceCommand command) throws LookupUnavailable {
        return Optional.of(
                switch (command) {
                    case SelfServiceCommand.Whoami _ -> whoami(key);
                    case SelfServiceCommand.Explain(RequestId request) ->
                        past.reportFor(key, request)
                                .map(AccessLogSelfService::explained)
                                .orElseGet(() -> "There is no request " + request
                                        + " of yours. The record of a request that has just ended may take"
                                        + " a moment to appear.\n");
                });
    }

    private static String whoami(RegisteredKey key) {
        var lines = new Lines();
        switch (key.principal()) {
            case Principal.OfAccount(var account) ->
                lines.add("account", account.login().text());
            case Principal.OfDeployKey(var repository) -> lines.add("deploy key", repository);
        }
        lines.add("key", key.fingerprint().text());
        lines.add("title", key.title());
        lines.add("expires", expiry(key.validity()));
        return lines.text();
    }

    private static String expiry(KeyValidity validity) {
        return switch (validity) {
            case KeyValidity.ValidUntil(var end) -> end.equals(Instant.MAX) ? "never" : end.toString();
            case KeyValidity.Revoked _ -> "revoked";
        };
    }

    private static String explained(PastRequestExplainer.Report report) {
        AccessLogRecord then = report.then().record();
        AuthorizationResult now = report.now();
        var lines = new Lines();
        lines.add("request", then.id().text());
        lines.add("time", then.at().toString());
        lines.add("address", then.client().address());
        lines.add("key", then.client().key());
        lines.add("as", then.client().principal());
        lines.add("asked for", then.request().execLine());
        lines.add(
                "then", decisionText(then.decision().decision(), then.decision().rule()));
        lines.add("message", then.decision().message());
        lines.add("exit status", then.outcome().exitStatus());
        lines.add("end", then.isBegin() ? "unknown: the request is running, or its gate was killed" : "");
        lines.add("now", decisionText(now.decision(), now.rule().label()));
        lines.add("message now", now.message().map(ClientMessage::record).orElse(""));
        return lines.text();
    }

    private static String decisionText(RequestDecision decision, String rule) {
        return decision.label() + ", by the rule " + (NOT_FOUND.contains(rule) ? "not_found" : rule);
    }

    /** Aligned lines of label and value. Empty values are left out. */
    private static final class Lines {
        private static final int LABEL = 13;

        private final List<String> lines = new ArrayList<>();

        void add(String label, String value) {
            if (!value.isEmpty()) {
                String padding = " ".repeat(LABEL - label.length());
                lines.add(label + ":" + padding + TextEscaper.oneLine(value) + "\n");
            }
        }

        String text() {
            return String.join("", lines);
        }
    }
}
