package io.gerve.ssh;

import io.gerve.request.ClientRequest;
import io.gerve.request.ClientStreams;
import io.gerve.request.ExitResult;
import io.gerve.request.RequestRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Small commands that show what the front end does with streams, statuses and threads. */
final class SampleCommands implements RequestRunner {
    final List<ClientRequest> seen = new CopyOnWriteArrayList<>();
    final List<String> endings = new CopyOnWriteArrayList<>();

    @Override
    public ExitResult run(ClientRequest request, ClientStreams client) {
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
                case "signal" -> new ExitResult.Signal(words[1]);
                case "wait" -> untilInterrupted(client);
                case "fail" -> throw new IllegalStateException("a bug");
                default -> new ExitResult.Status(127);
            };
        } catch (IOException e) {
            endings.add(words[0] + ": " + e.getMessage());
            return new ExitResult.Status(2);
        } catch (UncheckedIOException e) {
            return new ExitResult.Status(3);
        }
    }

    private static ExitResult greet(ClientStreams client) throws IOException {
        client.stderr().write("Hi mojombo!\n".getBytes(StandardCharsets.UTF_8));
        return new ExitResult.Status(1);
    }

    private static ExitResult say(ClientStreams client, String text) throws IOException {
        client.stdout().write((text + '\n').getBytes(StandardCharsets.UTF_8));
        return new ExitResult.Status(0);
    }

    private static ExitResult cat(ClientStreams client) throws IOException {
        client.stdin().transferTo(client.stdout());
        return new ExitResult.Status(0);
    }

    /** Answers only after the client's end of file. */
    private static ExitResult count(ClientStreams client) throws IOException {
        long bytes = 0;
        byte[] buffer = new byte[65536];
        for (int n = client.stdin().read(buffer); n >= 0; n = client.stdin().read(buffer)) {
            bytes += n;
        }
        return say(client, Long.toString(bytes));
    }

    private static ExitResult pattern(ClientStreams client, long length) throws IOException {
        byte[] block = new byte[32768];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) ((i * 31) >> 3);
        }
        for (long left = length; left > 0; left -= Math.min(left, block.length)) {
            client.stdout().write(block, 0, (int) Math.min(left, block.length));
        }
        return new ExitResult.Status(0);
    }

    private static ExitResult exit(ClientStreams client, int status) throws IOException {
        client.stdout().write("out".getBytes(StandardCharsets.UTF_8));
        client.stderr().write("err".getBytes(StandardCharsets.UTF_8));
        return new ExitResult.Status(status);
    }

    private ExitResult untilInterrupted(ClientStreams client) throws IOException {
        client.stdout().write("waiting\n".getBytes(StandardCharsets.UTF_8));
        try {
            new CountDownLatch(1).await(5, TimeUnit.MINUTES);
            return new ExitResult.Status(0);
        } catch (InterruptedException e) {
            endings.add("wait: interrupted");
            client.stderr().write("ERROR: interrupted\n".getBytes(StandardCharsets.UTF_8));
            return new ExitResult.Status(75);
        }
    }
}
