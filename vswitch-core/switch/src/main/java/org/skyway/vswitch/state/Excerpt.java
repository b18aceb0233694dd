package org.skyway.vswitch.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// An excerpt of the queue: a checksum (CRC32C, of all that follows), what it is, and its bytes.
///
/// @param kind what it is
/// @param body the rest
record Excerpt(Kind kind, byte[] body) {
    private static final int HEAD = Integer.BYTES + 1;

    enum Kind {
        /// [Header]: the first one.
        HEADER,
        /// Changes, of which more follow: they count when the last ones are there.
        MORE,
        /// The last of the changes that were made in one go.
        LAST,
        /// All that was known when the queue was begun is in it.
        COMPLETE
    }

    /// What the queue is.
    ///
    /// @param format version of the format
    /// @param boot id of the host's boot, in which the times count
    /// @param nanos [System#nanoTime] when it was written
    /// @param wallMillis [System#currentTimeMillis] when it was written
    /// @param counters name of the file with the counters
    /// @param threads how many poll threads count in that
    record Header(
            int format, String boot, long nanos, long wallMillis, String counters, int threads) {
        Excerpt excerpt() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(format);
            out.writeUTF(boot);
            out.writeLong(nanos);
            out.writeLong(wallMillis);
            out.writeUTF(counters);
            out.writeInt(threads);
            return new Excerpt(Kind.HEADER, bytes.toByteArray());
        }

        static Header read(byte[] body) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
            int format = in.readInt();
            if (!StateStore.isRead(format)) {
                return new Header(format, "", 0, 0, "", 0);
            }
            return new Header(
                    format, in.readUTF(), in.readLong(), in.readLong(), in.readUTF(), in.readInt());
        }
    }

    byte[] encode() {
        byte[] bytes = new byte[HEAD + body.length];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putInt(0).put((byte) kind.ordinal()).put(body);
        out.putInt(0, checksum(bytes));
        return bytes;
    }

    /// @return null if the bytes are not whole
    static Excerpt decode(byte[] bytes) {
        if (bytes.length < HEAD) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int kind = bytes[Integer.BYTES];
        if (in.getInt() != checksum(bytes) || kind < 0 || kind >= Kind.values().length) {
            return null;
        }
        byte[] body = new byte[bytes.length - HEAD];
        in.get(HEAD, body);
        return new Excerpt(Kind.values()[kind], body);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
        return (int) crc.getValue();
    }
}
