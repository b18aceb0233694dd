package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.skyway.ivshmem.region.Memory;

/// Sends and receives the raw Ethernet frames of a Linux interface, for a poll loop: nothing
/// blocks, and neither direction allocates.
///
/// Received frames are what would be on the wire. A VLAN tag that the card or the kernel took out
/// is put back, a checksum that the sender's stack left to the card is completed (veth peers do
/// that), and super-frames of up to 64 KiB (TSO and `UDP_SEGMENT` of a veth peer, GRO of a card)
/// are cut into their segments. What can't be brought into that form is counted in
/// [PacketCounters#rxErrors]; if that number grows, switch the offload off at the sender with
/// `ethtool -K … tso off gso off`, or at the interface with `ethtool -K … gro off lro off`.
///
/// The interface is put into promiscuous mode while it is open. Frames that the local stack sends
/// out of it are not received. The local stack still sees what arrives, as with every packet
/// socket: an interface that is given to a switch should have no IP address. Frames sent here pass
/// by queueing disciplines and local captures (`tcpdump` on the interface sees the received ones
/// only) unless told otherwise ([#showSent]).
///
/// One thread at a time may receive and one may send, and neither during or after [#close]: the
/// memory that they use is gone then, and no check stands in their way. The other methods are for
/// any thread, and throw [IllegalStateException] once the socket is closed.
///
/// **Why not the kernel's mmap rings.** A TPACKET_V2 ring with `PACKET_VNET_HDR` stops for good at
/// the first frame whose kind of super-frame that header can't name, such as SCTP's: its slot is
/// taken and never filled (seen on Linux 6.18). Without that header nobody knows the segment size,
/// so the datagrams of one UDP super-frame would become one datagram. A TPACKET_V3 ring hands
/// frames over by a timer of milliseconds. So one `recvmmsg` fetches a burst; `sendmmsg` sends a
/// burst, as a send ring would also need a system call and would hold its slots until the receiver
/// has let go of the frames.
public final class PacketSocket implements HostInterface, AutoCloseable {
    /// Longest frame that is handed out unless the socket was opened with another limit.
    public static final int DEFAULT_MAX_FRAME_BYTES = 2048;

    private static final int LARGEST_MAX_FRAME_BYTES = 65535;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int ETH_P_ALL = 3;
    private static final int NOTHING = 0; // protocol of a socket that only sends

    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int RECEIVE_BUFFER_BYTES = 16 << 20;
    private static final int SEND_BUFFER_BYTES = 1 << 20;

    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_DROP_MEMBERSHIP = 2;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_MR_PROMISC = 1;

    private final String name;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Syscalls.newState(arena); // of all but the two bursts
    private final MemorySegment statistics = arena.allocate(8, 4);
    private final MemorySegment statisticsLength = arena.allocate(4, 4);
    private final MemorySegment membership = arena.allocate(16, 4);
    private final MemorySegment address = arena.allocate(20, 4); // sockaddr_ll
    private final Netdevice device;
    private final RxBatch rx;
    private final TxBatch tx;
    private int rxFd = -1;
    private int txFd = -1;
    private long rxDropped;
    private boolean sentAreShown;

    private PacketSocket(String name, int maxFrameBytes) throws IOException {
        this.name = name;
        try {
            rxFd = newSocket();
            txFd = newSocket();
            device = new Netdevice(arena, txFd, name);
            configureReceive();
            configureSend();
            rx = new RxBatch(arena, rxFd, maxFrameBytes);
            tx = new TxBatch(arena, txFd);
            bind(rxFd, ETH_P_ALL); // last: frames arrive from here on
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// Attaches to an interface, for frames of up to [#DEFAULT_MAX_FRAME_BYTES].
    ///
    /// @param interfaceName its name in the network namespace of the calling thread
    /// @return the socket; the interface may be down, and is heard as soon as it comes up
    /// @throws IOException if there is no such interface, it is not Ethernet, or the process may
    ///   not
    /// @throws IllegalArgumentException if the name can't be one of an interface
    public static PacketSocket open(String interfaceName) throws IOException {
        return open(interfaceName, DEFAULT_MAX_FRAME_BYTES);
    }

    /// Attaches to an interface.
    ///
    /// @param interfaceName its name in the network namespace of the calling thread
    /// @param maxFrameBytes longest frame to hand out, VLAN tags included, 64 to 65535
    /// @return the socket; the interface may be down, and is heard as soon as it comes up
    /// @throws IOException if there is no such interface, it is not Ethernet, or the process may
    ///   not
    /// @throws IllegalArgumentException if the name can't be one of an interface, or the limit is
    ///   out of range
    public static PacketSocket open(String interfaceName, int maxFrameBytes) throws IOException {
        Netdevice.checkName(interfaceName);
        if (maxFrameBytes < 64 || maxFrameBytes > LARGEST_MAX_FRAME_BYTES) {
            throw new IllegalArgumentException(
                    "the longest frame of interface %s must have 64 to %d bytes, not %d"
                            .formatted(interfaceName, LARGEST_MAX_FRAME_BYTES, maxFrameBytes));
        }
        return new PacketSocket(interfaceName, maxFrameBytes);
    }

    /// The descriptor that frames are received from, which can be read while some are there: to ask
    /// an idle interface costs a system call, so whoever has many asks a [ReadableSet] which of
    /// them to ask.
    ///
    /// @return open until [#close]
    @Override
    public int descriptor() {
        return rxFd;
    }

    /// Fetches frames that have arrived.
    ///
    /// A frame lies in memory of this socket, may be changed in place, and is valid until the next
    /// call. Up to the next multiple of 64 bytes behind its start more bytes may be read; they hold
    /// no meaning.
    ///
    /// @param addresses where each frame's address goes, for [Memory]
    /// @param lengths where each frame's length goes, in bytes
    /// @param from index of the first in both arrays
    /// @param max most frames, 1 or more
    /// @return how many came, 0 if none did or the interface is down or gone (see [#linkState])
    public int rxBurst(long[] addresses, int[] lengths, int from, int max) {
        return rx.rxBurst(addresses, lengths, from, max);
    }

    /// Sends frames, without padding or changing them. Their memory is free again on return.
    ///
    /// @param addresses of mapped memory
    /// @param lengths in bytes, Ethernet header included, checksum (FCS) not
    /// @param from index of the first in both arrays
    /// @param count of frames
    /// @return how many the kernel took, from the first on; less than `count` if the interface's
    ///   queue is full, or it is down or gone. Frames that it would never take (see
    ///   [PacketCounters#txErrors]) are skipped, and are part of this number.
    public int txBurst(long[] addresses, int[] lengths, int from, int count) {
        return tx.txBurst(addresses, lengths, from, count);
    }

    /// Which interface this is.
    ///
    /// @return the name it was opened by
    public String interfaceName() {
        return name;
    }

    @Override
    public int ifindex() {
        return device.index();
    }

    @Override
    public synchronized InterfaceFacts facts() {
        checkOpen();
        return device.facts();
    }

    /// Attaches to the interface that has the name by now: the one before may have been removed and
    /// made again, or have another name. Descriptor and counters go on.
    ///
    /// @throws IOException if there is none, it is not Ethernet, or the process may not
    public synchronized void attachAgain() throws IOException {
        checkOpen();
        Syscalls.setsockopt(state, rxFd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, membership);
        device.find();
        setPromiscuous();
        bind(txFd, NOTHING);
        bind(rxFd, ETH_P_ALL);
    }

    /// The interface's MAC address.
    ///
    /// @return its 48 bits, the first byte uppermost
    /// @throws IOException if the interface is gone
    public synchronized long mac() throws IOException {
        checkOpen();
        return device.mac();
    }

    /// Says whether frames sent here are seen by local captures and queueing disciplines, which
    /// costs them time. At first they are not.
    ///
    /// @param shown whether they are from now on
    /// @throws IOException if the kernel does not do that
    public synchronized void showSent(boolean shown) throws IOException {
        checkOpen();
        if (shown != sentAreShown) {
            set(txFd, PACKET_QDISC_BYPASS, shown ? 0 : 1, "show what is sent out of");
            sentAreShown = shown;
        }
    }

    @Override
    public synchronized int mtu() throws IOException {
        checkOpen();
        return device.mtu();
    }

    /// Tells whether frames can pass. Two short system calls: cheap enough for ten times a second.
    ///
    /// @return the present state
    public synchronized InterfaceState linkState() {
        checkOpen();
        return device.linkState();
    }

    @Override
    public synchronized void setAdminUp(boolean up) throws IOException {
        checkOpen();
        device.setAdminUp(up);
    }

    @Override
    public synchronized void setMtu(int bytes) throws IOException {
        checkOpen();
        device.setMtu(bytes);
    }

    @Override
    public synchronized String[] driver() {
        checkOpen();
        return device.driver();
    }

    /// Reads the counters.
    ///
    /// @return what was counted since the socket was opened
    public synchronized PacketCounters counters() {
        checkOpen();
        Memory.putInt(statisticsLength.address(), 8);
        int rc =
                Syscalls.getsockopt(
                        state, rxFd, SOL_PACKET, PACKET_STATISTICS, statistics, statisticsLength);
        if (rc >= 0) { // reading sets the kernel's count to zero
            rxDropped += Integer.toUnsignedLong(Memory.getInt(statistics.address() + 4));
        }
        return new PacketCounters(
                rx.packets().get(),
                rx.bytes().get(),
                rxDropped,
                rx.errors().get(),
                tx.packets().get(),
                tx.bytes().get(),
                tx.errors().get());
    }

    /// Detaches from the interface, and frees the memory of received frames. Does nothing the
    /// second time.
    @Override
    public synchronized void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        if (rxFd >= 0) {
            Syscalls.close(state, rxFd);
        }
        if (txFd >= 0) {
            Syscalls.close(state, txFd);
        }
        arena.close();
    }

    @Override
    public String toString() {
        return "packet socket on interface " + name;
    }

    private void checkOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException(
                    "the packet socket on interface " + name + " is closed; open another");
        }
    }

    // Without a protocol it receives nothing until it is bound to one, so no frame of another
    // interface slips in.
    private int newSocket() throws IOException {
        int fd = Syscalls.socket(state, AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, NOTHING);
        check(fd, "open a packet socket");
        return fd;
    }

    private void configureReceive() throws IOException {
        set(rxFd, PACKET_VNET_HDR, 1, "receive offloaded checksums");
        set(rxFd, PACKET_AUXDATA, 1, "receive VLAN tags");
        set(rxFd, PACKET_IGNORE_OUTGOING, 1, "ignore outgoing frames");
        setBuffer(rxFd, SO_RCVBUFFORCE, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        setPromiscuous();
    }

    private void setPromiscuous() throws IOException {
        Memory.putInt(membership.address(), device.index());
        Memory.putShort(membership.address() + 4, PACKET_MR_PROMISC);
        check(
                Syscalls.setsockopt(state, rxFd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership),
                "set promiscuous mode");
    }

    private void configureSend() throws IOException {
        set(txFd, PACKET_QDISC_BYPASS, 1, "bypass the queueing discipline");
        setBuffer(txFd, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BUFFER_BYTES);
        bind(txFd, NOTHING);
    }

    private void bind(int fd, int protocol) throws IOException {
        Memory.putShort(address.address(), AF_PACKET);
        Memory.putShortBE(address.address() + 2, protocol);
        Memory.putInt(address.address() + 4, device.index());
        check(Syscalls.bind(state, fd, address), "bind a packet socket");
    }

    private void set(int fd, int option, int value, String what) throws IOException {
        MemorySegment segment = arena.allocate(4, 4);
        Memory.putInt(segment.address(), value);
        check(Syscalls.setsockopt(state, fd, SOL_PACKET, option, segment), what);
    }

    // A small buffer only loses frames sooner, so being refused a large one is no error.
    private void setBuffer(int fd, int forced, int allowed, int bytes) {
        MemorySegment segment = arena.allocate(4, 4);
        Memory.putInt(segment.address(), bytes);
        if (Syscalls.setsockopt(state, fd, SOL_SOCKET, forced, segment) < 0) {
            Syscalls.setsockopt(state, fd, SOL_SOCKET, allowed, segment);
        }
    }

    private void check(int rc, String what) throws IOException {
        if (rc < 0) {
            throw new IOException(
                    "can't %s on interface %s: %s".formatted(what, name, Errno.describe(-rc)));
        }
    }
}
