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

/** Request runner with small commands that exercise streams, exit statuses and threads. */
final class SampleCommands implements RequestRunner {
    final List<ClientRequest> requests = new CopyOnWriteArrayList<>();
    final List<String> endings = new CopyOnWriteArrayList<>();

    @Override
    public ExitResult run(ClientRequest request, ClientStreams client) {
        requests.add(request);
        String[] arguments = request.execLine().split(" ", -1);
        try {
            return switch (arguments[0]) {
                case "" -> greet(client);
                case "whoami" -> print(client, request.fingerprint().text());
                case "address" -> print(client, request.address().getHostAddress());
                case "protocol" -> print(client, request.protocol().text());
                case "cat" -> cat(client);
                case "count" -> count(client);
                case "pattern" -> pattern(client, Long.parseLong(arguments[1]));
                case "exit" -> exit(client, Integer.parseInt(arguments[1]));
                case "signal" -> new ExitResult.Signal(arguments[1]);
                case "wait" -> untilInterrupted(client);
                case "fail" -> throw new IllegalStateException("a bug");
                default -> new ExitResult.Status(127);
            };
        } catch (IOException e) {
            endings.add(arguments[0] + ": " + e.getMessage());
            return new ExitResult.Status(2);
        } catch (UncheckedIOException e) {
            return new ExitResult.Status(3);
        }
    }

    private static ExitResult greet(ClientStreams client) throws IOException {
        client.stderr().write("Hi mojombo!\n".getBytes(StandardCharsets.UTF_8));
        return new ExitResult.Status(1);
    }

    private static ExitResult print(ClientStreams client, String text) throws IOException {
        client.stdout().write((text + '\n').getBytes(StandardCharsets.UTF_8));
        return new ExitResult.Status(0);
    }

    private static ExitResult cat(ClientStreams client) throws IOException {
        client.stdin().transferTo(client.stdout());
        return new ExitResult.Status(0);
    }

    /** Prints the number of bytes after the client's end of file. */
    private static ExitResult count(ClientStreams client) throws IOException {
        long bytes = 0;
        byte[] buffer = new byte[65536];
        for (int n = client.stdin().read(buffer); n >= 0; n = client.stdin().read(buffer)) {
            bytes += n;
        }
        return print(client, Long.toString(bytes));
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
