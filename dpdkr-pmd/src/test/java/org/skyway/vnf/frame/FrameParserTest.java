package org.skyway.vnf.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.region.Memory;

class FrameParserTest {
    private static final String MACS = "020000000002" + "020000000001";
    private static final String IPV4_TCP =
            "45000028000000004006" + "0000" + "0a000001" + "c0a80102" + "04d20050" + "00000000";
    private static final String IPV6 =
            "20010db8000000000000000000000001" + "20010db8000000000000000000000002";

    private final NativeBuffer memory = new NativeBuffer(4096);
    private final FlowReader parser = new FlowReader();

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void readsIpv4Tcp() {
        parse(MACS + "0800" + IPV4_TCP);
        isTcp();
    }

    @Test
    void readsOverVlanTags() {
        parse(MACS + "81000064" + "0800" + IPV4_TCP);
        isTcp();
        parse(MACS + "88a80064" + "81000065" + "0800" + IPV4_TCP);
        isTcp();
        parse(MACS + "81000064" + "81000065" + "81000066" + "0800" + IPV4_TCP);
        assertEquals(0x8100, parser.etherType());
        assertEquals(FlowReader.NONE, parser.protocol());
    }

    @Test
    void laterFragmentHasNoPorts() {
        parse(MACS + "0800" + IPV4_TCP.replaceFirst("^450000280000" + "0000", "4500002800002001"));
        assertEquals(6, parser.protocol());
        assertEquals(FlowReader.NONE, parser.sourcePort());
    }

    @Test
    void readsIpv6OverExtensionHeaders() {
        String udp = "1388" + "0035" + "00080000";
        parse(MACS + "86dd" + "60000000" + "00081140" + IPV6 + udp);
        isUdp6();
        parse(MACS + "86dd" + "60000000" + "00100040" + IPV6 + "1100000000000000" + udp);
        isUdp6();
        parse(MACS + "86dd" + "60000000" + "00182c40" + IPV6 + "1100000000000001" + udp);
        isUdp6();
        parse(MACS + "86dd" + "60000000" + "00182c40" + IPV6 + "1100000800000001" + udp);
        assertEquals(17, parser.protocol());
        assertEquals(FlowReader.NONE, parser.destinationPort());
    }

    @Test
    void whatIsNoIpHasATypeOnly() {
        parse(MACS + "0806" + "0001080006040001");
        assertEquals(0x0806, parser.etherType());
        assertEquals(FlowReader.NONE, parser.protocol());
    }

    @Test
    void cutOffFramesReadNothingBeyondTheirEnd() {
        for (String whole :
                new String[] {
                    MACS + "0800" + IPV4_TCP,
                    MACS + "88a80064" + "81000065" + "0800" + IPV4_TCP,
                    MACS + "86dd" + "60000000" + "00100040" + IPV6 + "1100000000000000" + "13880035"
                }) {
            byte[] bytes = HexFormat.of().parseHex(whole);
            for (int length = 0; length < bytes.length; length++) {
                // What lies behind the frame must make no difference.
                put(bytes, length, 0x00);
                parser.parse(memory.address(), length);
                String with0 = read();
                put(bytes, length, 0xff);
                parser.parse(memory.address(), length);
                assertEquals(with0, read(), "length " + length);
            }
        }
    }

    @Test
    void randomFramesAreHarmless() {
        Random random = new Random(1);
        byte[] bytes = new byte[256];
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(bytes);
            bytes[12] = (byte) (random.nextBoolean() ? 0x86 : 0x08);
            bytes[13] = (byte) (bytes[12] == 8 ? 0x00 : 0xdd);
            Memory.copyFromArray(bytes, 0, memory.address(), bytes.length);
            parser.parse(memory.address(), random.nextInt(256));
            assertTrue(parser.sourcePort() >= -1 && parser.sourcePort() <= 65535);
            assertTrue(parser.protocol() >= -1 && parser.protocol() <= 255);
        }
    }

    private void parse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        Memory.copyFromArray(bytes, 0, memory.address(), bytes.length);
        parser.parse(memory.address(), bytes.length);
    }

    private void put(byte[] bytes, int length, int behind) {
        for (int i = 0; i < 512; i++) {
            Memory.putByte(memory.address() + i, i < length ? bytes[i] : behind);
        }
    }

    private String read() {
        return "%d %d %d %d %d %d %d %d"
                .formatted(
                        parser.etherType(),
                        parser.protocol(),
                        parser.sourceHigh(),
                        parser.sourceLow(),
                        parser.destinationHigh(),
                        parser.destinationLow(),
                        parser.sourcePort(),
                        parser.destinationPort());
    }

    private void isTcp() {
        assertEquals(6, parser.protocol());
        assertEquals(0x0a000001L, parser.sourceLow());
        assertEquals(0xc0a80102L, parser.destinationLow());
        assertEquals(1234, parser.sourcePort());
        assertEquals(80, parser.destinationPort());
    }

    private void isUdp6() {
        assertTrue(parser.isIpv6());
        assertEquals(17, parser.protocol());
        assertEquals(0x20010db800000000L, parser.sourceHigh());
        assertEquals(2, parser.destinationLow());
        assertEquals(5000, parser.sourcePort());
        assertEquals(53, parser.destinationPort());
    }
}
