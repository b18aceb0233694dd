package org.skyway.ivshmem.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// System calls that only tests need. Each answers what the kernel answered, -1 for any error.
final class TestCalls {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;

    private static final int CLONE_NEWNET = 0x40000000;
    private static final MethodHandle OPEN = find("open", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETNS = find("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle WRITE =
            find("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle CLOSE = find("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKET =
            find("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = find("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECV =
            find("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private TestCalls() {}

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) OPEN.invokeExact(arena.allocateFrom(path), flags);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int enterNetworkNamespace(int fd) {
        try {
            return (int) SETNS.invokeExact(fd, CLONE_NEWNET);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static long write(int fd, byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            return (long) WRITE.invokeExact(fd, memory, (long) bytes.length);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// Makes a UNIX socket for datagrams.
    ///
    /// @param address what follows the family in `sockaddr_un`
    /// @return its descriptor; -1 for any error
    static int receiver(byte[] address) {
        int family = 1;
        int datagrams = 2;
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) SOCKET.invokeExact(family, datagrams, 0);
            MemorySegment memory = arena.allocate(2 + address.length, 2);
            memory.set(ValueLayout.JAVA_SHORT, 0, (short) family);
            MemorySegment.copy(address, 0, memory, ValueLayout.JAVA_BYTE, 2, address.length);
            return (int) BIND.invokeExact(fd, memory, (int) memory.byteSize()) == 0 ? fd : -1;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// Takes what has come.
    ///
    /// @return a datagram's bytes; null if there is none
    static byte[] receive(int fd) {
        int dontWait = 0x40;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(65536);
            long length = (long) RECV.invokeExact(fd, memory, memory.byteSize(), dontWait);
            return length < 0 ? null : memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("restricted") // this module is the one that may
    private static MethodHandle find(
            String function, MemoryLayout result, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(function).orElseThrow(),
                FunctionDescriptor.of(result, arguments));
    }
}
