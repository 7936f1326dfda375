package io.gerve.audit.access;

import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Results that are read when they are asked for. Only the page that is being read is in memory, and no query runs for
 * results that nobody asks for.
 */
@FunctionalInterface
public interface Results<T> {
    /** Returns the next result, or empty after the last one. */
    Optional<T> next() throws LookupUnavailable;

    static <T> Results<T> none() {
        return Optional::empty;
    }

    static <T> Results<T> of(Collection<T> all) {
        Iterator<T> iterator = all.iterator();
        return () -> iterator.hasNext() ? Optional.of(iterator.next()) : Optional.empty();
    }

    static <T> Results<T> of(Optional<T> one) {
        return of(one.stream().toList());
    }

    /**
     * A query for the results after a key.
     *
     * @param <K> the key by which the results are ordered
     */
    interface PageQuery<K, T> {
        List<T> after(K last) throws LookupUnavailable;
    }

    /**
     * Returns the pages of a query. A page that is not full is the last one.
     *
     * @param start the key after which the first page begins
     * @param keyOf returns the key of a result
     */
    static <K, T> Results<List<T>> inPages(int size, K start, Function<T, K> keyOf, PageQuery<K, T> query) {
        return new Results<>() {
            private K last = start;
            private boolean isAtEnd;

            @Override
            public Optional<List<T>> next() throws LookupUnavailable {
                if (isAtEnd) {
                    return Optional.empty();
                }
                List<T> page = query.after(last);
                isAtEnd = page.size() < size;
                if (page.isEmpty()) {
                    return Optional.empty();
                }
                last = keyOf.apply(page.getLast());
                return Optional.of(page);
            }
        };
    }

    /** A function of one result. */
    interface Mapper<T, U> {
        Results<U> apply(T result) throws LookupUnavailable;
    }

    /** Returns the results of the mapper for each of these results in turn. */
    default <U> Results<U> flatMap(Mapper<T, U> mapper) {
        return new Results<>() {
            private Results<U> current = none();

            @Override
            public Optional<U> next() throws LookupUnavailable {
                Optional<U> found = current.next();
                while (found.isEmpty()) {
                    Optional<T> outer = Results.this.next();
                    if (outer.isEmpty()) {
                        return Optional.empty();
                    }
                    current = mapper.apply(outer.get());
                    found = current.next();
                }
                return found;
            }
        };
    }

    /** Returns these results in lists of the given size; the last one may be shorter. */
    default Results<List<T>> chunks(int size) {
        return () -> {
            List<T> chunk = new ArrayList<>();
            Optional<T> result = next();
            while (result.isPresent()) {
                chunk.add(result.get());
                result = chunk.size() < size ? next() : Optional.empty();
            }
            return chunk.isEmpty() ? Optional.empty() : Optional.of(chunk);
        };
    }

    /** Reads all results. */
    default void forEach(Consumer<T> consumer) throws LookupUnavailable {
        for (Optional<T> result = next(); result.isPresent(); result = next()) {
            consumer.accept(result.get());
        }
    }
}
