package io.gerve.ssh;

import io.gerve.session.Client;
import io.gerve.session.Outcome;
import io.gerve.session.Request;
import io.gerve.session.RequestRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Small commands that show what the front end does with streams, statuses and threads. */
final class SampleCommands implements RequestRunner {
    final List<Request> seen = new CopyOnWriteArrayList<>();
    final List<String> endings = new CopyOnWriteArrayList<>();

    @Override
    public Outcome run(Request request, Client client) {
        seen.add(request);
        String[] words = request.execLine().split(" ", -1);
        try {
            return switch (words[0]) {
                case "" -> greet(client);
                case "whoami" -> say(client, request.fingerprint().text());
                case "address" -> say(client, request.address().getHostAddress());
                case "protocol" -> say(client, request.protocol().text());
                case "cat" -> cat(client);
                case "count" -> count(client);
                case "pattern" -> pattern(client, Long.parseLong(words[1]));
                case "exit" -> exit(client, Integer.parseInt(words[1]));
                case "signal" -> new Outcome.Signal(words[1]);
                case "wait" -> untilInterrupted(client);
                case "fail" -> throw new IllegalStateException("a bug");
                default -> new Outcome.Exit(127);
            };
        } catch (IOException e) {
            endings.add(words[0] + ": " + e.getMessage());
            return new Outcome.Exit(2);
        } catch (UncheckedIOException e) {
            return new Outcome.Exit(3);
        }
    }

    private static Outcome greet(Client client) throws IOException {
        client.stderr().write("Hi mojombo!\n".getBytes(StandardCharsets.UTF_8));
        return new Outcome.Exit(1);
    }

    private static Outcome say(Client client, String text) throws IOException {
        client.stdout().write((text + '\n').getBytes(StandardCharsets.UTF_8));
        return new Outcome.Exit(0);
    }

    private static Outcome cat(Client client) throws IOException {
        client.stdin().transferTo(client.stdout());
        return new Outcome.Exit(0);
    }

    /** Answers only after the client's end of file. */
    private static Outcome count(Client client) throws IOException {
        long bytes = 0;
        byte[] buffer = new byte[65536];
        for (int n = client.stdin().read(buffer); n >= 0; n = client.stdin().read(buffer)) {
            bytes += n;
        }
        return say(client, Long.toString(bytes));
    }

    private static Outcome pattern(Client client, long length) throws IOException {
        byte[] block = new byte[32768];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) ((i * 31) >> 3);
        }
        for (long left = length; left > 0; left -= Math.min(left, block.length)) {
            client.stdout().write(block, 0, (int) Math.min(left, block.length));
        }
        return new Outcome.Exit(0);
    }

    private static Outcome exit(Client client, int status) throws IOException {
        client.stdout().write("out".getBytes(StandardCharsets.UTF_8));
        client.stderr().write("err".getBytes(StandardCharsets.UTF_8));
        return new Outcome.Exit(status);
    }

    private Outcome untilInterrupted(Client client) throws IOException {
        client.stdout().write("waiting\n".getBytes(StandardCharsets.UTF_8));
        try {
            new CountDownLatch(1).await(5, TimeUnit.MINUTES);
            return new Outcome.Exit(0);
        } catch (InterruptedException e) {
            endings.add("wait: interrupted");
            client.stderr().write("ERROR: interrupted\n".getBytes(StandardCharsets.UTF_8));
            return new Outcome.Exit(75);
        }
    }
}
