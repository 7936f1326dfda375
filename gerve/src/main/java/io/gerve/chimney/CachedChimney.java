package io.gerve.chimney;

import io.gerve.config.LookupSettings;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.Answer;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers routes while changes to them are heard, and falls back on the last one known when nobody can be asked: a route is not a
 * right, and the file server is most likely where it was. What is heard to have changed is forgotten and not fallen back on: a push
 * to a host that is no longer the active one would be lost.
 */
public final class CachedChimney implements Chimney {
    private static final Duration LAST_KNOWN_KEPT = Duration.ofHours(12);
    private static final Logger LOG = LoggerFactory.getLogger(CachedChimney.class);

    private final LookupCache<Login, Optional<Route>> routes;

    /** @param settings of which {@code kept} does not matter here: it is for rights */
    public CachedChimney(Chimney source, Changes changes, LookupSettings settings) {
        this(source, changes, settings, System::nanoTime);
    }

    CachedChimney(Chimney source, Changes changes, LookupSettings settings, LongSupplier nanoTime) {
        this.routes = new LookupCache<>(keptLonger(settings), source::routeTo, changes, nanoTime);
        changes.listen(this::hear);
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        Answer<Optional<Route>> answer = routes.get(owner);
        if (answer.freshness() == Freshness.REMEMBERED) {
            LOG.atDebug().addKeyValue("owner", owner).log("The last route known is used");
        }
        return answer.value();
    }

    private void hear(Change change) {
        switch (change.kind()) {
            case ROUTE -> Login.parse(change.subject()).ifPresentOrElse(routes::forget, routes::doubtAll);
            case SERVER -> routes.forgetIf((_, route) -> isOn(change.subject(), route));
            case SITE -> routes.doubtAll();
            case KEY, KEY_REVOKED, ACCOUNT, REPOSITORY -> {}
        }
    }

    private static boolean isOn(String server, Optional<Route> route) {
        return route.filter(known -> known.server().equals(server)).isPresent();
    }

    private static LookupSettings keptLonger(LookupSettings settings) {
        Duration kept = settings.fresh().compareTo(LAST_KNOWN_KEPT) > 0 ? settings.fresh() : LAST_KNOWN_KEPT;
        return new LookupSettings(
                settings.fresh(), kept, settings.entriesMax(), settings.deadline(), settings.concurrentMax());
    }
}
