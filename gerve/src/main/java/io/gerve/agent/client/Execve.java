package io.gerve.agent.client;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** execve(2), which Java has no method for: the process goes on as another program, with its standard streams and its number. */
final class Execve {
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int FIRST_OF_OUR_OWN = 3;
    private static final long LAST = 0xFFFF_FFFFL;

    private final SymbolLookup symbols;
    /** For any function of three words; with one such handle in place of two the start takes less. */
    private final MethodHandle call;

    @SuppressWarnings("restricted") // There is no other way to execve.
    Execve() {
        Linker linker = Linker.nativeLinker();
        this.symbols = linker.defaultLookup();
        this.call = linker.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /**
     * Returns only if it failed. The JVM's own open files, the modules file as number 3 first of all, are not passed on; where the C library
     * is too old for close_range(2), closing them is left to ssh, which does so as it starts.
     *
     * @param environment as {@code NAME=value}, and nothing else
     */
    void replaceProcess(String program, List<String> arguments, List<String> environment) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment execve = symbols.findOrThrow("execve");
            MemorySegment path = arena.allocateFrom(program);
            MemorySegment argv = array(arena, arguments);
            MemorySegment envp = array(arena, environment);
            var closeRange = symbols.find("close_range");
            if (closeRange.isPresent()) {
                var _ = call(closeRange.get(), FIRST_OF_OUR_OWN, LAST, CLOSE_RANGE_CLOEXEC);
            }
            var _ = call(execve, path.address(), argv.address(), envp.address());
        }
    }

    private int call(MemorySegment function, long first, long second, long third) {
        try {
            return (int) call.invokeExact(function, first, second, third);
        } catch (Throwable e) {
            throw new IllegalStateException("a function of the C library cannot be called", e);
        }
    }

    private static MemorySegment array(Arena arena, List<String> texts) {
        MemorySegment array = arena.allocate(JAVA_LONG, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(JAVA_LONG, i, arena.allocateFrom(texts.get(i)).address());
        }
        return array;
    }
}
