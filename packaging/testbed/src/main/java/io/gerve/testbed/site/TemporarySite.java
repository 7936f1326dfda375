package io.gerve.testbed.site;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.process.Programs;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;

/** Site with a database, Redis, two file servers and the user mojombo, in a temporary folder that {@link #close} removes. */
public final class TemporarySite implements AutoCloseable {
    private final Path folder;
    private final Deque<Closeable> running = new ArrayDeque<>();
    private final TestSite site;

    public TemporarySite() throws Exception {
        this.folder = Files.createTempDirectory("gerve-site-");
        try {
            this.site = start();
            populate();
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    private TestSite start() throws Exception {
        RunningMariaDb mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
        running.push(mariaDb::close);
        RunningRedis redis = RunningRedis.start(folder.resolve("redis"));
        running.push(redis::close);
        var stores = Stores.create(mariaDb, redis.uri().toString());
        var distribution = new Distribution(Path.of(System.getProperty("gerve.distribution")));
        var started = new TestSite(folder, distribution, stores, new Programs());
        running.push(started::close);
        return started;
    }

    private void populate() throws IOException, InterruptedException {
        LocalFileServer server = site.fileServers().getFirst();
        site.gerve("server create fs1 fs1a 127.0.0.1 --port %d --host-key '%s'"
                        .formatted(server.port(), server.home().hostKey()))
                .orThrow();
        site.gerve("account create mojombo").orThrow();
        site.gerve("key add --account mojombo " + SshKeys.publicKeyFile(site.newKey("mojombo")))
                .orThrow();
    }

    public TestSite site() {
        return site;
    }

    /** Ends what was started, and removes the folder. */
    @Override
    public void close() throws IOException {
        while (!running.isEmpty()) {
            running.pop().close();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
