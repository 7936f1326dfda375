package io.gerve.bridge;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class AlgorithmsTest {
    @Test
    void thisJavaCanDoWhatTheBridgeSpeaks() {
        assertThatCode(Algorithms::check).doesNotThrowAnyException();
    }
}
