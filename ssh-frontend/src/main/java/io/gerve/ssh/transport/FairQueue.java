package io.gerve.ssh.transport;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Queue of work that many clients ask for and of which a little is done at one time. The next turn belongs to the client
 * that has used the fewest turns lately, so that a client with thousands of connections delays another one by a single
 * turn. A client beyond its rate waits even if nobody else does. Safe for use by many threads.
 */
public final class FairQueue {
    /** Clients that are remembered before those that have used no turn lately are forgotten. */
    private static final int CLIENTS_MIN = 1024;

    private final Rate rate;
    private final BiConsumer<Duration, Runnable> timers;
    private final Map<Object, Client> clients = new HashMap<>();
    private final NavigableSet<Client> waiting = new TreeSet<>(
            Comparator.<Client>comparingLong(client -> client.paidUntil).thenComparingLong(client -> client.number));
    private final long start = System.nanoTime();
    private int free;
    private int clientsToForget = CLIENTS_MIN;
    private long clientsSeen;
    private long timer = Long.MAX_VALUE;

    /**
     * Rate of one client's turns.
     *
     * @param burst turns that a client may have at once after it had none for long
     * @param interval time in which one more becomes due
     */
    public record Rate(int burst, Duration interval) {}

    /** @param concurrentMax turns at one time, at least 1 */
    public FairQueue(int concurrentMax, Rate rate) {
        this(
                concurrentMax,
                rate,
                (delay, task) -> CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
                        .execute(task));
    }

    /** @param timers runs the task after the delay, once */
    FairQueue(int concurrentMax, Rate rate, BiConsumer<Duration, Runnable> timers) {
        this.free = concurrentMax;
        this.rate = rate;
        this.timers = timers;
    }

    /** Uses of the queue by one client. */
    private static final class Client {
        private final long number;
        private final SequencedSet<Turn> turns = new LinkedHashSet<>(2);
        /** The time at which all turns that the client has used are paid for, at one interval each. */
        private long paidUntil;

        Client(long number, long now) {
            this.number = number;
            this.paidUntil = now;
        }
    }

    /**
     * Asks for a turn. The caller waits for it and closes it.
     *
     * @param client the client whose rate and share it counts towards, by its {@code equals}
     */
    public synchronized Turn enter(Object client) {
        forgetClients();
        Client owner = clients.computeIfAbsent(client, _ -> new Client(++clientsSeen, now()));
        Turn turn = new Turn(owner);
        owner.turns.add(turn);
        waiting.add(owner);
        grantTurns();
        return turn;
    }

    private void forgetClients() {
        if (clients.size() >= clientsToForget) {
            long now = now();
            clients.values().removeIf(client -> client.turns.isEmpty() && client.paidUntil <= now);
            clientsToForget = Math.max(CLIENTS_MIN, 2 * clients.size());
        }
    }

    private void grantTurns() {
        while (free > 0 && !waiting.isEmpty()) {
            Client first = waiting.first();
            long dueAt = first.paidUntil - rate.interval().toNanos() * (rate.burst() - 1);
            if (dueAt > now()) {
                grantTurnsAt(dueAt);
                return;
            }
            waiting.remove(first);
            first.paidUntil = Math.max(first.paidUntil, now()) + rate.interval().toNanos();
            Turn turn = first.turns.removeFirst();
            if (!first.turns.isEmpty()) {
                waiting.add(first);
            }
            free--;
            turn.state = State.GRANTED;
            turn.decided.countDown();
        }
    }

    private void grantTurnsAt(long time) {
        if (time < timer) {
            timer = time;
            timers.accept(Duration.ofNanos(time - now()), () -> timerElapsed(time));
        }
    }

    /** Does nothing if an earlier timer replaced this one: each would start another, and they would multiply. */
    private synchronized void timerElapsed(long time) {
        if (time == timer) {
            timer = Long.MAX_VALUE;
            grantTurns();
        }
    }

    private synchronized void withdraw(Turn turn) {
        Client client = turn.client;
        if (turn.state == State.WAITING) {
            turn.state = State.ENDED;
            turn.decided.countDown();
            client.turns.remove(turn);
            if (client.turns.isEmpty()) {
                waiting.remove(client);
            }
        }
    }

    private synchronized void end(Turn turn) {
        if (turn.state == State.GRANTED) {
            turn.state = State.ENDED;
            free++;
            grantTurns();
        } else {
            withdraw(turn);
        }
    }

    /** Returns the number of turns that are waited for. */
    public synchronized int length() {
        return waiting.stream().mapToInt(client -> client.turns.size()).sum();
    }

    private long now() {
        return System.nanoTime() - start;
    }

    private enum State {
        WAITING,
        GRANTED,
        ENDED
    }

    /** Place in the queue, and afterwards the turn, until it is closed. */
    public final class Turn implements AutoCloseable {
        private final Client client;
        private final CountDownLatch decided = new CountDownLatch(1);
        private State state = State.WAITING;

        private Turn(Client client) {
            this.client = client;
        }

        /** Waits for the turn. Returns false if the timeout elapses first, or the place was given up. */
        public boolean await(Duration timeout) throws InterruptedException {
            boolean isDecided = decided.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
            synchronized (FairQueue.this) {
                return isDecided && state == State.GRANTED;
            }
        }

        /** Gives the place up if the turn has not come yet, since the client is gone. May be called by any thread. */
        public void giveUp() {
            withdraw(this);
        }

        /** Ends the turn, or gives the place up. */
        @Override
        public void close() {
            end(this);
        }
    }
}
