package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.skyway.ivshmem.region.Memory;

/// A tap device whose owner hands the kernel frames with a virtio header, as QEMU does for a guest:
/// what the host receives has its checksum or its segmentation left to a card.
final class OffloadSender implements AutoCloseable {
    static final int FRAGMENTATION = 3;

    private static final long TUNSETIFF = 0x400454ca;
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Syscalls.newState(arena);
    private final int fd;

    /// Makes the device in the calling thread's namespace; it is gone after [#close].
    OffloadSender(String name) throws IOException {
        fd = TestCalls.open("/dev/net/tun", TestCalls.O_RDWR);
        MemorySegment request = arena.allocate(40, 8);
        request.setString(0, name);
        Memory.putShort(request.address() + 16, IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
        if (fd < 0 || Syscalls.ioctl(state, fd, TUNSETIFF, request) < 0) {
            throw new IOException("can't make the tap device " + name);
        }
    }

    void send(byte[] frame, int gsoType, int segmentBytes, int checksumStart, int checksumOffset)
            throws IOException {
        ByteBuffer b = ByteBuffer.allocate(10 + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put((byte) (checksumStart > 0 ? 1 : 0)).put((byte) gsoType);
        b.putShort((short) Math.min(frame.length, 128)).putShort((short) segmentBytes);
        b.putShort((short) checksumStart).putShort((short) checksumOffset).put(frame);
        if (TestCalls.write(fd, b.array()) != b.capacity()) {
            throw new IOException("the tap device does not take a frame of " + frame.length);
        }
    }

    @Override
    public void close() {
        TestCalls.close(fd);
        arena.close();
    }
}
