package org.skyway.memif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemifMessageTest {
    private static final byte[] SECRET =
            Arrays.copyOf("geheim".getBytes(StandardCharsets.UTF_8), 24);

    private static final List<MemifMessage> ALL =
            List.of(
                    new MemifMessage.Ack(),
                    new MemifMessage.Hello("VPP", 0x200, 0x200, 15, 1, 2, 14),
                    new MemifMessage.Init(0x200, -7, 0, SECRET, "testpmd"),
                    new MemifMessage.AddRegion(3, 1L << 33),
                    new MemifMessage.AddRing(true, 1, 2, -64, 10, 4),
                    new MemifMessage.AddRing(false, 0, 0, 128, 14, 0),
                    new MemifMessage.Connect("eth0"),
                    new MemifMessage.Connected("memif0/0"),
                    new MemifMessage.Disconnect(5, "bye"));

    @Test
    void whatIsWrittenIsRead() throws MemifException {
        for (MemifMessage m : ALL) {
            byte[] bytes = m.encode();
            assertEquals(128, bytes.length);
            assertEquals(m, MemifMessage.decode(bytes));
        }
    }

    @Test
    void fieldsAreWhereTheProtocolHasThem() {
        ByteBuffer init = at(new MemifMessage.Init(0x200, 7, 0, SECRET, "me"));
        assertEquals(3, init.getShort(0));
        assertEquals(0x200, init.getShort(2));
        assertEquals(7, init.getInt(4));
        assertEquals('g', init.get(9));
        assertEquals('m', init.get(33));
        ByteBuffer region = at(new MemifMessage.AddRegion(1, 1L << 33));
        assertEquals(1, region.getShort(2));
        assertEquals(1L << 33, region.getLong(4));
        ByteBuffer ring = at(new MemifMessage.AddRing(true, 1, 2, 64, 10, 3));
        assertEquals(1, ring.getShort(2));
        assertEquals(1, ring.getShort(4));
        assertEquals(2, ring.getShort(6));
        assertEquals(64, ring.getInt(8));
        assertEquals(10, ring.get(12));
        assertEquals(3, ring.getShort(13));
        ByteBuffer hello = at(new MemifMessage.Hello("x", 1, 2, 3, 4, 5, 6));
        for (int i = 0; i < 5; i++) {
            assertEquals(i + 1, hello.getShort(34 + 2 * i));
        }
        assertEquals(6, hello.get(44));
        assertEquals('b', at(new MemifMessage.Disconnect(1, "bye")).get(6));
    }

    private static ByteBuffer at(MemifMessage m) {
        return ByteBuffer.wrap(m.encode()).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void longTextsAreCutAndStrangeOnesMadeHarmless() throws MemifException {
        var d = new MemifMessage.Disconnect(0, "x".repeat(200));
        assertEquals(
                "x".repeat(95), ((MemifMessage.Disconnect) MemifMessage.decode(d.encode())).text());
        byte[] bytes = new MemifMessage.Connect("a\nb\u001b[31m").encode();
        assertEquals(new MemifMessage.Connect("a?b?[31m"), MemifMessage.decode(bytes));
    }

    @Test
    void anyBytesAreReadOrRefused() {
        Random random = new Random(18);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[128];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                bytes[0] = (byte) random.nextInt(10);
                bytes[1] = 0;
            }
            try {
                MemifMessage m = MemifMessage.decode(bytes);
                MemifMessage again = MemifMessage.decode(m.encode()); // texts are cut once
                assertEquals(again, MemifMessage.decode(again.encode()), m::toString);
            } catch (MemifException e) {
                assertTrue(e.getMessage().contains("no message of type"), e.getMessage());
            }
        }
        assertThrows(MemifException.class, () -> MemifMessage.decode(new byte[127]));
        assertThrows(MemifException.class, () -> MemifMessage.decode(new byte[0]));
    }
}
