package io.gerve.packaging.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test one gate that the whole run shares, for tests that neither stop it nor change what others see. */
final class SharedGate implements ParameterResolver {
    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(SharedGate.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningGate.class;
    }

    @Override
    public RunningGate resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(HERE)
                .getOrComputeIfAbsent(Holder.class, _ -> Holder.start(), Holder.class)
                .gate();
    }

    /** Closed by JUnit when all tests have run. */
    record Holder(RunningGate gate, Path folder) implements AutoCloseable {
        static Holder start() {
            try {
                Path folder = Files.createTempDirectory("gerve-e2e-");
                return new Holder(RunningGate.start(folder), folder);
            } catch (Exception e) {
                throw new IllegalStateException("the gate did not start", e);
            }
        }

        @Override
        public void close() throws IOException {
            gate.close();
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }
}
