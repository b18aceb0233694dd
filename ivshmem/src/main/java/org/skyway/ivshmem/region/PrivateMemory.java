package org.skyway.ivshmem.region;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// What is asked of the kernel for memory that is mapped already: `mmap(2)` over it, `madvise(2)`.
final class PrivateMemory {
    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_PRIVATE_FIXED_ANONYMOUS = 0x32;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final MethodHandle MMAP =
            find(
                    "mmap",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                            JAVA_LONG));
    private static final MethodHandle MADVISE =
            find("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private PrivateMemory() {}

    /// Replaces a mapping by zeroed memory. Other threads may touch it meanwhile.
    ///
    /// @param address where the mapping starts
    /// @param sizeBytes all of it
    static void overlay(long address, long sizeBytes) {
        long at;
        try {
            at =
                    (long)
                            MMAP.invokeExact(
                                    address,
                                    sizeBytes,
                                    PROT_READ_WRITE,
                                    MAP_PRIVATE_FIXED_ANONYMOUS,
                                    -1,
                                    0L);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing else", e);
        }
        if (at != address) {
            throw new OutOfMemoryError(
                    "no %d bytes in place of a region that was cut short".formatted(sizeBytes));
        }
    }

    /// Has all pages of a mapping there, so that no touch of one can fault for want of memory.
    /// Linux 5.14 or newer.
    ///
    /// @param address where the mapping starts
    /// @param sizeBytes all of it
    /// @return whether they are all there
    static boolean populate(long address, long sizeBytes) {
        try {
            return (int) MADVISE.invokeExact(address, sizeBytes, MADV_POPULATE_WRITE) == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing else", e);
        }
    }

    @SuppressWarnings("restricted") // this module is the one that may
    private static MethodHandle find(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
    }
}
