package org.skyway.vnf.relay;

import org.skyway.ivshmem.region.Memory;
import org.skyway.vnf.frame.NativeBuffer;

/// Makes frames of 64 bytes.
final class PacketMaker implements AutoCloseable {
    private final NativeBuffer memory = new NativeBuffer(64 * 128);

    int[] lengths() {
        return new int[] {64};
    }

    long ipv4(int slot, int protocol, int source, int sourcePort, int to, int toPort) {
        long frame = clear(slot, 0x0800);
        Memory.putByte(frame + 14, 0x45);
        Memory.putByte(frame + 23, protocol);
        Memory.putIntBE(frame + 26, source);
        Memory.putIntBE(frame + 30, to);
        Memory.putShortBE(frame + 34, sourcePort);
        Memory.putShortBE(frame + 36, toPort);
        return frame;
    }

    /// UDP from an address whose lower half is 1 to 2001:db8::2.
    long[] ipv6(long sourceHigh) {
        long frame = clear(0, 0x86dd);
        Memory.putByte(frame + 20, 17);
        Memory.putLongBE(frame + 22, sourceHigh);
        Memory.putLongBE(frame + 30, 1);
        Memory.putLongBE(frame + 38, 0x20010db8_00000000L);
        Memory.putLongBE(frame + 46, 2);
        return new long[] {frame};
    }

    long[] arp() {
        return new long[] {clear(0, 0x0806)};
    }

    private long clear(int slot, int etherType) {
        long frame = memory.address() + 64L * slot;
        Memory.clear(frame, 64);
        Memory.putShortBE(frame + 12, etherType);
        return frame;
    }

    @Override
    public void close() {
        memory.close();
    }
}
