package io.gerve.testbed.benchmark;

import io.gerve.config.CacheSettings;
import io.gerve.config.KeyPolicySettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.CachedKeyDirectory;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.MysqlKeyDirectory;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.policy.CompromisedKeys;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * {@code packaging/benchmark keys [COUNT]}, which measures the look-up of a key among ten thousand keys and among COUNT
 * keys (default ten million), in the database and in a gate's cache (keylookup/keys/RATIONALE.md, "What a lookup
 * costs"). It needs 5 GB of disk and ten minutes.
 */
public final class KeyLookupBenchmark {
    private static final long FEW = 10_000;
    private static final long MANY = 10_000_000;
    private static final int ROUNDS = 20_000;
    private static final int CALLERS = 8;
    private static final long CHUNK = 500_000;

    /** Beginning of the blob of an Ed25519 key, before the 32 bytes of the key itself. */
    private static final String ED25519 = "0000000b7373682d6564323535313900000020";

    private KeyLookupBenchmark() {}

    /** Runs the benchmark. The system property {@code gerve.mariadb.home} names the folder of the unpacked MariaDB. */
    public static void main(String[] arguments) throws Exception {
        long many = arguments.length == 0 ? MANY : Long.parseLong(arguments[0]);
        Path folder = Files.createTempDirectory("gerve-benchmark-");
        try (var mariaDb = RunningMariaDb.start(folder.resolve("mariadb"))) {
            System.out.printf("%-12s %-34s %10s %10s %10s%n", "keys", "look-up", "p50 µs", "p99 µs", "per s");
            for (long count : new long[] {FEW, many}) {
                DatabaseSettings settings = mariaDb.newMigratedDatabase();
                fill(settings, count);
                measure(settings, count);
            }
        } finally {
            remove(folder);
        }
    }

    private static void fill(DatabaseSettings settings, long count) throws SQLException {
        try (Connection connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
                Statement sql = connection.createStatement()) {
            sql.execute("SET GLOBAL innodb_buffer_pool_size = 1 << 30");
            sql.execute("SET unique_checks = 0, foreign_key_checks = 0");
            // Fingerprints are in random order. An index that is built at the end is built by sorting.
            sql.execute("ALTER TABLE public_keys DROP INDEX public_keys_fingerprint");
            for (long from = 0; from < count; from += CHUNK) {
                String numbers = numbers(from, Math.min(CHUNK, count - from));
                sql.execute("INSERT INTO accounts (id, login, kind, created_at)"
                        + " SELECT n, CONCAT('u', n), 'user', NOW(6) FROM " + numbers);
                sql.execute("INSERT INTO public_keys"
                        + " (id, account_id, algorithm, bits, key_blob, fingerprint, title, created_at)"
                        + " SELECT n, n, 'ssh-ed25519', 256, blob_of_n, UNHEX(SHA2(blob_of_n, 256)), 'laptop', NOW(6) FROM"
                        + " (SELECT n, CONCAT(UNHEX('" + ED25519 + "'), UNHEX(SHA2(n, 256))) AS blob_of_n FROM "
                        + numbers
                        + ") AS made");
            }
            sql.execute("ALTER TABLE public_keys ADD UNIQUE INDEX public_keys_fingerprint (fingerprint)");
            sql.execute("ANALYZE TABLE accounts, public_keys");
        }
    }

    /** Returns a derived table of {@code count} numbers that begins with 1 + {@code from}. */
    private static String numbers(long from, long count) {
        String digits = IntStream.range(0, 10)
                .mapToObj(d -> "SELECT " + d + " AS d")
                .reduce((a, b) -> a + " UNION ALL " + b)
                .orElseThrow();
        String tables = IntStream.range(0, 6)
                .mapToObj(i -> "(" + digits + ") AS t" + i)
                .reduce((a, b) -> a + ", " + b)
                .orElseThrow();
        String sum = "t0.d + 10 * t1.d + 100 * t2.d + 1000 * t3.d + 10000 * t4.d + 100000 * t5.d";
        return "(SELECT 1 + " + from + " + " + sum + " AS n FROM " + tables + " WHERE " + sum + " < " + count
                + ") AS numbers";
    }

    private static void measure(DatabaseSettings settings, long count) throws Exception {
        try (var database = new Database(settings)) {
            var policy = new KeyPolicy(
                    new KeyPolicySettings(2048, 3072, KeyPolicySettings.WeakKeys.WARN, List.of()),
                    new CompromisedKeys(List.of(), System::nanoTime));
            var directory = new MysqlKeyDirectory(database, policy);
            find(directory, sample(count, 1), 1);
            print(count, "database, one caller", find(directory, sample(count, 2), 1));
            print(count, "database, " + CALLERS + " callers", find(directory, sample(count, 3), CALLERS));
            print(count, "database, unknown key", find(directory, sample(-count, 4), 1));
            var lookup =
                    new CacheSettings(Duration.ofHours(1), Duration.ofHours(1), ROUNDS, Duration.ofSeconds(2), CALLERS);
            var cached = new CachedKeyDirectory(directory, lookup, new NoInvalidations(), System::nanoTime);
            Fingerprint[] few = Arrays.copyOf(sample(count, 5), ROUNDS / 10);
            find(cached, few, 1);
            find(cached, repeated(few), 1);
            print(count, "cache, one caller", find(cached, repeated(few), 1));
        }
    }

    /** Median and 99th percentile in microseconds, and look-ups in a second, of all callers together. */
    private record LookupTimes(double median, double p99, double perSecond) {}

    private static void print(long count, String what, LookupTimes times) {
        System.out.printf(
                "%-12d %-34s %10.1f %10.1f %10.0f%n", count, what, times.median(), times.p99(), times.perSecond());
    }

    /** @param count the number of registered keys to sample from; negative to sample unregistered keys */
    private static Fingerprint[] sample(long count, int seed) {
        var random = new Random(seed);
        LongStream numbers = count > 0
                ? random.longs(ROUNDS, 1, count + 1)
                : random.longs(ROUNDS, 1, 1 - count).map(n -> -n);
        return numbers.mapToObj(KeyLookupBenchmark::fingerprint).toArray(Fingerprint[]::new);
    }

    private static Fingerprint[] repeated(Fingerprint[] keys) {
        return Stream.generate(() -> keys).limit(10).flatMap(Arrays::stream).toArray(Fingerprint[]::new);
    }

    /** Returns the fingerprint of the key with this number in {@link #fill}. */
    private static Fingerprint fingerprint(long number) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            byte[] key = sha256.digest(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
            sha256.update(HexFormat.of().parseHex(ED25519));
            return Fingerprint.ofDigest(sha256.digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static LookupTimes find(KeyDirectory directory, Fingerprint[] keys, int callers)
            throws InterruptedException, ExecutionException {
        long[] nanos = new long[keys.length];
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = IntStream.range(0, callers)
                    .mapToObj(caller -> threads.submit(() -> find(directory, keys, nanos, caller, callers)))
                    .toList();
            for (Future<Integer> one : all) {
                one.get();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Arrays.sort(nanos);
        return new LookupTimes(
                nanos[nanos.length / 2] / 1e3, nanos[nanos.length * 99 / 100] / 1e3, nanos.length / seconds);
    }

    /** Returns the number of keys that were found. */
    private static int find(KeyDirectory directory, Fingerprint[] keys, long[] nanos, int from, int step)
            throws LookupUnavailable {
        int found = 0;
        for (int i = from; i < keys.length; i += step) {
            long start = System.nanoTime();
            found += directory.find(keys[i]).value().isPresent() ? 1 : 0;
            nanos[i] = System.nanoTime() - start;
        }
        return found;
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    /** Invalidation bus that does nothing, since there is only one program. */
    private static final class NoInvalidations implements InvalidationBus {
        @Override
        public boolean publish(Invalidation change) {
            return true;
        }

        @Override
        public void listen(Consumer<Invalidation> listener) {}

        @Override
        public boolean isConnected() {
            return true;
        }
    }
}
