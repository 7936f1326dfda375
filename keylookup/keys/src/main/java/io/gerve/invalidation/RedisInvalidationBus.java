package io.gerve.invalidation;

import io.gerve.config.RedisSettings;
import io.gerve.logging.LoggedEvents;
import io.gerve.redis.RedisClients;
import io.gerve.redis.RedisFailure;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;

/**
 * Invalidation bus over the Redis channel {@value #CHANNEL}. One thread maintains the subscription and reconnects
 * without limit. Another thread sends a ping every second, so that a frozen Redis is detected shortly after
 * {@link #PING_TIMEOUT}. Safe for use by many threads.
 */
public final class RedisInvalidationBus implements InvalidationBus, AutoCloseable {
    static final String CHANNEL = "gerve:invalidate";

    private static final Logger LOG = LoggerFactory.getLogger(RedisInvalidationBus.class);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(1);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration RETRY_DELAY_MIN = Duration.ofMillis(100);
    private static final Duration RETRY_DELAY_MAX = Duration.ofSeconds(2);
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final RedisSettings settings;
    private final DefaultJedisClientConfig clientConfig;
    private final RedisClient publisher;
    private final List<Consumer<Invalidation>> listeners = new CopyOnWriteArrayList<>();
    private final LoggedEvents failures = new LoggedEvents(LOG_INTERVAL);
    private final Subscription subscription = new Subscription();
    private final InvalidationProbe probe = new InvalidationProbe(System::nanoTime);
    private final Thread subscriber;
    private final Thread pinger;
    /** The cause that was logged last, confined to the subscriber. */
    private String reportedCause = "";

    private volatile boolean connected;
    private volatile boolean closed;

    /** Starts the threads and returns at once, even if Redis is down. */
    public RedisInvalidationBus(RedisSettings settings) {
        this.settings = settings;
        this.clientConfig = RedisClients.config(settings)
                .protocol(RedisProtocol.RESP2)
                .blockingSocketTimeoutMillis(Math.toIntExact(PING_TIMEOUT.toMillis()))
                .build();
        this.publisher = RedisClients.client(settings);
        // Not a virtual thread: in a flood of messages it never waits, and would keep a processor from all of those.
        this.subscriber = Thread.ofPlatform().daemon().name("redis-subscriber").start(this::staySubscribed);
        this.pinger = Thread.ofVirtual().name("redis-subscriber-ping").start(this::pingPeriodically);
    }

    @Override
    public boolean publish(Invalidation invalidation) {
        try {
            publisher.publish(CHANNEL, invalidation.text());
            return true;
        } catch (RuntimeException e) {
            // The change is already committed, so a failure of Redis must not appear as a failure of the change.
            LOG.atWarn()
                    .addKeyValue("kind", invalidation.kind().label())
                    .addKeyValue("cause", RedisFailure.explain(e))
                    .log("Cannot publish invalidation to Redis, other gates may use cached results for up to"
                            + " cache.cache_ttl");
            return false;
        }
    }

    @Override
    public void listen(Consumer<Invalidation> listener) {
        listeners.add(listener);
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    /** Returns why Redis does not answer a ping within {@code redis.timeout}, or empty if it does. */
    public Optional<String> fault() {
        try {
            publisher.ping();
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.debug("Redis does not answer", e);
            return Optional.of(RedisFailure.explain(e));
        }
    }

    /** Registers the meters of the subscription, once. */
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("gerve.invalidations.connected", () -> connected ? 1 : 0)
                .description("Whether invalidations arrive from Redis; without them nothing cached is fresh")
                .register(registry);
        probe.bindTo(registry);
        for (Invalidation.Kind kind : Invalidation.Kind.values()) {
            registry.counter("gerve.invalidations", "kind", kind.label());
        }
        listen(received -> registry.counter(
                        "gerve.invalidations", "kind", received.kind().label())
                .increment());
    }

    /** Ends the subscription within two seconds. May be called twice. */
    @Override
    public void close() {
        closed = true;
        subscriber.interrupt();
        pinger.interrupt();
        try {
            subscriber.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        publisher.close();
    }

    private void staySubscribed() {
        Duration delay = RETRY_DELAY_MIN;
        while (!closed) {
            try (Connection connection = RedisClients.connect(settings, clientConfig)) {
                subscription.proceed(connection, CHANNEL, probe.channel());
                warn("Redis has ended the subscription");
            } catch (RuntimeException | StackOverflowError e) {
                // Jedis throws exceptions other than its own if the server at that address is not Redis.
                warn(RedisFailure.explain(e));
                if (connected) {
                    delay = RETRY_DELAY_MIN;
                }
            } finally {
                connected = false;
                probe.disconnected();
            }
            sleep(delay);
            delay = delay.multipliedBy(2).compareTo(RETRY_DELAY_MAX) < 0 ? delay.multipliedBy(2) : RETRY_DELAY_MAX;
        }
    }

    /** Logs the loss of the subscription, and each other cause that prevents a new one. */
    private void warn(String cause) {
        if (closed || (!connected && cause.equals(reportedCause))) {
            return;
        }
        reportedCause = cause;
        long failures = this.failures.count();
        if (failures > 0) {
            LOG.atWarn()
                    .addKeyValue("cause", cause)
                    .addKeyValue("failures", failures)
                    .log("No subscription to Redis, every look-up queries the database until there is one");
        }
    }

    /** Sends pings and probes. The subscriber's read, which has a timeout, receives the replies. */
    private void pingPeriodically() {
        while (!closed) {
            sleep(PING_INTERVAL);
            try {
                if (subscription.isSubscribed()) {
                    subscription.ping();
                }
                if (connected) {
                    publishProbe();
                }
            } catch (RuntimeException e) {
                // Jedis throws exceptions other than its own if a reply has another type than expected.
                LOG.atDebug().addKeyValue("cause", e.toString()).log("Redis ping failed, the subscriber will time out");
            }
        }
    }

    private void publishProbe() {
        String message = probe.next();
        if (message != null) {
            publisher.publish(probe.channel(), message);
        }
    }

    private void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException _) {
            // Only close() interrupts. The loops check the flag that it sets.
        }
    }

    private void notifyListeners(Invalidation invalidation) {
        for (Consumer<Invalidation> listener : listeners) {
            try {
                listener.accept(invalidation);
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("kind", invalidation.kind().label())
                        .setCause(e)
                        .log("Listener failed on invalidation, other listeners are still notified");
            }
        }
    }

    private final class Subscription extends JedisPubSub {
        private final LoggedEvents subscriptions = new LoggedEvents(LOG_INTERVAL);
        private final LoggedEvents unknownMessages = new LoggedEvents(LOG_INTERVAL);

        @Override
        public void onSubscribe(String channel, int channels) {
            if (!channel.equals(CHANNEL)) {
                return;
            }
            // Results cached before the gap must be invalidated before isConnected() lets cached results be fresh
            // again.
            notifyListeners(Invalidation.site());
            connected = true;
            if (subscriptions.count() > 0) {
                LOG.atInfo().addKeyValue("redis", settings).log("Redis subscription established");
            }
        }

        @Override
        public void onMessage(String channel, String message) {
            if (channel.equals(probe.channel())) {
                probe.received(message);
                return;
            }
            Optional<Invalidation> invalidation = Invalidation.parse(message);
            if (invalidation.isEmpty()) {
                warnOfUnknownMessage(message);
            }
            notifyListeners(invalidation.orElseGet(Invalidation::site));
        }

        private void warnOfUnknownMessage(String message) {
            long messages = unknownMessages.count();
            if (messages > 0) {
                LOG.atWarn()
                        .addKeyValue("characters", message.length())
                        .addKeyValue("messages", messages)
                        .log("Unknown invalidation message, invalidating all cached results");
            }
        }
    }
}
