package io.gerve.agent;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes a channel, and so ends what is blocked on it, unless it is called off in time: a Unix socket has no time limit of its own. */
final class ChannelTimeout implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelTimeout.class);

    private final Thread timer;

    ChannelTimeout(Channel channel, Duration limit) {
        this.timer = Thread.ofVirtual().name("agent-deadline").start(() -> await(channel, limit));
    }

    private static void await(Channel channel, Duration limit) {
        try {
            Thread.sleep(limit);
            LOG.debug("a thin client was too slow");
            channel.close();
        } catch (InterruptedException _) {
            // It was called off.
        } catch (IOException e) {
            LOG.debug("a channel could not be closed", e);
        }
    }

    @Override
    public void close() {
        timer.interrupt();
    }
}
