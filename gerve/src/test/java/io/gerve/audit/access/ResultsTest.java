package io.gerve.audit.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private final List<Integer> queriedAfter = new ArrayList<>();

    @Test
    void pageThatIsNotFullIsTheLast() throws Exception {
        assertThat(all(numbersTo(5))).containsExactly(1, 2, 3, 4, 5);
        assertThat(queriedAfter).containsExactly(0, 2, 4);
    }

    @Test
    void fullPageIsFollowedByAnotherQuery() throws Exception {
        assertThat(all(numbersTo(4))).containsExactly(1, 2, 3, 4);
        assertThat(queriedAfter).containsExactly(0, 2, 4);
    }

    @Test
    void pageIsQueriedOnlyWhenItsFirstResultIsAskedFor() throws Exception {
        Results<Integer> numbers = numbersTo(5);
        assertThat(queriedAfter).isEmpty();
        assertThat(numbers.next()).contains(1);
        assertThat(numbers.next()).contains(2);
        assertThat(queriedAfter).containsExactly(0);
    }

    @Test
    void resultsEndOnce() throws Exception {
        Results<Integer> numbers = numbersTo(3);
        all(numbers);
        assertThat(numbers.next()).isEmpty();
        assertThat(queriedAfter).containsExactly(0, 2);
    }

    @Test
    void flatMapContinuesPastResultsWithoutAny() throws Exception {
        assertThat(all(numbersTo(5)
                        .flatMap(
                                number -> number % 2 == 0 ? Results.of(List.of(number, 10 * number)) : Results.none())))
                .containsExactly(2, 20, 4, 40);
    }

    @Test
    void chunksReadNoFurtherThanTheirSize() throws Exception {
        Results<List<Integer>> chunks = numbersTo(5).chunks(2);
        assertThat(chunks.next()).contains(List.of(1, 2));
        assertThat(queriedAfter).containsExactly(0);
        assertThat(all(chunks)).containsExactly(List.of(3, 4), List.of(5));
    }

    private Results<Integer> numbersTo(int last) {
        return Results.inPages(2, 0, (Integer number) -> number, after -> {
                    queriedAfter.add(after);
                    return IntStream.rangeClosed(after + 1, last)
                            .limit(2)
                            .boxed()
                            .toList();
                })
                .flatMap(Results::of);
    }

    private static <T> List<T> all(Results<T> results) throws LookupUnavailable {
        List<T> all = new ArrayList<>();
        results.forEach(all::add);
        return all;
    }
}
