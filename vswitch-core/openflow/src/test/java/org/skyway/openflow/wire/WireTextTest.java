package org.skyway.openflow.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.ErrorCode;

class WireTextTest {
    private static final int SIZE = 16;

    private static byte[] written(String text) {
        return new WireWriter().text(text, SIZE).array();
    }

    private static String read(byte[] field) {
        return new WireReader(field, ErrorCode.OFPBRC_BAD_LEN).text(SIZE);
    }

    @Test
    void isCutBetweenCharacters() {
        assertEquals("table", read(written("table")));
        assertEquals("fifteen letters", read(written("fifteen letters!")));
        assertEquals("ééééééé", read(written("éééééééé")));
        assertEquals("xéééééé", read(written("xéééééé")));
        assertEquals("€€€€€", read(written("€€€€€€")));
        assertEquals("😀😀😀", read(written("😀😀😀😀")));
        assertEquals("", read(written("")));
    }

    @Test
    void whatAnybodyWroteIsTheSameWhenItIsWrittenAgain() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            byte[] field = new byte[SIZE];
            random.nextBytes(field);
            byte[] first = written(read(field));
            assertEquals(SIZE, first.length);
            assertEquals(0, first[SIZE - 1]);
            String text = read(first);
            assertEquals(text, read(written(text)));
            assertTrue(read(field).startsWith(text));
        }
    }
}
