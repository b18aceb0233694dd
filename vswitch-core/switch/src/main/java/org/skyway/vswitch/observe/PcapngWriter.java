package org.skyway.vswitch.observe;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Makes pcapng blocks, little-endian. Source: "PCAP Next Generation (pcapng) Capture File Format",
/// draft-ietf-opsawg-pcapng.
public final class PcapngWriter {
    /// Section header block.
    public static final int SECTION = 0x0A0D0D0A;

    /// Interface description block.
    public static final int INTERFACE = 1;

    /// Interface statistics block.
    public static final int STATISTICS = 5;

    /// Enhanced packet block.
    public static final int PACKET = 6;

    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final short ETHERNET = 1;

    // Options, by block.
    private static final int END = 0;
    private static final int IF_NAME = 2;
    private static final int IF_RESOLUTION = 9;
    private static final int FLAGS = 2;
    private static final int IF_RECEIVED = 4;
    private static final int IF_DROPPED = 5;

    private static final byte NANOSECONDS = 9;
    private static final int INBOUND = 1;
    private static final int OUTBOUND = 2;
    private static final int MOST_OPTION_BYTES = 256;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// Begins with nothing.
    public PcapngWriter() {}

    /// Begins a file with one interface.
    ///
    /// @param name the interface's
    /// @param snapLength bytes of a packet at most
    public void begin(String name, int snapLength) {
        ByteBuffer section = body(16);
        section.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
        block(SECTION, section);
        ByteBuffer description = body(8 + MOST_OPTION_BYTES);
        description.putShort(ETHERNET).putShort((short) 0).putInt(snapLength);
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        option(description, IF_NAME, utf8.length > 100 ? new byte[0] : utf8);
        option(description, IF_RESOLUTION, new byte[] {NANOSECONDS});
        option(description, END, new byte[0]);
        block(INTERFACE, description);
    }

    /// A packet.
    ///
    /// @param timeNanos since 1970
    /// @param inbound whether it came from the interface
    /// @param length of the whole packet
    /// @param data what was kept of it
    public void packet(long timeNanos, boolean inbound, int length, byte[] data) {
        ByteBuffer body = body(20 + data.length + 3 + 16);
        body.putInt(0); // interface
        time(body, timeNanos);
        body.putInt(data.length).putInt(length).put(data);
        pad(body);
        option(body, FLAGS, number(4, inbound ? INBOUND : OUTBOUND));
        option(body, END, new byte[0]);
        block(PACKET, body);
    }

    /// How many packets there were so far.
    ///
    /// @param timeNanos since 1970
    /// @param received all
    /// @param dropped those that are not in the file
    public void statistics(long timeNanos, long received, long dropped) {
        ByteBuffer body = body(12 + MOST_OPTION_BYTES);
        body.putInt(0); // interface
        time(body, timeNanos);
        option(body, IF_RECEIVED, number(8, received));
        option(body, IF_DROPPED, number(8, dropped));
        option(body, END, new byte[0]);
        block(STATISTICS, body);
    }

    /// Bytes that wait to be taken.
    ///
    /// @return how many
    public int size() {
        return out.size();
    }

    /// Takes what was made, whole blocks.
    ///
    /// @return the bytes
    public byte[] take() {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    private static ByteBuffer body(int most) {
        return ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void time(ByteBuffer body, long nanos) {
        body.putInt((int) (nanos >>> 32)).putInt((int) nanos);
    }

    private static byte[] number(int bytes, long value) {
        ByteBuffer b = body(bytes);
        return (bytes == 4 ? b.putInt((int) value) : b.putLong(value)).array();
    }

    private static void option(ByteBuffer body, int code, byte[] value) {
        body.putShort((short) code).putShort((short) value.length).put(value);
        pad(body);
    }

    private static void pad(ByteBuffer body) {
        while ((body.position() & 3) != 0) {
            body.put((byte) 0);
        }
    }

    private void block(int type, ByteBuffer body) {
        int length = 12 + body.position();
        byte[] head = body(8).putInt(type).putInt(length).array();
        out.writeBytes(head);
        out.write(body.array(), 0, body.position());
        out.writeBytes(body(4).putInt(length).array());
    }
}
