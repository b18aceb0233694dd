package org.skyway.ivshmem.region;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// Anonymous memory at a place where something else was mapped (`mmap(2)`).
final class PrivateMemory {
    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_PRIVATE_FIXED_ANONYMOUS = 0x32;
    private static final MethodHandle MMAP = find();

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

    @SuppressWarnings("restricted") // this module is the one that may
    private static MethodHandle find() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find("mmap").orElseThrow(),
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    }
}
