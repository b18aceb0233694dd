package org.skyway.ivshmem.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.skyway.ivshmem.region.Memory;

/// The system calls of sockets that the JDK does not have. Each answers what the kernel answered,
/// or the negated error number. Those that move frames never allocate.
final class Syscalls {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(PathElement.groupElement("errno")).withInvokeExactBehavior();

    // spotless:off
    private static final MethodHandle SOCKET         = control("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND           = control("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT     = control("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT     = control("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle IOCTL          = control("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE          = control("close", JAVA_INT);
    private static final MethodHandle SENDTO         = control("sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMMSG       = find("recvmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle SENDMMSG       = find("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN           = control("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle READ           = find("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE          = find("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle EPOLL_CREATE   = find("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CTL      = find("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle EPOLL_WAIT     = find("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle ERRNO_LOCATION = find("__errno_location", FunctionDescriptor.of(JAVA_LONG));
    // spotless:on

    private Syscalls() {}

    // Where a call leaves its error number: one for each thread that calls at the same time.
    static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    static int socket(MemorySegment state, int domain, int type, int protocol) {
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int bind(MemorySegment state, int fd, MemorySegment address) {
        try {
            return result(
                    (int) BIND.invokeExact(state, fd, address, (int) address.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int setsockopt(MemorySegment state, int fd, int level, int option, MemorySegment value) {
        try {
            return result(
                    (int)
                            SETSOCKOPT.invokeExact(
                                    state, fd, level, option, value, (int) value.byteSize()),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int getsockopt(
            MemorySegment state,
            int fd,
            int level,
            int option,
            MemorySegment value,
            MemorySegment length) {
        try {
            return result(
                    (int) GETSOCKOPT.invokeExact(state, fd, level, option, value, length), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int ioctl(MemorySegment state, int fd, long request, MemorySegment argument) {
        try {
            return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int recvmmsg(int fd, long messages, int count, int flags) {
        try {
            int rc = (int) RECVMMSG.invokeExact(fd, messages, count, flags, 0L);
            return rc >= 0 ? rc : -lastErrno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int sendmmsg(int fd, long messages, int count, int flags) {
        try {
            int rc = (int) SENDMMSG.invokeExact(fd, messages, count, flags);
            return rc >= 0 ? rc : -lastErrno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int open(MemorySegment state, MemorySegment path, int flags) {
        try {
            return result((int) OPEN.invokeExact(state, path, flags), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int read(int fd, long address, int bytes) {
        try {
            long rc = (long) READ.invokeExact(fd, address, (long) bytes);
            return rc >= 0 ? (int) rc : -lastErrno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int write(int fd, long address, int bytes) {
        try {
            long rc = (long) WRITE.invokeExact(fd, address, (long) bytes);
            return rc >= 0 ? (int) rc : -lastErrno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int epollCreate(int flags) {
        try {
            int rc = (int) EPOLL_CREATE.invokeExact(flags);
            return rc >= 0 ? rc : -lastErrno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int epollCtl(int set, int operation, int fd, long event) {
        try {
            int rc = (int) EPOLL_CTL.invokeExact(set, operation, fd, event);
            return rc >= 0 ? rc : -lastErrno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int epollWait(int set, long events, int most, int millis) {
        try {
            int rc = (int) EPOLL_WAIT.invokeExact(set, events, most, millis);
            return rc >= 0 ? rc : -lastErrno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int sendto(
            MemorySegment state, int fd, MemorySegment data, int flags, MemorySegment address) {
        try {
            long rc =
                    (long)
                            SENDTO.invokeExact(
                                    state,
                                    fd,
                                    data,
                                    data.byteSize(),
                                    flags,
                                    address,
                                    (int) address.byteSize());
            return result((int) rc, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int close(MemorySegment state, int fd) {
        try {
            return result((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static int result(int rc, MemorySegment state) {
        return rc >= 0 ? rc : -(int) ERRNO.get(state, 0L);
    }

    // The linker's own way to capture the error number makes an object of 40 bytes at each call
    // that
    // is not inlined. A safepoint may come between the call and this and change the number, very
    // rarely; so whoever uses it must be able to live with a wrong one.
    private static int lastErrno() throws Throwable {
        return Memory.getInt((long) ERRNO_LOCATION.invokeExact());
    }

    /// What a downcall has thrown, to be thrown on: it throws nothing but what the JVM does.
    static RuntimeException unexpected(Throwable e) {
        if (e instanceof RuntimeException runtime) {
            return runtime;
        }
        if (e instanceof Error error) {
            throw error;
        }
        throw new AssertionError("a downcall throws nothing else", e);
    }

    private static MethodHandle control(String name, MemoryLayout... arguments) {
        return control(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle control(
            String name, FunctionDescriptor type, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return find(name, type, all);
    }

    @SuppressWarnings("restricted") // this module is the one that may
    private static MethodHandle find(
            String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(name).orElseThrow(), type, options);
    }
}
