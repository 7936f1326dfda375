package io.gerve.packaging.e2e;

import io.gerve.testbed.site.FrontendKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test one gate that the whole run shares, for tests that neither stop it nor change what others see; or one of each door. */
final class SharedGate implements ParameterResolver {
    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(SharedGate.class);

    private final FrontendKind door;

    SharedGate() {
        this(FrontendKind.FRONTEND);
    }

    SharedGate(FrontendKind door) {
        this.door = door;
    }

    /** Two gates with the same people, whose repositories are not the same. */
    record OfEachDoor(RunningGate frontend, RunningGate openssh) {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == RunningGate.class || type == OfEachDoor.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningGate.class
                ? gate(door, context)
                : new OfEachDoor(gate(FrontendKind.FRONTEND, context), gate(FrontendKind.OPENSSH, context));
    }

    private static RunningGate gate(FrontendKind door, ExtensionContext context) {
        return context.getRoot()
                .getStore(HERE)
                .getOrComputeIfAbsent(door, Holder::start, Holder.class)
                .gate();
    }

    /** Closed by JUnit when all tests have run. */
    record Holder(RunningGate gate, Path folder) implements AutoCloseable {
        static Holder start(FrontendKind door) {
            try {
                Path folder = Files.createTempDirectory("gerve-e2e-");
                return new Holder(RunningGate.start(folder, door), folder);
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
