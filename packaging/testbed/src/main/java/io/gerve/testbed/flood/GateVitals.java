package io.gerve.testbed.flood;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Memory and descriptors of a Java process of this machine.
 *
 * @param heapBytes the heap in use after a full collection
 * @param residentBytes the resident memory
 * @param descriptors the open files and sockets
 * @param threads the threads of the operating system
 */
public record GateVitals(long heapBytes, long residentBytes, int descriptors, int threads) {
    private static final Pattern HEAP_USED = Pattern.compile("heap.* used (\\d+)K");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");
    private static final long KIBIBYTE = 1024;

    /** @throws IOException if the process does not run, or does not answer within a minute */
    public static GateVitals of(long pid) throws IOException, InterruptedException {
        long heap = KIBIBYTE * number(HEAP_USED, jcmd(pid, "GC.run\nGC.heap_info"));
        Path process = Path.of("/proc", Long.toString(pid));
        String status = Files.readString(process.resolve("status"));
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            return new GateVitals(
                    heap, KIBIBYTE * number(RESIDENT, status), (int) files.count(), (int) number(THREADS, status));
        }
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("Not found: " + pattern + " in: " + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Path output = Files.createTempFile("gerve-jcmd-", ".txt");
        try {
            Process process = new ProcessBuilder(program.toString(), Long.toString(pid), command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean hasEnded = process.waitFor(1, TimeUnit.MINUTES);
            process.destroyForcibly();
            String text = Files.readString(output);
            if (!hasEnded || process.exitValue() != 0) {
                throw new IOException("jcmd " + pid + " " + command + " failed: " + text);
            }
            return text;
        } finally {
            Files.delete(output);
        }
    }
}
