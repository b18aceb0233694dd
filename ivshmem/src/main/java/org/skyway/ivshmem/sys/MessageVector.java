package org.skyway.ivshmem.sys;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.region.Memory;

/// The argument of `recvmmsg(2)` and `sendmmsg(2)`: messages of one buffer each, and room for one
/// control message each. As on every 64-bit Linux, little-endian.
///
/// ```
/// mmsghdr, 64 bytes                       iovec, 16 bytes        cmsghdr + tpacket_auxdata
/// offset size field                       offset size field      offset size field
///     16    8 address of the iovec             0    8 address         0    8 length
///     24    8 1, the count of iovecs           8    8 length          8    4 level, SOL_PACKET
///     32    8 address of the cmsghdr                                 12    4 type, PACKET_AUXDATA
///     40    8 its room; the kernel                                   16    4 status
///             writes what it used                                    32    2 VLAN tag
///     48    4 flags, by the kernel                                   34    2 its type (TPID)
///     56    4 length, by the kernel
/// ```
final class MessageVector {
    static final int MESSAGE_BYTES = 64;
    static final int IOVEC_BYTES = 16;
    static final int CONTROL_BYTES = 40;

    private static final int SOL_PACKET = 263;
    private static final int PACKET_AUXDATA = 8;
    private static final int AUXDATA_CMSG_BYTES = 36;
    private static final int STATUS_VLAN_VALID = 1 << 4;
    private static final int STATUS_VLAN_TPID_VALID = 1 << 6;
    private static final int DEFAULT_TPID = 0x8100;
    private static final int MSG_TRUNC = 0x20;

    private final long messagesAt;
    private final long iovecsAt;
    private final long controlsAt;

    MessageVector(Arena arena, int count, boolean withControl) {
        messagesAt = arena.allocate((long) count * MESSAGE_BYTES, 64).address();
        iovecsAt = arena.allocate((long) count * IOVEC_BYTES, 64).address();
        controlsAt = withControl ? arena.allocate((long) count * CONTROL_BYTES, 64).address() : 0;
        for (int i = 0; i < count; i++) {
            Memory.putLong(messageAt(i) + 16, iovecsAt + (long) i * IOVEC_BYTES);
            Memory.putLong(messageAt(i) + 24, 1);
            if (withControl) {
                Memory.putLong(messageAt(i) + 32, controlAt(i));
            }
        }
    }

    // The address for the system call.
    long address() {
        return messagesAt;
    }

    void setBuffer(int index, long address, int length) {
        long iovec = iovecsAt + (long) index * IOVEC_BYTES;
        Memory.putLong(iovec, address);
        Memory.putLong(iovec + 8, length);
    }

    // Before a receive: the kernel counts the room for control messages down.
    void allowControl(int index) {
        Memory.putLong(messageAt(index) + 40, CONTROL_BYTES);
    }

    int length(int index) {
        return Memory.getInt(messageAt(index) + 56);
    }

    boolean truncated(int index) {
        return (Memory.getInt(messageAt(index) + 48) & MSG_TRUNC) != 0;
    }

    // The tag that the kernel or the card took out of the frame: TPID in the upper, TCI in the
    // lower
    // 16 bits; 0 if there was none.
    int vlanTag(int index) {
        long control = controlAt(index);
        boolean auxdata =
                Memory.getLong(messageAt(index) + 40) >= AUXDATA_CMSG_BYTES
                        && Memory.getInt(control + 8) == SOL_PACKET
                        && Memory.getInt(control + 12) == PACKET_AUXDATA;
        if (!auxdata) {
            return 0;
        }
        int status = Memory.getInt(control + 16);
        if ((status & STATUS_VLAN_VALID) == 0) {
            return 0;
        }
        int tpid =
                (status & STATUS_VLAN_TPID_VALID) != 0
                        ? Memory.getShort(control + 34)
                        : DEFAULT_TPID;
        return tpid << 16 | Memory.getShort(control + 32);
    }

    private long messageAt(int index) {
        return messagesAt + (long) index * MESSAGE_BYTES;
    }

    private long controlAt(int index) {
        return controlsAt + (long) index * CONTROL_BYTES;
    }
}
