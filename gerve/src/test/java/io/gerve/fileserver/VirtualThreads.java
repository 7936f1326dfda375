package io.gerve.fileserver;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;

/** Names of all threads, including the virtual ones that Thread.getAllStackTraces omits. */
final class VirtualThreads {
    private static final Pattern NAME = Pattern.compile("\"name\": \"([^\"]+)\"");

    private VirtualThreads() {}

    static List<String> names() throws IOException {
        var directory = Files.createTempDirectory("threads");
        var dump = directory.resolve("dump.json");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), ThreadDumpFormat.JSON);
        var text = Files.readString(dump);
        Files.delete(dump);
        Files.delete(directory);
        return NAME.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
