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

/**
 * JUnit extension that passes a gate to a test, or one gate of each frontend. The whole run shares them, so the test
 * must neither stop them nor change anything that other tests see.
 */
final class SharedGate implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedGate.class);

    private final FrontendKind frontend;

    SharedGate() {
        this(FrontendKind.FRONTEND);
    }

    SharedGate(FrontendKind frontend) {
        this.frontend = frontend;
    }

    /** Two gates with the same users and different repositories. */
    record OfEachFrontend(RunningGate frontend, RunningGate openssh) {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == RunningGate.class || type == OfEachFrontend.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningGate.class
                ? gate(frontend, context)
                : new OfEachFrontend(gate(FrontendKind.FRONTEND, context), gate(FrontendKind.OPENSSH, context));
    }

    private static RunningGate gate(FrontendKind frontend, ExtensionContext context) {
        // Not the store of the root, which ends with each class: Failsafe's JVMs run the classes one by one.
        return context.getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .getOrComputeIfAbsent(frontend, Holder::start, Holder.class)
                .gate();
    }

    /** Gate in the store of JUnit, which closes it after all tests. */
    record Holder(RunningGate gate, Path folder) implements AutoCloseable {
        static Holder start(FrontendKind frontend) {
            try {
                Path folder = Files.createTempDirectory("gerve-e2e-");
                return new Holder(RunningGate.start(folder, frontend), folder);
            } catch (Exception e) {
                throw new IllegalStateException("Cannot start the shared gate", e);
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
