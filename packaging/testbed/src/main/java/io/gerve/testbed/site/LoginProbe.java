package io.gerve.testbed.site;

import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.process.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Probe that logs in to a file server as the gate does and runs a command, since an sshd may refuse an account because
 * of local settings.
 */
record LoginProbe(Path identity, Path folder) {
    private static final int ATTEMPTS = 20;

    boolean succeeds(LocalFileServer server) throws IOException, InterruptedException {
        var shell = new Shell(folder, Map.of(), Duration.ofSeconds(20));
        String login = "ssh -F /dev/null -i '%s' -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes"
                        .formatted(identity)
                + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
                + " -p %d '%s@127.0.0.1' 'gerve-repository version'".formatted(server.port(), server.user());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (shell.run(login).succeeded()) {
                return true;
            }
            Thread.sleep(Duration.ofMillis(100));
        }
        return false;
    }
}
