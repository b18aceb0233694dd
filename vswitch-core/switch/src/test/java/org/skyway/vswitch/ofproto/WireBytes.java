package org.skyway.vswitch.ofproto;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Bytes one after another, for messages that no codec would write.
final class WireBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// Adds a number.
    ///
    /// @param length in bytes; of more than 8 the first are 0
    WireBytes put(int length, long value) {
        for (int i = length - 1; i >= 0; i--) {
            bytes.write(i >= 8 ? 0 : (int) (value >>> 8 * i));
        }
        return this;
    }

    /// Adds bytes.
    WireBytes put(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    byte[] array() {
        return bytes.toByteArray();
    }

    /// A message of any content.
    static byte[] message(int version, int type, Consumer<WireBytes> body) {
        WireBytes out = new WireBytes().put(1, version).put(1, type).put(2, 0).put(4, 0);
        body.accept(out);
        byte[] made = out.array();
        ByteBuffer.wrap(made).putShort(2, (short) made.length);
        return made;
    }
}
