package io.gerve.testbed.flood;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Flood of a port of this machine: a number of connections from the addresses 127.0.1.1, 127.0.1.2 and so on. A
 * connection that ends is opened again after half a second. One thread serves all clients.
 */
public final class Flood implements AutoCloseable {
    /** Connections that are opened at once, less than the backlog of a gate. */
    private static final int BATCH = 100;

    private static final long REOPEN_NANOS = Duration.ofMillis(500).toNanos();
    private static final long TICK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final InetSocketAddress target;
    private final FloodSize size;
    private final Supplier<FloodClient> clients;
    private final Selector selector = Selector.open();
    private final Deque<Place> toOpen = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private final AtomicLong opened = new AtomicLong();
    private final Thread thread;
    private volatile int settled;
    private volatile boolean isStopped;

    /** Place of one connection after the other. */
    private static final class Place {
        private final InetAddress address;
        private FloodClient client = new FloodClient();
        private long openAt;

        Place(InetAddress address) {
            this.address = address;
        }
    }

    /** Starts the flood. */
    public Flood(int port, FloodSize size, Supplier<FloodClient> clients) throws IOException {
        this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.size = size;
        this.clients = clients;
        for (int i = 0; i < size.connections(); i++) {
            byte number = (byte) (1 + i % size.addresses());
            toOpen.add(new Place(InetAddress.getByAddress(new byte[] {127, 0, 1, number})));
        }
        this.thread = Thread.ofPlatform().name("flood").daemon().start(this::run);
    }

    /** Returns the number of connections that were made so far. */
    public long opened() {
        return opened.get();
    }

    /** Returns how many connections are open whose client has what it wanted of it. */
    public int settled() {
        return settled;
    }

    private void run() {
        long nextTick = System.nanoTime() + TICK_NANOS;
        try {
            while (!isStopped) {
                openSome();
                selector.select(this::serve, 20);
                if (System.nanoTime() - nextTick >= 0) {
                    nextTick = System.nanoTime() + TICK_NANOS;
                    tick();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The flood has ended", e);
        } finally {
            selector.keys().forEach(Flood::closeQuietly);
        }
    }

    private void openSome() throws IOException {
        for (int i = 0; i < BATCH && !toOpen.isEmpty(); i++) {
            if (toOpen.element().openAt - System.nanoTime() > 0) {
                return;
            }
            open(toOpen.remove());
        }
    }

    private void open(Place place) throws IOException {
        place.client = clients.get();
        SocketChannel socket = SocketChannel.open();
        try {
            socket.configureBlocking(false);
            socket.bind(new InetSocketAddress(place.address, 0));
            boolean isConnected = socket.connect(target);
            SelectionKey key = socket.register(selector, SelectionKey.OP_CONNECT, place);
            if (isConnected) {
                serve(key);
            }
        } catch (IOException _) {
            socket.close();
            openLater(place);
        }
    }

    private void openLater(Place place) {
        place.openAt = System.nanoTime() + REOPEN_NANOS;
        toOpen.add(place);
    }

    private void tick() {
        int settledNow = 0;
        for (SelectionKey key : selector.keys()) {
            FloodClient client = ((Place) key.attachment()).client;
            if (key.isValid() && (key.interestOps() & SelectionKey.OP_CONNECT) == 0) {
                attempt(key, client::tick);
                settledNow += client.isSettled() ? 1 : 0;
            }
        }
        settled = settledNow;
    }

    private void serve(SelectionKey key) {
        attempt(key, () -> {
            var socket = (SocketChannel) key.channel();
            FloodClient client = ((Place) key.attachment()).client;
            if ((key.interestOps() & SelectionKey.OP_CONNECT) != 0) {
                if (socket.finishConnect()) {
                    opened.incrementAndGet();
                    key.interestOps(SelectionKey.OP_READ);
                    client.connected();
                }
            } else if (key.isReadable()) {
                if (socket.read(buffer.clear()) < 0) {
                    client.end();
                } else {
                    client.received(buffer.flip());
                }
            }
        });
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Runs the step and sends what the client wants to send. Closes the connection when it is over. */
    private void attempt(SelectionKey key, Step step) {
        var place = (Place) key.attachment();
        boolean isOver = true;
        try {
            step.run();
            if ((key.interestOps() & SelectionKey.OP_CONNECT) == 0) {
                boolean isStuck = place.client.flush((SocketChannel) key.channel());
                key.interestOps(SelectionKey.OP_READ | (isStuck ? SelectionKey.OP_WRITE : 0));
            }
            isOver = place.client.hasEnded();
        } catch (IOException _) {
            // The gate has closed the connection.
        }
        if (isOver) {
            closeQuietly(key);
            openLater(place);
        }
    }

    private static void closeQuietly(@Nullable SelectionKey key) {
        try {
            if (key != null) {
                key.channel().close();
            }
        } catch (IOException _) {
            // Nothing is left to do.
        }
    }

    /** Closes all connections. */
    @Override
    public void close() throws IOException {
        isStopped = true;
        selector.wakeup();
        try {
            if (!thread.join(CLOSE_TIMEOUT)) {
                throw new IOException("The flood of " + size + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            selector.close();
        }
    }
}
