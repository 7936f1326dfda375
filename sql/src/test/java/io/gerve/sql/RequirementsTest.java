package io.gerve.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequirementsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.0.16",
                "8.0.39-0ubuntu0.22.04.1",
                "8.4.3",
                "9.7.4-2",
                "10.6.0-MariaDB",
                "11.8.9-MariaDB-4 from Debian"
            })
    void supportedVersionIsAccepted(String version) {
        assertThat(Requirements.unsupportedVersion(version)).isEmpty();
    }

    /** MySQL before 8.0.16 parses CHECK constraints but does not enforce them. */
    @ParameterizedTest
    @ValueSource(strings = {"5.7.44-log", "8.0.9", "8.0.15", "10.5.29-MariaDB-0+deb11u1", "9.9.9-MariaDB", "nonsense"})
    void olderVersionIsRefusedWithRequiredVersions(String version) {
        assertThat(Requirements.unsupportedVersion(version))
                .hasValueSatisfying(
                        message -> assertThat(message).contains(version, "too old", "MySQL 8.0.16", "MariaDB 10.6"));
    }
}
