package io.gerve.routing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Server in the place of Redis, of which each batch of keys is followed by another. */
final class EndlessRedis implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());

    EndlessRedis() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    URI uri() {
        return URI.create("redis://127.0.0.1:" + listener.getLocalPort());
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException _) {
            // The test has ended.
        }
    }

    private static void serve(Socket client) {
        try (client;
                var in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int words = Integer.parseInt(line.substring(1));
                String command = "";
                for (int i = 0; i < words; i++) {
                    in.readLine();
                    String word = in.readLine();
                    command = i == 0 ? word : command;
                }
                client.getOutputStream().write(reply(command).getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException _) {
            // The client has given up.
        }
    }

    private static String reply(String command) {
        return switch (command) {
            case "HELLO" -> "*2\r\n$5\r\nproto\r\n:2\r\n";
            case "SCAN" -> "*2\r\n$1\r\n7\r\n*1\r\n$1\r\nk\r\n";
            default -> "+OK\r\n";
        };
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
