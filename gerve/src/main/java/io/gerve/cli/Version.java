package io.gerve.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(Gerve.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
        return new String[] {"gerve " + version, "Java " + Runtime.version()};
    }
}
