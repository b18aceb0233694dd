package org.skyway.ivshmem.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The system calls of UNIX sockets, descriptors and mappings. Each answers what the kernel
/// answered, or the negated error number. None is for a packet's way, but [#signal].
final class UnixCalls {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    // spotless:off
    private static final MethodHandle SOCKET        = of("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND          = of("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN        = of("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CONNECT       = of("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle ACCEPT        = of("accept4", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECVMSG       = of("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SENDMSG       = of("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT    = of("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle POLL          = of("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CLOSE         = of("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle STATX         = of("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle FSTATFS       = of("fstatfs", JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle FTRUNCATE     = of("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MEMFD         = of("memfd_create", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle EVENTFD       = of("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle READ          = of("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle MMAP          = of("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP        = of("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    // C libraries before 2.36 have no function of that name.
    private static final MethodHandle PIDFD_OPEN    = find("syscall", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));
    private static final long PIDFD_OPEN_NUMBER = 434;
    private static final MethodHandle FCNTL         = find("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2), Linker.Option.captureCallState("errno"));
    private static final MethodHandle EVENTFD_WRITE = find("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle EXIT          = find("_exit", FunctionDescriptor.ofVoid(JAVA_INT));
    // spotless:on

    private UnixCalls() {}

    static int socket(int domain, int type) {
        return (int) call(SOCKET, domain, type, 0);
    }

    static int bind(int fd, MemorySegment address, int bytes) {
        return (int) call(BIND, fd, address, bytes);
    }

    static int listen(int fd, int backlog) {
        return (int) call(LISTEN, fd, backlog);
    }

    static int connect(int fd, MemorySegment address, int bytes) {
        return (int) call(CONNECT, fd, address, bytes);
    }

    static int accept(int fd, int flags) {
        return (int) call(ACCEPT, fd, 0L, 0L, flags);
    }

    static long recvmsg(int fd, MemorySegment header, int flags) {
        return call(RECVMSG, fd, header, flags);
    }

    static long sendmsg(int fd, MemorySegment header, int flags) {
        return call(SENDMSG, fd, header, flags);
    }

    static int getsockopt(
            int fd, int level, int option, MemorySegment value, MemorySegment length) {
        return (int) call(GETSOCKOPT, fd, level, option, value, length);
    }

    static int poll(MemorySegment descriptors, long count, int millis) {
        return (int) call(POLL, descriptors, count, millis);
    }

    static int close(int fd) {
        return (int) call(CLOSE, fd);
    }

    static int statx(int fd, MemorySegment path, int flags, int mask, MemorySegment result) {
        return (int) call(STATX, fd, path, flags, mask, result);
    }

    static int fstatfs(int fd, MemorySegment result) {
        return (int) call(FSTATFS, fd, result);
    }

    static int ftruncate(int fd, long bytes) {
        return (int) call(FTRUNCATE, fd, bytes);
    }

    static int memfd(MemorySegment name, int flags) {
        return (int) call(MEMFD, name, flags);
    }

    static int eventfd(int flags) {
        return (int) call(EVENTFD, 0, flags);
    }

    static int pidfd(int pid) {
        return (int) call(PIDFD_OPEN, PIDFD_OPEN_NUMBER, pid, 0);
    }

    static long read(int fd, MemorySegment target, long bytes) {
        return call(READ, fd, target, bytes);
    }

    static int fcntl(int fd, int command, int argument) {
        return (int) call(FCNTL, fd, command, argument);
    }

    static long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        return call(MMAP, address, bytes, protection, flags, fd, offset);
    }

    static int munmap(long address, long bytes) {
        return (int) call(MUNMAP, address, bytes);
    }

    static void exit(int status) {
        try {
            EXIT.invokeExact(status);
        } catch (Throwable e) {
            throw Syscalls.unexpected(e);
        }
    }

    // On a packet's way: allocates nothing, and nobody asks whether it worked.
    static void signal(int fd, long events) {
        try {
            int ignored = (int) EVENTFD_WRITE.invokeExact(fd, events);
        } catch (Throwable e) {
            throw Syscalls.unexpected(e);
        }
    }

    private static long call(MethodHandle handle, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            Object[] all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            long rc = ((Number) handle.invokeWithArguments(all)).longValue();
            return rc == -1 ? -(long) (int) ERRNO.get(state, 0L) : rc;
        } catch (Throwable e) {
            throw Syscalls.unexpected(e);
        }
    }

    private static MethodHandle of(String name, MemoryLayout result, MemoryLayout... arguments) {
        return find(
                name,
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    @SuppressWarnings("restricted") // this module is the one that may
    private static MethodHandle find(
            String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(name).orElseThrow(),
                type,
                Arrays.copyOf(options, options.length));
    }
}
