package io.gerve.agent;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timeout for operations on a channel. It closes the channel, which ends blocked operations, unless it is closed first.
 * Unix sockets have no timeout of their own.
 */
final class ChannelTimeout implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelTimeout.class);

    private final Thread timer;

    ChannelTimeout(Channel channel, Duration limit) {
        this.timer = Thread.ofVirtual().name("agent-channel-timeout").start(() -> await(channel, limit));
    }

    private static void await(Channel channel, Duration limit) {
        try {
            Thread.sleep(limit);
            LOG.debug("thin client timed out");
            channel.close();
        } catch (InterruptedException _) {
            // The timeout was closed in time.
        } catch (IOException e) {
            LOG.debug("cannot close the channel", e);
        }
    }

    @Override
    public void close() {
        timer.interrupt();
    }
}
