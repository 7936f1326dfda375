package io.gerve.packaging.e2e;

import io.gerve.testbed.site.FrontendKind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs a class of tests once for each door, on the shared gate that has it. */
final class BothFrontends implements ClassTemplateInvocationContextProvider {
    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context) {
        return Stream.of(FrontendKind.values()).map(Through::new);
    }

    private record Through(FrontendKind door) implements ClassTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocation) {
            return door.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new SharedGate(door));
        }
    }
}
