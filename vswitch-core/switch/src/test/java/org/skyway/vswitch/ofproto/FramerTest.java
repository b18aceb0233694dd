package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramerTest {
    private static final long SEED = 20;
    private static final int STREAMS = 2000;

    private final EmbeddedChannel channel = new EmbeddedChannel(new Framer());

    private static byte[] message(Random random) {
        byte[] message = new byte[8 + (random.nextBoolean() ? 0 : random.nextInt(300))];
        random.nextBytes(message);
        message[2] = (byte) (message.length >>> 8);
        message[3] = (byte) message.length;
        return message;
    }

    @Test
    void messagesAreTheSameHoweverTheyCome() {
        Random random = new Random(SEED);
        for (int n = 0; n < STREAMS; n++) {
            List<byte[]> messages = new ArrayList<>();
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int i = random.nextInt(8); i >= 0; i--) {
                messages.add(message(random));
                stream.writeBytes(messages.getLast());
            }
            byte[] bytes = stream.toByteArray();
            int most = 1 + random.nextInt(random.nextBoolean() ? 4 : 400);
            for (int at = 0; at < bytes.length; ) {
                int part = Math.min(bytes.length - at, 1 + random.nextInt(most));
                ByteBuf in = Unpooled.copiedBuffer(bytes, at, part);
                channel.writeInbound(in);
                assertEquals(0, in.refCnt());
                at += part;
            }
            for (byte[] m : messages) {
                assertArrayEquals(m, channel.readInbound());
            }
            assertNull(channel.readInbound());
        }
        assertTrue(channel.isOpen());
    }

    @Test
    void lengthThatIsNoneEndsTheConnection() {
        channel.writeInbound(
                Unpooled.copiedBuffer(new byte[] {4, 2, 0, 8, 0, 0, 0, 1, 4, 2, 0, 7}));
        assertEquals(8, ((byte[]) channel.readInbound()).length);
        assertFalse(channel.isOpen());
    }

    @Test
    void nothingIsReadBehindALengthThatIsNone() {
        channel.writeInbound(Unpooled.copiedBuffer(new byte[] {4, 2, 0}));
        ByteBuf in = Unpooled.copiedBuffer(new byte[] {7, 0, 0, 0, 4, 2, 0, 8, 0, 0, 0, 1});
        channel.writeInbound(in);
        assertEquals(0, in.refCnt());
        assertNull(channel.readInbound());
        assertFalse(channel.isOpen());
    }
}
