package io.gerve.invalidation;

import io.gerve.config.RedisSettings;
import io.gerve.redis.RedisClients;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Changes by way of the Redis channel {@value #CHANNEL}. One thread stays subscribed and tries again for ever when it is not;
 * another sends a ping every second, so that a Redis that stands still is noticed within {@link #HEARTBEAT_TIMEOUT} and a bit.
 * Safe for use by many threads.
 */
public final class RedisInvalidationBus implements InvalidationBus, AutoCloseable {
    static final String CHANNEL = "gerve:invalidate";

    private static final Logger LOG = LoggerFactory.getLogger(RedisInvalidationBus.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration RETRY_FIRST = Duration.ofMillis(100);
    private static final Duration RETRY_MAX = Duration.ofSeconds(2);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private final RedisSettings settings;
    private final DefaultJedisClientConfig clientConfig;
    private final RedisClient publisher;
    private final List<Consumer<Invalidation>> listeners = new CopyOnWriteArrayList<>();
    private final Subscription subscription = new Subscription();
    private final Thread subscriber;
    private final Thread heartbeat;
    private volatile boolean connected;
    private volatile boolean closed;

    /** Returns at once, whether or not Redis is there. */
    public RedisInvalidationBus(RedisSettings settings) {
        this.settings = settings;
        this.clientConfig = RedisClients.config(settings)
                .protocol(RedisProtocol.RESP2)
                .blockingSocketTimeoutMillis(Math.toIntExact(HEARTBEAT_TIMEOUT.toMillis()))
                .build();
        this.publisher = RedisClients.client(settings);
        this.subscriber = Thread.ofVirtual().name("redis-changes").start(this::staySubscribed);
        this.heartbeat = Thread.ofVirtual().name("redis-changes-heartbeat").start(this::publishHeartbeat);
    }

    @Override
    public boolean publish(Invalidation change) {
        try {
            publisher.publish(CHANNEL, change.text());
            return true;
        } catch (RuntimeException e) {
            // The change is committed by now: whatever is wrong with Redis, whoever made it must not hear of a failure.
            LOG.warn("Other gates were not told of a change ({}): {}", change.kind(), e.toString());
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

    /** Hears nothing from now on. Ends within two seconds; may be called twice. */
    @Override
    public void close() {
        closed = true;
        subscriber.interrupt();
        heartbeat.interrupt();
        try {
            subscriber.join(CLOSE_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        publisher.close();
    }

    private void staySubscribed() {
        Duration pause = RETRY_FIRST;
        while (!closed) {
            try (Connection connection = new Connection(hostAndPort(), clientConfig)) {
                subscription.proceed(connection, CHANNEL);
            } catch (RuntimeException e) {
                // Not only Jedis's own: what is no Redis at that address makes it fail in any way.
                if (connected) {
                    LOG.warn("Changes are not heard any more; every answer is asked for now: {}", e.toString());
                    pause = RETRY_FIRST;
                }
            } finally {
                connected = false;
            }
            pause(pause);
            pause = pause.multipliedBy(2).compareTo(RETRY_MAX) < 0 ? pause.multipliedBy(2) : RETRY_MAX;
        }
    }

    private HostAndPort hostAndPort() {
        return RedisClients.address(settings);
    }

    /** Its answer is what the subscriber's read, with its time limit, waits for. */
    private void publishHeartbeat() {
        while (!closed) {
            pause(HEARTBEAT);
            try {
                if (subscription.isSubscribed()) {
                    subscription.ping();
                }
            } catch (JedisException e) {
                LOG.debug("The heartbeat failed; the subscriber will notice: {}", e.toString());
            }
        }
    }

    private void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException _) {
            // Only close() interrupts, and the loops look at what it set.
        }
    }

    private void notifyListeners(Invalidation change) {
        for (Consumer<Invalidation> listener : listeners) {
            try {
                listener.accept(change);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on a change ({}); the others are told", change.kind(), e);
            }
        }
    }

    private final class Subscription extends JedisPubSub {
        @Override
        public void onSubscribe(String channel, int channels) {
            // In this order: what was remembered before the gap must be in doubt before anything counts as current
            // again.
            notifyListeners(Invalidation.site());
            connected = true;
            LOG.info("Changes are heard from {}", settings);
        }

        @Override
        public void onMessage(String channel, String message) {
            Optional<Invalidation> change = Invalidation.parse(message);
            if (change.isEmpty()) {
                LOG.warn(
                        "A message of {} characters is no change that this version knows; everything is in doubt",
                        message.length());
            }
            notifyListeners(change.orElseGet(Invalidation::site));
        }
    }
}
