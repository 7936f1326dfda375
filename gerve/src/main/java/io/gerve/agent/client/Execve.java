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

/**
 * Call of execve(2), for which Java has no method: it replaces the process with another program that keeps the process
 * id, the standard streams and the connection to the agent.
 */
final class Execve {
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int FIRST_DESCRIPTOR = 3;
    private static final long LAST_DESCRIPTOR = 0xFFFF_FFFFL;
    private static final int SEARCHED_DESCRIPTORS = 256;
    /** Size of a sockaddr_un, and of its family, after which the name begins. */
    private static final int ADDRESS_BYTES = 110;

    private static final int FAMILY_BYTES = 2;

    private final SymbolLookup symbols;
    /** Handle for any function with three word-sized arguments. One handle instead of two shortens the start. */
    private final MethodHandle call;

    @SuppressWarnings("restricted") // There is no other way to execve.
    Execve() {
        Linker linker = Linker.nativeLinker();
        this.symbols = linker.defaultLookup();
        this.call = linker.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /**
     * Returns a descriptor of the connection to the agent that the next program inherits. All other open files of the
     * JVM, such as its modules file (descriptor 3), are marked close-on-exec. If the C library is too old for
     * close_range(2), ssh closes them when it starts.
     *
     * @throws IllegalStateException if there is no connection
     */
    int inheritedConnection() {
        var closeRange = symbols.find("close_range");
        if (closeRange.isPresent()) {
            var _ = call(closeRange.get(), FIRST_DESCRIPTOR, LAST_DESCRIPTOR, CLOSE_RANGE_CLOEXEC);
        }
        return call(symbols.findOrThrow("dup"), connection(), 0, 0);
    }

    /** Returns the only connected socket whose peer has a name. Java does not tell the descriptor of a channel. */
    private int connection() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment getpeername = symbols.findOrThrow("getpeername");
            MemorySegment address = arena.allocate(ADDRESS_BYTES);
            MemorySegment length = arena.allocate(JAVA_INT);
            for (int descriptor = FIRST_DESCRIPTOR; descriptor < SEARCHED_DESCRIPTORS; descriptor++) {
                length.set(JAVA_INT, 0, ADDRESS_BYTES);
                if (call(getpeername, descriptor, address.address(), length.address()) == 0
                        && length.get(JAVA_INT, 0) > FAMILY_BYTES) {
                    return descriptor;
                }
            }
            throw new IllegalStateException("no connection to the agent");
        }
    }

    /**
     * Replaces the process. Returns only on failure.
     *
     * @param environment the complete environment, as {@code NAME=value}
     */
    void replaceProcess(String program, List<String> arguments, List<String> environment) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment execve = symbols.findOrThrow("execve");
            MemorySegment path = arena.allocateFrom(program);
            MemorySegment argv = array(arena, arguments);
            MemorySegment envp = array(arena, environment);
            var _ = call(execve, path.address(), argv.address(), envp.address());
        }
    }

    private int call(MemorySegment function, long first, long second, long third) {
        try {
            return (int) call.invokeExact(function, first, second, third);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call a function of the C library", e);
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
