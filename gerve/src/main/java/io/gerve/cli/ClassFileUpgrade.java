package io.gerve.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Copy of a jar with its classes in a newer format, which an AOT cache can hold. picocli's classes are in the format of
 * Java 5, without the stack maps that the cache needs. Their instructions stay as they are.
 */
final class ClassFileUpgrade {
    private static final int JAVA_6 = 50;
    private static final int JAVA_8 = 52;
    private static final String MODULE = "module-info.class";

    private ClassFileUpgrade() {}

    static void copy(Path jar, Path copy) throws IOException {
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                var source = new JarFile(jar.toFile());
                OutputStream file = Files.newOutputStream(copy);
                var target = new JarOutputStream(file)) {
            var format = ClassFile.of(
                    ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)
                            .orElse(ClassHierarchyResolver.defaultResolver())),
                    StackMapsOption.GENERATE_STACK_MAPS);
            for (JarEntry entry : Collections.list(source.entries())) {
                byte[] contents;
                try (var in = source.getInputStream(entry)) {
                    contents = in.readAllBytes();
                }
                target.putNextEntry(new JarEntry(entry.getName()));
                target.write(isClass(entry.getName()) ? upgraded(format, contents) : contents);
                target.closeEntry();
            }
        }
    }

    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.endsWith(MODULE);
    }

    private static byte[] upgraded(ClassFile format, byte[] contents) {
        ClassModel old = format.parse(contents);
        if (old.majorVersion() >= JAVA_6) {
            return contents;
        }
        // A body is written anew, with a stack map, only if a transform looks at it. Names of variables are for
        // debuggers.
        ClassTransform bodies = ClassTransform.transformingMethodBodies((code, element) -> {
            if (!(element instanceof LocalVariable) && !(element instanceof LocalVariableType)) {
                code.with(element);
            }
        });
        return format.transformClass(
                old, bodies.andThen(ClassTransform.endHandler(upgraded -> upgraded.withVersion(JAVA_8, 0))));
    }
}
