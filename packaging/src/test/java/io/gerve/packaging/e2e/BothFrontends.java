package io.gerve.packaging.e2e;

import io.gerve.testbed.site.FrontendKind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/** JUnit extension that runs a test class once for each kind of frontend, on the shared gate of that kind. */
final class BothFrontends implements ClassTemplateInvocationContextProvider {
    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context) {
        return Stream.of(FrontendKind.values()).map(FrontendInvocation::new);
    }

    private record FrontendInvocation(FrontendKind frontend) implements ClassTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocation) {
            return frontend.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new SharedGate(frontend));
        }
    }
}
