package org.skyway.ivshmem.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.nio.channels.SocketChannel;

/// Who is at the other end of a UNIX socket, as the kernel vouches for it (`SO_PEERCRED`, unix(7)):
/// the process that connected. The JDK tells its user, and not its process.
///
/// @param pid the process; 0 if it is in another pid namespace and can't be seen from here
/// @param uid its user
/// @param gid its group
public record PeerCredentials(int pid, int uid, int gid) {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int BYTES = 12;

    /// Asks the kernel.
    ///
    /// @param peer a connected UNIX socket, which nobody closes meanwhile
    /// @return the credentials of the process that connected, or that listens
    /// @throws IOException if the kernel does not say, or this JVM does not let us ask
    public static PeerCredentials of(SocketChannel peer) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(BYTES, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, BYTES);
            int rc =
                    (int)
                            Native.GETSOCKOPT.invokeExact(
                                    (int) Native.DESCRIPTOR.invoke(peer),
                                    SOL_SOCKET,
                                    SO_PEERCRED,
                                    credentials,
                                    length);
            if (rc != 0 || length.get(JAVA_INT, 0) != BYTES) {
                throw new IOException("the kernel does not say who is at the other end of " + peer);
            }
            return new PeerCredentials(
                    credentials.get(JAVA_INT, 0),
                    credentials.get(JAVA_INT, 4),
                    credentials.get(JAVA_INT, 8));
        } catch (IOException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(
                    "can't ask for the credentials of a peer; start the JVM with the options of .mvn/skyway-jvm.options",
                    e);
        }
    }

    private static final class Native {
        static final Method DESCRIPTOR = descriptor();
        static final MethodHandle GETSOCKOPT = find();

        private static Method descriptor() {
            try {
                Method method = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
                method.setAccessible(true);
                return method;
            } catch (ReflectiveOperationException | RuntimeException e) {
                throw new IllegalStateException("this JDK keeps its descriptors to itself", e);
            }
        }

        @SuppressWarnings("restricted") // this module is the one that may
        private static MethodHandle find() {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().find("getsockopt").orElseThrow(),
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        }
    }
}
