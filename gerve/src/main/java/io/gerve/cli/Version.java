package io.gerve.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Versions of Gerve and of Java, as {@code --version} prints them. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(Gerve.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
        return new String[] {"gerve " + version, "Java " + Runtime.version()};
    }
}
