package org.skyway.ivshmem.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.concurrent.ThreadLocalRandom;
import org.skyway.ivshmem.region.Memory;

/// An Ethernet interface of this host whose other end is this process (Linux,
/// `networking/tuntap.rst`): what the host sends out of it is received here, and what is sent here
/// the host receives. It is there for as long as the device is open. Nothing blocks, and neither
/// direction allocates.
///
/// One thread at a time may receive and one may send, and neither during or after [#close]; the
/// other methods are for any thread.
public final class TapDevice implements HostInterface, AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFREQ_BYTES = 40;
    private static final int FLAGS = 16;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;

    private static final int FRAMES = 32;
    private static final int BEHIND = 64; // what copying in steps of 64 bytes may read

    private final String name;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Syscalls.newState(arena);
    private final int maxFrameBytes;
    private final int stride;
    private final MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
    private final long buffers;
    private final Counter errors = new Counter();
    private Netdevice device;
    private int fd = -1;
    private int socket = -1;
    private final boolean wasThere;

    private TapDevice(String name, int maxFrameBytes) throws IOException {
        this.name = name;
        this.maxFrameBytes = maxFrameBytes;
        stride = (maxFrameBytes + 1 + BEHIND + 63) & ~63;
        buffers = arena.allocate((long) FRAMES * stride, 64).address();
        try {
            fd =
                    Syscalls.open(
                            state,
                            arena.allocateFrom("/dev/net/tun"),
                            O_RDWR | O_NONBLOCK | O_CLOEXEC);
            check(fd, "open /dev/net/tun for");
            socket = Syscalls.socket(state, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            check(socket, "ask about");
            wasThere = Netdevice.isThere(arena, socket, name);
            byte[] bytes = name.getBytes(US_ASCII);
            Memory.copyFromArray(bytes, 0, request.address(), bytes.length);
            Memory.putShort(request.address() + FLAGS, IFF_TAP | IFF_NO_PI);
            check(Syscalls.ioctl(state, fd, TUNSETIFF, request), "make");
            // One that another process has left goes with this one.
            check(Syscalls.ioctl(state, fd, TUNSETPERSIST, MemorySegment.NULL), "take over");
            device = new Netdevice(arena, socket, name);
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// Makes an interface, which is down at first.
    ///
    /// @param name its name; one that another process has open can't be had, nor one of another
    ///   kind
    /// @param maxFrameBytes longest frame to hand out; longer ones count as errors
    /// @return the device
    /// @throws IOException if it can't be made
    /// @throws IllegalArgumentException if the name can't be one of an interface
    public static TapDevice open(String name, int maxFrameBytes) throws IOException {
        Netdevice.checkName(name);
        return new TapDevice(name, maxFrameBytes);
    }

    /// Its descriptor, which can be read while frames are there: to ask an idle interface costs a
    /// system call, so whoever has many asks a [ReadableSet] which of them to ask.
    ///
    /// @return open until [#close]
    @Override
    public int descriptor() {
        return fd;
    }

    /// Fetches frames that the host has sent.
    ///
    /// A frame lies in memory of this device, may be changed in place, and is valid until the next
    /// call. Up to the next multiple of 64 bytes behind its start more bytes may be read.
    ///
    /// @param addresses where each frame's address goes, for [Memory]
    /// @param lengths where each frame's length goes, in bytes
    /// @param max most frames, 1 or more
    /// @return how many came
    public int rxBurst(long[] addresses, int[] lengths, int max) {
        int n = 0;
        int most = Math.min(max, FRAMES);
        for (int tries = 0; tries < most; tries++) {
            long frame = buffers + (long) n * stride;
            int length = Syscalls.read(fd, frame, maxFrameBytes + 1);
            if (length <= 0) {
                break; // nothing there, or the interface is down or gone
            }
            if (length > maxFrameBytes) {
                errors.add(1);
                continue;
            }
            addresses[n] = frame;
            lengths[n++] = length;
        }
        return n;
    }

    /// Has the host receive frames. Their memory is free again on return.
    ///
    /// @param addresses of mapped memory
    /// @param lengths in bytes
    /// @param from index of the first in both arrays
    /// @param count of frames
    /// @return how many the kernel took, from the first on; less than `count` if the interface is
    ///   down or gone
    public int txBurst(long[] addresses, int[] lengths, int from, int count) {
        for (int i = 0; i < count; i++) {
            if (Syscalls.write(fd, addresses[from + i], lengths[from + i]) < 0) {
                return i;
            }
        }
        return count;
    }

    /// Frames that were longer than the limit.
    ///
    /// @return since it was opened
    public long rxErrors() {
        return errors.get();
    }

    /// What it can do at the moment.
    ///
    /// @return [InterfaceState#GONE] if somebody has removed it
    public synchronized InterfaceState linkState() {
        checkOpen();
        InterfaceState link = device.linkState();
        return isElsewhere(link) ? InterfaceState.ELSEWHERE : link;
    }

    @Override
    public synchronized InterfaceFacts facts() {
        checkOpen();
        InterfaceFacts facts = device.facts();
        return isElsewhere(facts.state()) ? InterfaceFacts.absent(InterfaceState.ELSEWHERE) : facts;
    }

    private boolean isElsewhere(InterfaceState link) {
        return link == InterfaceState.GONE && Syscalls.ioctl(state, fd, TUNGETIFF, request) >= 0;
    }

    @Override
    public synchronized void setAdminUp(boolean up) throws IOException {
        checkOpen();
        device.setAdminUp(up);
    }

    @Override
    public synchronized String[] driver() {
        checkOpen();
        return device.driver();
    }

    /// Its MAC address.
    ///
    /// @return 48 bits, the first byte uppermost
    /// @throws IOException if the interface is gone
    public synchronized long mac() throws IOException {
        checkOpen();
        return device.mac();
    }

    /// Gives it another MAC address.
    ///
    /// @param mac 48 bits
    /// @throws IOException if it can't have that, or is gone
    public synchronized void setMac(long mac) throws IOException {
        checkOpen();
        device.setMac(mac);
    }

    @Override
    public synchronized int mtu() throws IOException {
        checkOpen();
        return device.mtu();
    }

    @Override
    public synchronized void setMtu(int bytes) throws IOException {
        checkOpen();
        device.setMtu(bytes);
    }

    @Override
    public int ifindex() {
        return device.index();
    }

    /// Whether there was an interface of that name, left by another process.
    ///
    /// @return false if it was made
    public boolean wasThere() {
        return wasThere;
    }

    /// Closes it and leaves the interface, with its addresses, to whichever process opens one of
    /// its name next.
    ///
    /// @throws IOException if it goes with this process
    public synchronized void leave() throws IOException {
        checkOpen();
        int rc = Syscalls.ioctl(state, fd, TUNSETPERSIST, MemorySegment.ofAddress(1));
        close();
        check(rc, "leave");
    }

    /// Removes the interfaces of many devices and closes them. The kernel takes as long for all of
    /// them as for one, which is some 20 ms.
    ///
    /// @param devices of one network namespace, that of the calling thread; nobody uses them any
    ///   more
    public static void closeAll(Collection<TapDevice> devices) {
        if (devices.size() > 1) {
            removeAtOnce(devices);
        }
        devices.forEach(TapDevice::close);
    }

    // What is left then goes with its device.
    private static void removeAtOnce(Collection<TapDevice> devices) {
        // One that nobody else has chosen: all that is in it goes.
        int group = ThreadLocalRandom.current().nextInt(1 << 20, Integer.MAX_VALUE);
        try (RouteSocket route = RouteSocket.open()) {
            int grouped = 0;
            for (TapDevice d : devices) {
                if (d.linkState().isHere() && route.group(d.ifindex(), group)) {
                    grouped++;
                }
            }
            if (grouped > 0) {
                route.removeGroup(group);
            }
        } catch (IOException | IllegalStateException e) {
            // They go one by one.
        }
    }

    /// Removes the interface. Does nothing the second time.
    @Override
    public synchronized void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        if (fd >= 0) {
            Syscalls.close(state, fd);
        }
        if (socket >= 0) {
            Syscalls.close(state, socket);
        }
        arena.close();
    }

    @Override
    public String toString() {
        return "tap device " + name;
    }

    private void checkOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("tap device " + name + " is closed; open another");
        }
    }

    private void check(int rc, String what) throws IOException {
        if (rc < 0) {
            throw new IOException(
                    "can't %s interface %s: %s".formatted(what, name, Errno.describe(-rc)));
        }
    }
}
