package org.skyway.vnf.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// pcapng: sections of either byte order, interfaces with time units of their own, enhanced, simple
/// and the former packet blocks. Other blocks are skipped. Source: draft-ietf-opsawg-pcapng, "PCAP
/// Now Generic (pcapng) Capture File Format".
final class NextGenerationFormat implements CaptureFormat {
    static final int SECTION_HEADER = 0x0a0d0d0a; // the same in both byte orders
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;

    private static final int OPTION_TIME_RESOLUTION = 9;
    private static final int OPTION_TIME_OFFSET = 14;

    private static final int MAX_INTERFACES = 1 << 16;
    private static final int MAX_DESCRIPTION_BYTES = 1 << 20;

    private final CaptureInput in;
    private final List<Interface> interfaces = new ArrayList<>();
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private long frameTail; // what follows a frame within its block
    private long blockLength;

    /// An interface of the section.
    ///
    /// @param snapLength most bytes of a frame; 0 for no limit
    /// @param unitsPerSecond of its time stamps
    /// @param offsetSeconds to be added to them
    private record Interface(
            boolean ethernet, long snapLength, long unitsPerSecond, long offsetSeconds) {
        long nanos(long units) {
            long seconds = Long.divideUnsigned(units, unitsPerSecond);
            long rest = Long.remainderUnsigned(units, unitsPerSecond);
            long nanos =
                    unitsPerSecond <= 1_000_000_000L
                            ? rest * 1_000_000_000L / unitsPerSecond
                            : (long) (rest * (1e9 / unitsPerSecond));
            return (seconds + offsetSeconds) * 1_000_000_000L + nanos;
        }
    }

    private NextGenerationFormat(CaptureInput in) {
        this.in = in;
    }

    /// Reads the first section header.
    ///
    /// @param magic the file's first four bytes
    /// @return null if they are another format's
    static NextGenerationFormat open(CaptureInput in, ByteBuffer magic) throws IOException {
        if (magic.getInt(0) != SECTION_HEADER) {
            return null;
        }
        var format = new NextGenerationFormat(in);
        format.sectionHeader();
        return format;
    }

    @Override
    public boolean next(FrameInfo frame) throws IOException {
        while (true) {
            ByteBuffer head = in.header(4, order, "a block's type");
            if (head == null) {
                return false;
            }
            int type = head.getInt(0);
            if (type == SECTION_HEADER) {
                sectionHeader();
                continue;
            }
            beginBlock();
            switch (type) {
                case INTERFACE_DESCRIPTION -> interfaceDescription();
                case ENHANCED_PACKET -> {
                    packet(frame, false);
                    return true;
                }
                case PACKET -> {
                    packet(frame, true);
                    return true;
                }
                case SIMPLE_PACKET -> {
                    simplePacket(frame);
                    return true;
                }
                default -> in.skip(blockLength - 12, "a block");
            }
            endBlock();
        }
    }

    @Override
    public void end() throws IOException {
        in.skip(frameTail, "its block");
        endBlock();
    }

    private void sectionHeader() throws IOException {
        byte[] fields = new byte[8];
        in.read(fields, fields.length, "the section header");
        ByteBuffer buffer = ByteBuffer.wrap(fields);
        order = ByteOrder.LITTLE_ENDIAN;
        if (buffer.order(order).getInt(4) != BYTE_ORDER_MAGIC) {
            order = ByteOrder.BIG_ENDIAN;
            if (buffer.order(order).getInt(4) != BYTE_ORDER_MAGIC) {
                throw in.bad(
                        "the section header has no byte order, but 0x%08x"
                                .formatted(buffer.getInt(4)));
            }
        }
        blockLength = Integer.toUnsignedLong(buffer.getInt(0));
        checkBlock(28);
        byte[] version = new byte[12];
        in.read(version, version.length, "the section header");
        int major = ByteBuffer.wrap(version).order(order).getShort(0) & 0xffff;
        if (major != 1) {
            throw in.bad("a section has version %d, expected 1".formatted(major));
        }
        in.skip(blockLength - 28, "the section header");
        endBlock();
        interfaces.clear();
    }

    private void interfaceDescription() throws IOException {
        checkBlock(20);
        if (blockLength > MAX_DESCRIPTION_BYTES || interfaces.size() == MAX_INTERFACES) {
            throw in.bad(
                    "interface %d has a description of %d bytes; at most %d interfaces with %d bytes are read"
                            .formatted(
                                    interfaces.size(),
                                    blockLength,
                                    MAX_INTERFACES,
                                    MAX_DESCRIPTION_BYTES));
        }
        byte[] body = new byte[(int) blockLength - 12];
        in.read(body, body.length, "an interface description");
        ByteBuffer fields = ByteBuffer.wrap(body).order(order);
        int linkType = fields.getShort(0) & 0xffff;
        long snapLength = Integer.toUnsignedLong(fields.getInt(4));
        long units = 1_000_000;
        long offset = 0;
        fields.position(8);
        while (fields.remaining() >= 4) {
            int option = fields.getShort() & 0xffff;
            int length = fields.getShort() & 0xffff;
            int padded = length + 3 & -4;
            if (option == 0) {
                break;
            }
            if (padded > fields.remaining()) {
                throw in.bad(
                        "option %d of interface %d is longer than its description"
                                .formatted(option, interfaces.size()));
            }
            if (option == OPTION_TIME_RESOLUTION && length == 1) {
                units = unitsPerSecond(fields.get(fields.position()) & 0xff);
            } else if (option == OPTION_TIME_OFFSET && length == 8) {
                offset = fields.getLong(fields.position());
            }
            fields.position(fields.position() + padded);
        }
        interfaces.add(
                new Interface(
                        linkType == ClassicFormat.LINK_TYPE_ETHERNET, snapLength, units, offset));
    }

    private long unitsPerSecond(int resolution) throws IOException {
        int exponent = resolution & 0x7f;
        boolean binary = resolution >= 0x80;
        if (exponent > (binary ? 62 : 18)) {
            throw in.bad(
                    "interface %d has time stamps in units of %d^-%d s, finer than is read"
                            .formatted(interfaces.size(), binary ? 2 : 10, exponent));
        }
        long units = 1;
        for (int i = 0; i < exponent; i++) {
            units *= binary ? 2 : 10;
        }
        return units;
    }

    private void packet(FrameInfo frame, boolean former) throws IOException {
        checkBlock(32);
        byte[] head = new byte[20];
        in.read(head, head.length, "its header");
        ByteBuffer fields = ByteBuffer.wrap(head).order(order);
        Interface from = at(former ? fields.getShort(0) & 0xffff : fields.getInt(0));
        long high = Integer.toUnsignedLong(fields.getInt(4));
        long low = Integer.toUnsignedLong(fields.getInt(8));
        frame.timeNanos = from.nanos(high << 32 | low);
        frame.captured = Integer.toUnsignedLong(fields.getInt(12));
        frame.original = Integer.toUnsignedLong(fields.getInt(16));
        frame.ethernet = from.ethernet;
        within(frame, blockLength - 32);
    }

    private void simplePacket(FrameInfo frame) throws IOException {
        checkBlock(16);
        byte[] head = new byte[4];
        in.read(head, head.length, "its header");
        Interface from = at(0);
        frame.timeNanos = 0;
        frame.original = Integer.toUnsignedLong(ByteBuffer.wrap(head).order(order).getInt(0));
        frame.captured = frame.original;
        if (from.snapLength != 0) {
            frame.captured = Math.min(frame.captured, from.snapLength);
        }
        frame.ethernet = from.ethernet;
        within(frame, blockLength - 16);
    }

    private void within(FrameInfo frame, long room) throws IOException {
        if (frame.captured > room) {
            throw in.bad(
                    "it has %d bytes in a block with room for %d".formatted(frame.captured, room));
        }
        frameTail = room - frame.captured;
    }

    private Interface at(int index) throws IOException {
        if (index < 0 || index >= interfaces.size()) {
            throw in.bad(
                    "it is of interface %d, but %d are described"
                            .formatted(Integer.toUnsignedLong(index), interfaces.size()));
        }
        return interfaces.get(index);
    }

    private void beginBlock() throws IOException {
        ByteBuffer length = in.header(4, order, "a block's length");
        if (length == null) {
            throw in.cutOff("a block has no length");
        }
        blockLength = Integer.toUnsignedLong(length.getInt(0));
        checkBlock(12);
    }

    private void checkBlock(int least) throws IOException {
        if (blockLength < least || blockLength % 4 != 0) {
            throw in.bad(
                    "a block has %d bytes, less than its %d or no multiple of 4"
                            .formatted(blockLength, least));
        }
    }

    private void endBlock() throws IOException {
        ByteBuffer again = in.header(4, order, "a block's second length");
        if (again == null) {
            throw in.cutOff("its block has no second length");
        }
        long length = Integer.toUnsignedLong(again.getInt(0));
        if (length != blockLength) {
            throw in.bad(
                    "a block has %d bytes in front and %d behind".formatted(blockLength, length));
        }
    }
}
