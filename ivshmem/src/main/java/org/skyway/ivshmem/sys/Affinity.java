package org.skyway.ivshmem.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Where and when threads run.
public final class Affinity {
    private static final int MAX_CORES = 1024;

    private Affinity() {}

    /// Binds the calling thread to one core (`sched_setaffinity(2)`).
    ///
    /// @param core 0-based number of the core
    /// @throws IllegalArgumentException if there is no such core, or it is not allowed to this
    ///   process
    public static void pinCurrentThread(int core) {
        if (core < 0 || core >= MAX_CORES) {
            throw new IllegalArgumentException("core " + core + " is not in 0.." + (MAX_CORES - 1));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(MAX_CORES / 8, 8);
            set.setAtIndex(JAVA_LONG, core / 64, 1L << core);
            int rc = (int) Native.SCHED_SETAFFINITY.invokeExact(0, (long) MAX_CORES / 8, set);
            if (rc != 0) {
                throw new IllegalArgumentException(
                        "can't bind a thread to core %d: there is no such core among the %d of this process"
                                .formatted(core, Runtime.getRuntime().availableProcessors()));
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing else", e);
        }
    }

    /// Lets the calling thread run less while others want to (`nice(2)`, which on Linux is a
    /// thread's).
    ///
    /// @param more 1 to 19; the more, the less it runs
    public static void giveWay(int more) {
        try {
            int _ = (int) Native.NICE.invokeExact(more);
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing else", e);
        }
    }

    private static final class Native {
        static final MethodHandle SCHED_SETAFFINITY =
                find(
                        "sched_setaffinity",
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
        static final MethodHandle NICE = find("nice", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        @SuppressWarnings("restricted") // this module is the one that may
        private static MethodHandle find(String name, FunctionDescriptor type) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
        }
    }
}
