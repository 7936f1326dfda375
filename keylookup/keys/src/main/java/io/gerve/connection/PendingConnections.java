package io.gerve.connection;

import io.gerve.config.IpNetwork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Connections that wait for their clients, because these have not logged in yet, have not sent a whole request yet, or
 * run no command; with bounds on their number and on the input buffered for them. At the bound of the number, the client
 * with the most connections loses its oldest one; at the bound of the input, the client with the most bytes loses its
 * largest one. A new connection is never refused, so that a flood cannot keep honest clients out. Of a client with parts,
 * the part with the most connections loses one. Safe for use by many threads.
 *
 * @param <C> what identifies a client: an address, or who has logged in
 */
public final class PendingConnections<C> {
    private final int max;
    private final Bounds bounds;
    private final long bufferedBytesMax;
    private final Map<C, Client<C>> clients = new HashMap<>();
    private final NavigableSet<Client<C>> byNumber = new TreeSet<>(Comparator.<Client<C>>comparingInt(Client::number)
            .thenComparing(Comparator.<Client<C>>comparingLong(Client::since).reversed()));
    private final NavigableSet<Client<C>> byBytes = new TreeSet<>(Comparator.<Client<C>>comparingLong(Client::bytes)
            .thenComparing(Comparator.<Client<C>>comparingLong(Client::since).reversed()));
    private int number;
    private long bytes;
    private long added;

    /**
     * Sets the bounds for clients without parts.
     *
     * @param max connections at one time, at least 1
     * @param perClientMax connections at one time of one client, at least 1
     * @param bufferedBytesMax bytes of input buffered for all of them together
     */
    public PendingConnections(int max, int perClientMax, long bufferedBytesMax) {
        this(max, new Bounds(perClientMax, perClientMax), bufferedBytesMax);
    }

    private PendingConnections(int max, Bounds bounds, long bufferedBytesMax) {
        if (max < 1 || bounds.part() < 1) {
            throw new IllegalArgumentException("The bounds must be at least 1");
        }
        this.max = max;
        this.bounds = bounds;
        this.bufferedBytesMax = bufferedBytesMax;
    }

    /**
     * Sets the bounds for addresses. A client is a site, its parts are what is otherwise one client ({@link IpNetwork}).
     *
     * @param perAddressMax connections at one time of one client; a site may have four times as many
     */
    public static PendingConnections<IpNetwork> byAddress(int max, int perAddressMax, long bufferedBytesMax) {
        int perSiteMax = Math.clamp((long) perAddressMax * IpNetwork.CLIENTS_OF_SITE_MAX, 1, Integer.MAX_VALUE);
        return new PendingConnections<>(max, new Bounds(perSiteMax, perAddressMax), bufferedBytesMax);
    }

    /** Adds a connection of a client without parts. */
    public Entry add(C client, Runnable close) {
        return add(client, client, close);
    }

    /**
     * Adds a connection. At a bound another one is removed first: the oldest of this part or client if it has as many as
     * it may, or else the oldest of the client that has the most.
     *
     * @param close closes the connection at once; is run at most once, by any thread, outside of every lock of this
     *     class
     */
    public Entry add(C client, Object part, Runnable close) {
        return add(client, part, bounds, close);
    }

    /**
     * Adds a connection of a proxy, which carries the requests of many clients. The bound of one client does not hold
     * for it.
     *
     * @param close as in {@link #add}
     */
    public Entry addProxy(C proxy, Runnable close) {
        return add(proxy, proxy, new Bounds(max, max), close);
    }

    private Entry add(C key, Object part, Bounds bound, Runnable close) {
        Optional<Entry> evicted;
        Entry entry;
        synchronized (this) {
            evicted = makeRoom(key, part, bound);
            Client<C> client = clients.computeIfAbsent(key, Client<C>::new);
            entry = new Entry(client, part, close, ++added);
            unsort(client);
            client.add(entry);
            number++;
            sort(client);
        }
        evicted.ifPresent(each -> each.close.run());
        return entry;
    }

    private Optional<Entry> makeRoom(C key, Object part, Bounds bound) {
        Client<C> client = clients.get(key);
        if (client != null && client.number(part) >= bound.part()) {
            return Optional.of(remove(client.oldest(part)));
        }
        if (client != null && client.number() >= bound.client()) {
            return Optional.of(remove(client.oldestOfLargestPart()));
        }
        return number >= max ? Optional.of(remove(byNumber.last().oldestOfLargestPart())) : Optional.empty();
    }

    /** Closes the oldest connection of the client that has the most. Returns false if there is no connection. */
    public boolean evict() {
        Entry evicted;
        synchronized (this) {
            if (byNumber.isEmpty()) {
                return false;
            }
            evicted = remove(byNumber.last().oldestOfLargestPart());
        }
        evicted.close.run();
        return true;
    }

    private Entry remove(Entry entry) {
        Client<C> client = entry.client;
        unsort(client);
        client.remove(entry);
        number--;
        client.bytes -= entry.bytes;
        bytes -= entry.bytes;
        if (client.entries.isEmpty()) {
            clients.remove(client.key);
        } else {
            sort(client);
        }
        return entry;
    }

    private void unsort(Client<C> client) {
        if (!client.entries.isEmpty()) {
            byNumber.remove(client);
            byBytes.remove(client);
        }
    }

    private void sort(Client<C> client) {
        byNumber.add(client);
        byBytes.add(client);
    }

    private synchronized void buffer(Entry entry, int size, List<Entry> evicted) {
        Client<C> client = entry.client;
        if (size == entry.bytes || !client.entries.contains(entry)) {
            return;
        }
        unsort(client);
        client.bytes += size - entry.bytes;
        bytes += size - entry.bytes;
        entry.bytes = size;
        sort(client);
        while (bytes > bufferedBytesMax) {
            evicted.add(remove(byBytes.last().largest()));
        }
    }

    /** Returns how many connections there are. */
    public synchronized int number() {
        return number;
    }

    /** Returns the bytes of input that are buffered for them. */
    public synchronized long bufferedBytes() {
        return bytes;
    }

    private record Bounds(int client, int part) {}

    /** One connection, until it waits for its client no longer. */
    public final class Entry implements AutoCloseable {
        private final Client<C> client;
        private final Object part;
        private volatile Runnable close;
        private final long sequence;
        private int bytes;

        private Entry(Client<C> client, Object part, Runnable close, long sequence) {
            this.client = client;
            this.part = part;
            this.close = close;
            this.sequence = sequence;
        }

        /** Replaces what closes the connection. */
        public void closeBy(Runnable action) {
            close = action;
        }

        /**
         * Says how many bytes of input are buffered for this connection now. Over the bound, the client that holds the
         * most loses its largest connection, which may be this one.
         */
        public void buffered(int size) {
            List<Entry> evicted = new ArrayList<>();
            buffer(this, size, evicted);
            evicted.forEach(each -> each.close.run());
        }

        /** Ends the counting, since the connection does not wait for its client any more. */
        @Override
        public void close() {
            synchronized (PendingConnections.this) {
                if (client.entries.contains(this)) {
                    remove(this);
                }
            }
        }
    }

    /** Connections of one client, the oldest first. */
    private static final class Client<C> {
        private final C key;
        private final SequencedSet<PendingConnections<C>.Entry> entries = new LinkedHashSet<>();
        private final Map<Object, SequencedSet<PendingConnections<C>.Entry>> parts = new HashMap<>();
        private long bytes;

        Client(C key) {
            this.key = key;
        }

        void add(PendingConnections<C>.Entry entry) {
            entries.add(entry);
            parts.computeIfAbsent(entry.part, _ -> new LinkedHashSet<>()).add(entry);
        }

        void remove(PendingConnections<C>.Entry entry) {
            entries.remove(entry);
            parts.computeIfPresent(entry.part, (_, same) -> same.remove(entry) && same.isEmpty() ? null : same);
        }

        int number() {
            return entries.size();
        }

        int number(Object part) {
            return of(part).size();
        }

        long bytes() {
            return bytes;
        }

        /** Order among clients that hold equally much, in which no two are the same. */
        long since() {
            return oldest().sequence;
        }

        PendingConnections<C>.Entry oldest() {
            return entries.getFirst();
        }

        PendingConnections<C>.Entry oldest(Object part) {
            return of(part).getFirst();
        }

        private SequencedSet<PendingConnections<C>.Entry> of(Object part) {
            return parts.getOrDefault(part, new LinkedHashSet<>());
        }

        PendingConnections<C>.Entry oldestOfLargestPart() {
            return Collections.max(parts.values(), Comparator.comparingInt(Set::size))
                    .getFirst();
        }

        PendingConnections<C>.Entry largest() {
            PendingConnections<C>.Entry largest = oldest();
            for (PendingConnections<C>.Entry each : entries) {
                largest = each.bytes > largest.bytes ? each : largest;
            }
            return largest;
        }
    }
}
