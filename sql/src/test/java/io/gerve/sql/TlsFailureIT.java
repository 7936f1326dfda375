package io.gerve.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Tests of TLS connections to a MariaDB, and of what the operator is told when they fail. */
@DisabledIfSystemProperty(named = "gerve.mysql.home", matches = ".+", disabledReason = "MariaDB's options")
class TlsFailureIT {
    @TempDir
    private Path folder;

    @Test
    void certificateIsVerifiedAndEachFaultIsExplained() throws Exception {
        Path authority = TlsFiles.copy("authority.p12", folder);
        Path certificate = TlsFiles.copy("server.pem", folder);
        Path key = TlsFiles.copy("server-key.pem", folder);
        try (var server = RunningMariaDb.start(
                folder.resolve("mariadb"), List.of("--ssl=1", "--ssl-cert=" + certificate, "--ssl-key=" + key))) {
            var trusted = Truststore.ofFile(authority, TlsFiles.PASSWORD);
            assertThat(fault(server.settings(""), "", trusted)).isEmpty();
            assertThat(fault(server.settings(""), "?sslMode=VERIFY_IDENTITY", new Truststore.OfJava()))
                    .isEqualTo("the certificate of the server is from an unknown authority: name a truststore that has"
                            + " the authority's certificate in database.truststore");
            assertThat(fault(server.settings("").url().replace("127.0.0.1", "localhost"), server.settings(""), trusted))
                    .isEqualTo("the certificate of the server is for another name: name the server in database.url as"
                            + " its certificate does");
            Files.move(TlsFiles.copy("expired.pem", folder), certificate, StandardCopyOption.REPLACE_EXISTING);
            reloadCertificate(server.settings(""));
            assertThat(fault(server.settings(""), "", trusted))
                    .isEqualTo("the certificate of the server has expired: renew it on the server");
        }
    }

    private static void reloadCertificate(DatabaseSettings settings) throws SQLException {
        try (var connection = DriverManager.getConnection(
                        settings.url() + "?sslMode=DISABLED", settings.user(), settings.password());
                var statement = connection.createStatement()) {
            statement.execute("FLUSH SSL");
        }
    }

    @Test
    void truststoreWithAnotherPasswordIsRefusedWithTheSetting() throws Exception {
        Path authority = TlsFiles.copy("authority.p12", folder);
        assertThatThrownBy(() -> Truststore.ofFile(authority, "wrong"))
                .hasMessageContaining("truststore_password_file is missing or has another password");
    }

    private static String fault(DatabaseSettings settings, String option, Truststore truststore) {
        return fault(settings.url() + option, settings, truststore);
    }

    private static String fault(String url, DatabaseSettings settings, Truststore truststore) {
        try (var database = new Database(new DatabaseSettings(
                url, settings.user(), settings.password(), 1, settings.queryTimeout(), truststore))) {
            return database.fault().orElse("");
        }
    }
}
