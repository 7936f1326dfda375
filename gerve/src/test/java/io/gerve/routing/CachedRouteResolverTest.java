package io.gerve.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CachedRouteResolverTest {
    private static final Login OWNER = new Login("Mojombo");
    private static final Route BEFORE = TestHosts.route("fs3", "fs3a", "fs3b");
    private static final Route AFTER = TestHosts.route("fs3", "fs3b", "fs3a");

    private final RecordedInvalidations invalidations = new RecordedInvalidations();
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger lookups = new AtomicInteger();
    private volatile RouteResolver source = _ -> Optional.of(BEFORE);
    private final CachedRouteResolver resolver = new CachedRouteResolver(
            owner -> {
                lookups.incrementAndGet();
                return source.routeTo(owner);
            },
            invalidations,
            new CacheSettings(Duration.ofSeconds(60), Duration.ofMinutes(10), 1000, Duration.ofSeconds(2), 8),
            now::get);

    @Test
    void routeIsLookedUpOnceWhileTheBusIsConnected() throws Exception {
        assertThat(resolver.routeTo(OWNER)).contains(BEFORE);
        assertThat(resolver.routeTo(new Login("mojombo"))).contains(BEFORE);
        assertThat(lookups).hasValue(1);

        invalidations.connected = false;
        assertThat(resolver.routeTo(OWNER)).contains(BEFORE);
        assertThat(lookups).hasValue(2);
    }

    @Test
    void changeOfRouteServerOrSiteInvalidatesTheEntry() throws Exception {
        resolver.routeTo(OWNER);
        source = _ -> Optional.of(AFTER);

        invalidations.publish(new Invalidation(Invalidation.Kind.SERVER, "fs4"));
        invalidations.publish(new Invalidation(Invalidation.Kind.ROUTE, "tom"));
        invalidations.publish(new Invalidation(Invalidation.Kind.ACCOUNT, "1"));
        assertThat(resolver.routeTo(OWNER)).contains(BEFORE);
        invalidations.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));
        assertThat(resolver.routeTo(OWNER)).contains(AFTER);
        invalidations.publish(new Invalidation(Invalidation.Kind.ROUTE, "mojombo"));
        assertThat(resolver.routeTo(OWNER)).contains(AFTER);
        invalidations.publish(Invalidation.site());
        assertThat(resolver.routeTo(OWNER)).contains(AFTER);
        assertThat(lookups).hasValue(4);
    }

    @Test
    void lastKnownRouteServesForHoursWhileTheSourceIsUnavailable() throws Exception {
        resolver.routeTo(OWNER);
        invalidations.connected = false;
        source = CachedRouteResolverTest::unavailable;
        now.addAndGet(TimeUnit.HOURS.toNanos(11));

        assertThat(resolver.routeTo(OWNER)).contains(BEFORE);
        invalidations.publish(Invalidation.site());
        assertThat(resolver.routeTo(OWNER)).contains(BEFORE);
        assertThatThrownBy(() -> resolver.routeTo(new Login("tom"))).isInstanceOf(LookupUnavailable.class);
    }

    /** A push to the host that was active before a failover would be lost. */
    @Test
    void invalidatedRouteIsNotUsedAsFallback() throws Exception {
        resolver.routeTo(OWNER);
        source = CachedRouteResolverTest::unavailable;
        invalidations.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));

        assertThatThrownBy(() -> resolver.routeTo(OWNER)).isInstanceOf(LookupUnavailable.class);
    }

    @Test
    void missingRouteDiffersFromFailedLookup() throws Exception {
        source = _ -> Optional.empty();
        assertThat(resolver.routeTo(OWNER)).isEmpty();

        source = CachedRouteResolverTest::unavailable;
        invalidations.publish(Invalidation.site());
        assertThatThrownBy(() -> resolver.routeTo(OWNER)).isInstanceOf(LookupUnavailable.class);
    }

    /** A slow look-up that began before a failover must not be used for later requests. */
    @Test
    void resultFromBeforeAnInvalidationIsNotCached() throws Exception {
        var started = new CountDownLatch(1);
        var proceed = new CountDownLatch(1);
        source = _ -> {
            started.countDown();
            await(proceed);
            return Optional.of(BEFORE);
        };
        var slow = CompletableFuture.supplyAsync(() -> unchecked(OWNER));
        assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
        source = _ -> Optional.of(AFTER);
        invalidations.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));

        assertThat(resolver.routeTo(OWNER)).contains(AFTER);
        proceed.countDown();
        slow.get(5, TimeUnit.SECONDS);
        assertThat(resolver.routeTo(OWNER)).contains(AFTER);
    }

    private Optional<Route> unchecked(Login owner) {
        try {
            return resolver.routeTo(owner);
        } catch (LookupUnavailable e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Route> unavailable(Login owner) throws LookupUnavailable {
        throw new LookupUnavailable("route of " + owner);
    }

    private static void await(CountDownLatch latch) throws LookupUnavailable {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new LookupUnavailable("interrupted", e);
        }
    }
}
