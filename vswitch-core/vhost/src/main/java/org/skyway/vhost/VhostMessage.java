package org.skyway.vhost;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A message of vhost-user, little-endian. Descriptors come with its first byte.
///
/// ```
/// offset  size  field
///      0     4  request
///      4     4  flags     bits 0-1: version 1; 4: an answer; 8: an answer is wanted
///      8     4  size      of the payload
///     12        payload
/// ```
///
/// @param request which
/// @param flags its flags
/// @param payload its payload
public record VhostMessage(int request, int flags, byte[] payload) {
    // @formatter:off
    static final int GET_FEATURES = 1; // answer: u64
    static final int SET_FEATURES = 2; // u64
    static final int SET_OWNER = 3;
    static final int RESET_OWNER = 4;
    static final int SET_MEM_TABLE =
            5; // regions u32, pad u32, then 32 bytes each; a descriptor each
    static final int SET_VRING_NUM = 8; // index u32, size u32
    static final int SET_VRING_ADDR = 9; // index u32, flags u32, then u64: slots, used, avail, log
    static final int SET_VRING_BASE = 10; // index u32, next u32
    static final int GET_VRING_BASE = 11; // index u32; answer: index u32, next u32; the queue stops
    static final int SET_VRING_KICK = 12; // u64: index, 0x100: no descriptor; else an eventfd
    static final int SET_VRING_CALL = 13; // as above
    static final int SET_VRING_ERR = 14; // as above
    static final int GET_PROTOCOL_FEATURES = 15; // answer: u64
    static final int SET_PROTOCOL_FEATURES = 16; // u64
    static final int GET_QUEUE_NUM = 17; // answer: u64, pairs of queues
    static final int SET_VRING_ENABLE = 18; // index u32, 0 or 1 u32
    static final int NET_SET_MTU = 20; // u64

    // @formatter:on

    /// Length of what stands before the payload.
    public static final int HEADER_BYTES = 12;

    /// The longest payload: a table of eight regions.
    public static final int MOST_PAYLOAD_BYTES = 8 + 8 * 32;

    private static final int VERSION = 1;
    private static final int VERSION_MASK = 3;
    private static final int IS_ANSWER = 4;
    private static final int WANTS_ANSWER = 8;

    /// Reads what stands before a payload.
    ///
    /// @param header [#HEADER_BYTES]
    /// @return how long the payload is
    /// @throws VhostException if it is no message of a front end
    public static int payloadBytes(byte[] header) throws VhostException {
        ByteBuffer b = buffer(header);
        int flags = b.getInt(4);
        int bytes = b.getInt(8);
        if ((flags & VERSION_MASK) != VERSION || (flags & IS_ANSWER) != 0) {
            throw new VhostException(
                    "request %d has flags 0x%x, which is no request of vhost-user version 1"
                            .formatted(b.getInt(0), flags));
        }
        if (bytes < 0 || bytes > MOST_PAYLOAD_BYTES) {
            throw new VhostException(
                    "request %d has a payload of %d bytes; the longest has %d"
                            .formatted(b.getInt(0), bytes & 0xffff_ffffL, MOST_PAYLOAD_BYTES));
        }
        return bytes;
    }

    /// A message that was received.
    ///
    /// @param header for which [#payloadBytes] was asked
    /// @param payload so long
    /// @return the message
    public static VhostMessage of(byte[] header, byte[] payload) {
        ByteBuffer b = buffer(header);
        return new VhostMessage(b.getInt(0), b.getInt(4), payload);
    }

    /// A request with 64-bit values.
    ///
    /// @param request which
    /// @param values its payload
    /// @return the request
    public static VhostMessage request(int request, long... values) {
        ByteBuffer b = buffer(new byte[8 * values.length]);
        for (long v : values) {
            b.putLong(v);
        }
        return new VhostMessage(request, VERSION, b.array());
    }

    VhostMessage answer(long value) {
        return new VhostMessage(
                request, VERSION | IS_ANSWER, buffer(new byte[8]).putLong(0, value).array());
    }

    boolean wantsAnswer() {
        return (flags & WANTS_ANSWER) != 0;
    }

    /// Its bytes.
    ///
    /// @return header and payload
    public byte[] encode() {
        ByteBuffer b = buffer(new byte[HEADER_BYTES + payload.length]);
        b.putInt(request).putInt(flags).putInt(payload.length).put(payload);
        return b.array();
    }

    /// A 64-bit value of the payload.
    ///
    /// @param at offset
    /// @return the value
    /// @throws VhostException if the payload is shorter
    long u64(int at) throws VhostException {
        need(at + 8);
        return buffer(payload).getLong(at);
    }

    /// A 32-bit value of the payload.
    ///
    /// @param at offset
    /// @return the value
    /// @throws VhostException if the payload is shorter
    int u32(int at) throws VhostException {
        need(at + 4);
        return buffer(payload).getInt(at);
    }

    private void need(int bytes) throws VhostException {
        if (payload.length < bytes) {
            throw new VhostException(
                    "request %d has a payload of %d bytes, which must have %d"
                            .formatted(request, payload.length, bytes));
        }
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VhostMessage m
                && request == m.request
                && flags == m.flags
                && Arrays.equals(payload, m.payload);
    }

    @Override
    public int hashCode() {
        return 31 * request + Arrays.hashCode(payload);
    }
}
