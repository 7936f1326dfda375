package io.gerve.ssh.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.ssh.transport.FairQueue.Rate;
import io.gerve.ssh.transport.FairQueue.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ZERO;
    private static final Rate ANY = new Rate(1_000_000, Duration.ofNanos(1));

    @Test
    void asManyTurnsAsAllowedAtOneTime() throws Exception {
        var queue = new FairQueue(2, ANY);
        Turn first = queue.enter("a");
        Turn second = queue.enter("a");
        Turn third = queue.enter("a");
        assertThat(first.await(NOW)).isTrue();
        assertThat(second.await(NOW)).isTrue();
        assertThat(third.await(NOW)).isFalse();
        first.close();
        first.close();
        assertThat(third.await(NOW)).isTrue();
        assertThat(queue.enter("a").await(NOW)).isFalse();
    }

    /** The attack: an address with thousands of exchanges in the queue, behind which others waited for seconds. */
    @Test
    void clientThatHasUsedFewerTurnsIsNext() throws Exception {
        var queue = new FairQueue(1, new Rate(1_000_000, Duration.ofSeconds(1)));
        List<Turn> flood = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            flood.add(queue.enter("flood"));
        }
        Turn honest = queue.enter("honest");
        Turn later = queue.enter("later");
        flood.get(0).close();
        assertThat(honest.await(NOW)).isTrue();
        assertThat(flood.get(1).await(NOW)).isFalse();
        honest.close();
        assertThat(later.await(NOW)).isTrue();
        later.close();
        assertThat(flood.get(1).await(NOW)).isTrue();
    }

    @Test
    void clientBeyondItsRateWaitsWhileOthersDoNot() throws Exception {
        var queue = new FairQueue(1, new Rate(2, Duration.ofHours(1)));
        queue.enter("a").close();
        queue.enter("a").close();
        Turn beyond = queue.enter("a");
        assertThat(beyond.await(NOW)).isFalse();
        Turn other = queue.enter("b");
        assertThat(other.await(NOW)).isTrue();
        other.close();
        assertThat(beyond.await(NOW)).isFalse();
    }

    @Test
    void turnBeyondTheRateComesWhenItIsDue() throws Exception {
        var queue = new FairQueue(1, new Rate(1, Duration.ofMillis(50)));
        for (int i = 0; i < 5; i++) {
            try (Turn turn = queue.enter("a")) {
                assertThat(turn.await(LIMIT)).isTrue();
            }
        }
    }

    /** The attack: two clients beyond their rate, each turn of which started one more timer. */
    @Test
    void timersDoNotMultiply() throws Exception {
        var interval = Duration.ofMillis(2);
        Queue<Runnable> timers = new ConcurrentLinkedQueue<>();
        var queue = new FairQueue(4, new Rate(1, interval), (_, task) -> timers.add(task));
        for (int i = 0; i < 1000; i++) {
            queue.enter("a");
        }
        for (int i = 0; i < 200; i++) {
            queue.enter("b").close();
            queue.enter("b");
            Thread.sleep(interval);
            for (int due = timers.size(); due > 0; due--) {
                timers.remove().run();
            }
        }
        assertThat(timers).hasSizeLessThan(5);
    }

    /** The attack: connections that are closed while they wait, whose threads stayed. */
    @Test
    void placeThatIsGivenUpEndsTheWait() throws Exception {
        var queue = new FairQueue(1, ANY);
        Turn running = queue.enter("a");
        Turn gone = queue.enter("b");
        Turn next = queue.enter("c");
        var waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return gone.await(LIMIT);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        gone.giveUp();
        assertThat(waiting.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isFalse();
        assertThat(queue.length()).isEqualTo(1);
        running.giveUp();
        assertThat(next.await(NOW)).as("a turn that has begun is not given up").isFalse();
        running.close();
        assertThat(next.await(NOW)).isTrue();
        gone.close();
        next.close();
        assertThat(queue.length()).isZero();
    }
}
