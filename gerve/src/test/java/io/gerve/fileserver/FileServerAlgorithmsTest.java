package io.gerve.fileserver;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class FileServerAlgorithmsTest {
    @Test
    void thisJavaSupportsTheAlgorithms() {
        assertThatCode(FileServerAlgorithms::check).doesNotThrowAnyException();
    }
}
