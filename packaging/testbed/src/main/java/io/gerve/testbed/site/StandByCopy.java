package io.gerve.testbed.site;

import java.io.IOException;
import java.nio.file.Path;

/** Copier of one file server's repositories to the other, in place of an operator's continuous replication. */
public final class StandByCopy {
    private final TestSite site;

    public StandByCopy(TestSite site) {
        this.site = site;
    }

    /** Copies all repositories. The arguments are indexes in {@link TestSite#fileServers()}. */
    public void copy(int from, int to) throws IOException, InterruptedException {
        Path source = site.fileServers().get(from).home().folder();
        Path target = site.fileServers().get(to).home().folder();
        site.shell()
                .run("cd '%s' && find . -maxdepth 1 -name '[0-9a-f]' -exec cp -a --remove-destination {} '%s/' ';'"
                        .formatted(source, target))
                .orThrow();
    }
}
