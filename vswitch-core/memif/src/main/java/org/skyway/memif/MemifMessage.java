package org.skyway.memif;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A message of memif 2.0: 128 bytes, little-endian, not padded, with at most one descriptor.
///
/// ```
/// type           from    fields, offset:size                                        descriptor
/// 1 ACK          server
/// 2 HELLO        server  name 2:32, versions 34:2 36:2, regions 38:2, rings 40:2 42:2, log2 44:1
/// 3 INIT         client  version 2:2, id 4:4, mode 8:1, secret 9:24, name 33:32
/// 4 ADD_REGION   client  index 2:2, size 4:8                                        memory
/// 5 ADD_RING     client  flags 2:2, index 4:2, region 6:2, offset 8:4, log2 12:1,
///                        private header 13:2                                        eventfd
/// 6 CONNECT      client  name 2:32
/// 7 CONNECTED    server  name 2:32
/// 8 DISCONNECT   both    code 2:4, text 6:96
/// ```
public sealed interface MemifMessage {
    /// Length of every message.
    int BYTES = 128;

    /// The version that is spoken: 2.0.
    int VERSION = 0x0200;

    /// Length of a secret.
    int SECRET_BYTES = 24;

    /// The other's last message is done; it may send the next.
    record Ack() implements MemifMessage {}

    /// What a server can take.
    ///
    /// @param name what it calls itself
    /// @param leastVersion oldest version
    /// @param mostVersion newest version
    /// @param mostRegion highest index of a region
    /// @param mostS2c highest index of a ring to the client
    /// @param mostC2s highest index of a ring from the client
    /// @param mostLog2 of the size of a ring
    record Hello(
            String name,
            int leastVersion,
            int mostVersion,
            int mostRegion,
            int mostS2c,
            int mostC2s,
            int mostLog2)
            implements MemifMessage {}

    /// Which interface a client wants.
    ///
    /// @param version that it speaks
    /// @param id of the interface at this socket, unsigned
    /// @param mode 0 for Ethernet
    /// @param secret 24 bytes
    /// @param name what the client calls itself
    record Init(int version, int id, int mode, byte[] secret, String name) implements MemifMessage {
        @Override
        public boolean equals(Object other) {
            return other instanceof Init i
                    && version == i.version
                    && id == i.id
                    && mode == i.mode
                    && Arrays.equals(secret, i.secret)
                    && name.equals(i.name);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(secret) + id;
        }
    }

    /// Memory of the client.
    ///
    /// @param index the next free one
    /// @param sizeBytes how long it is
    record AddRegion(int index, long sizeBytes) implements MemifMessage {}

    /// A ring in that memory.
    ///
    /// @param toServer which direction
    /// @param index 0 for the first of a direction
    /// @param region where it is
    /// @param offset where in the region, unsigned
    /// @param log2 of its size
    /// @param privateHeader bytes behind each slot; 0
    record AddRing(boolean toServer, int index, int region, int offset, int log2, int privateHeader)
            implements MemifMessage {}

    /// All is said.
    ///
    /// @param name of the client's interface
    record Connect(String name) implements MemifMessage {}

    /// Packets may come.
    ///
    /// @param name of the server's interface
    record Connected(String name) implements MemifMessage {}

    /// It is over.
    ///
    /// @param code 0
    /// @param text why
    record Disconnect(int code, String text) implements MemifMessage {}

    /// Its bytes.
    ///
    /// @return [#BYTES] of them
    default byte[] encode() {
        ByteBuffer b = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        switch (this) {
            case Ack a -> b.putShort(0, (short) 1);
            case Hello h -> {
                b.putShort(0, (short) 2);
                text(b, 2, 32, h.name);
                b.putShort(34, (short) h.leastVersion).putShort(36, (short) h.mostVersion);
                b.putShort(38, (short) h.mostRegion);
                b.putShort(40, (short) h.mostS2c).putShort(42, (short) h.mostC2s);
                b.put(44, (byte) h.mostLog2);
            }
            case Init i -> {
                b.putShort(0, (short) 3).putShort(2, (short) i.version).putInt(4, i.id);
                b.put(8, (byte) i.mode);
                b.put(9, i.secret, 0, Math.min(i.secret.length, SECRET_BYTES));
                text(b, 33, 32, i.name);
            }
            case AddRegion r ->
                    b.putShort(0, (short) 4).putShort(2, (short) r.index).putLong(4, r.sizeBytes);
            case AddRing r -> {
                b.putShort(0, (short) 5).putShort(2, (short) (r.toServer ? 1 : 0));
                b.putShort(4, (short) r.index).putShort(6, (short) r.region).putInt(8, r.offset);
                b.put(12, (byte) r.log2).putShort(13, (short) r.privateHeader);
            }
            case Connect c -> text(b.putShort(0, (short) 6), 2, 32, c.name);
            case Connected c -> text(b.putShort(0, (short) 7), 2, 32, c.name);
            case Disconnect d -> text(b.putShort(0, (short) 8).putInt(2, d.code), 6, 96, d.text);
        }
        return b.array();
    }

    /// Reads one.
    ///
    /// @param bytes all of it
    /// @return the message; numbers in it are what was sent, not what can be
    /// @throws MemifException if it is no message
    static MemifMessage decode(byte[] bytes) throws MemifException {
        if (bytes.length != BYTES) {
            throw new MemifException(
                    "a memif message has %d bytes, not %d".formatted(BYTES, bytes.length));
        }
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int type = u16(b, 0);
        return switch (type) {
            case 1 -> new Ack();
            case 2 ->
                    new Hello(
                            text(b, 2, 32),
                            u16(b, 34),
                            u16(b, 36),
                            u16(b, 38),
                            u16(b, 40),
                            u16(b, 42),
                            b.get(44) & 0xff);
            case 3 ->
                    new Init(
                            u16(b, 2),
                            b.getInt(4),
                            b.get(8) & 0xff,
                            Arrays.copyOfRange(bytes, 9, 9 + SECRET_BYTES),
                            text(b, 33, 32));
            case 4 -> new AddRegion(u16(b, 2), b.getLong(4));
            case 5 ->
                    new AddRing(
                            (u16(b, 2) & 1) != 0,
                            u16(b, 4),
                            u16(b, 6),
                            b.getInt(8),
                            b.get(12) & 0xff,
                            u16(b, 13));
            case 6 -> new Connect(text(b, 2, 32));
            case 7 -> new Connected(text(b, 2, 32));
            case 8 -> new Disconnect(b.getInt(2), text(b, 6, 96));
            default -> throw new MemifException("memif has no message of type " + type);
        };
    }

    /// Whether it must come with a descriptor.
    ///
    /// @return true if so; others must have none
    default boolean hasDescriptor() {
        return this instanceof AddRegion || this instanceof AddRing;
    }

    private static int u16(ByteBuffer b, int at) {
        return b.getShort(at) & 0xffff;
    }

    // Up to the first zero; what can't be printed comes from somebody who can't be trusted.
    private static String text(ByteBuffer b, int at, int most) {
        int n = 0;
        while (n < most && b.get(at + n) != 0) {
            n++;
        }
        return new String(b.array(), at, n, StandardCharsets.UTF_8)
                .replaceAll("[^\\x20-\\x7e]", "?");
    }

    // Cut if it is too long; ends with a zero all the same.
    private static void text(ByteBuffer b, int at, int room, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        b.put(at, bytes, 0, Math.min(bytes.length, room - 1));
    }
}
