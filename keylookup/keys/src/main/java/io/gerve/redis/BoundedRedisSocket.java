package io.gerve.redis;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;

/**
 * Connected socket to Redis whose replies are bounded in size, and in time by the read timeout, however slowly their
 * bytes arrive. It needs a {@link DeadlineSocket} as the one that it is given or, over TLS, below that one.
 */
final class BoundedRedisSocket extends TimeLimitedSocket {
    private final BoundedReplies replies;

    BoundedRedisSocket(Socket socket) throws IOException {
        super(socket);
        this.replies = new BoundedReplies(socket.getInputStream());
    }

    @Override
    public InputStream getInputStream() {
        return limited(replies);
    }

    @Override
    Duration waited() {
        return replies.age();
    }
}
