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

    private final RecordedInvalidations changes = new RecordedInvalidations();
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile RouteResolver source = _ -> Optional.of(BEFORE);
    private final CachedRouteResolver chimney = new CachedRouteResolver(
            owner -> {
                asked.incrementAndGet();
                return source.routeTo(owner);
            },
            changes,
            new CacheSettings(Duration.ofSeconds(60), Duration.ofMinutes(10), 1000, Duration.ofSeconds(2), 8),
            now::get);

    @Test
    void routeIsAskedForOnceWhileChangesAreHeard() throws Exception {
        assertThat(chimney.routeTo(OWNER)).contains(BEFORE);
        assertThat(chimney.routeTo(new Login("mojombo"))).contains(BEFORE);
        assertThat(asked).hasValue(1);

        changes.hearing = false;
        assertThat(chimney.routeTo(OWNER)).contains(BEFORE);
        assertThat(asked).hasValue(2);
    }

    @Test
    void changeOfTheRouteItsServerOrTheSiteHasItAskedForAgain() throws Exception {
        chimney.routeTo(OWNER);
        source = _ -> Optional.of(AFTER);

        changes.publish(new Invalidation(Invalidation.Kind.SERVER, "fs4"));
        changes.publish(new Invalidation(Invalidation.Kind.ROUTE, "tom"));
        changes.publish(new Invalidation(Invalidation.Kind.ACCOUNT, "1"));
        assertThat(chimney.routeTo(OWNER)).contains(BEFORE);
        changes.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));
        assertThat(chimney.routeTo(OWNER)).contains(AFTER);
        changes.publish(new Invalidation(Invalidation.Kind.ROUTE, "mojombo"));
        assertThat(chimney.routeTo(OWNER)).contains(AFTER);
        changes.publish(Invalidation.site());
        assertThat(chimney.routeTo(OWNER)).contains(AFTER);
        assertThat(asked).hasValue(4);
    }

    @Test
    void lastRouteKnownServesForHoursWhileNobodyCanBeAsked() throws Exception {
        chimney.routeTo(OWNER);
        changes.hearing = false;
        source = CachedRouteResolverTest::away;
        now.addAndGet(TimeUnit.HOURS.toNanos(11));

        assertThat(chimney.routeTo(OWNER)).contains(BEFORE);
        changes.publish(Invalidation.site());
        assertThat(chimney.routeTo(OWNER)).contains(BEFORE);
        assertThatThrownBy(() -> chimney.routeTo(new Login("tom"))).isInstanceOf(LookupUnavailable.class);
    }

    /** A push to the host that was active before a fail-over would be lost. */
    @Test
    void routeThatIsKnownToHaveChangedIsNotFallenBackOn() throws Exception {
        chimney.routeTo(OWNER);
        source = CachedRouteResolverTest::away;
        changes.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));

        assertThatThrownBy(() -> chimney.routeTo(OWNER)).isInstanceOf(LookupUnavailable.class);
    }

    @Test
    void ownerWithoutARouteIsNotOneWhoseRouteCannotBeHad() throws Exception {
        source = _ -> Optional.empty();
        assertThat(chimney.routeTo(OWNER)).isEmpty();

        source = CachedRouteResolverTest::away;
        changes.publish(Invalidation.site());
        assertThatThrownBy(() -> chimney.routeTo(OWNER)).isInstanceOf(LookupUnavailable.class);
    }

    /** A slow answer from before a fail-over must not be given to who asks after it. */
    @Test
    void answerFromBeforeAChangeIsNotUsedAfterIt() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        source = _ -> {
            begun.countDown();
            await(goOn);
            return Optional.of(BEFORE);
        };
        var slow = CompletableFuture.supplyAsync(() -> unchecked(OWNER));
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
        source = _ -> Optional.of(AFTER);
        changes.publish(new Invalidation(Invalidation.Kind.SERVER, "fs3"));

        assertThat(chimney.routeTo(OWNER)).contains(AFTER);
        goOn.countDown();
        slow.get(5, TimeUnit.SECONDS);
        assertThat(chimney.routeTo(OWNER)).contains(AFTER);
    }

    private Optional<Route> unchecked(Login owner) {
        try {
            return chimney.routeTo(owner);
        } catch (LookupUnavailable e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Route> away(Login owner) throws LookupUnavailable {
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
