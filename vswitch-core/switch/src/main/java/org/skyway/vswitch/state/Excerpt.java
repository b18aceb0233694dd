package org.skyway.vswitch.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
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
        void put(DataOutput out) throws IOException {
            out.writeInt(format);
            out.writeUTF(boot);
            out.writeLong(nanos);
            out.writeLong(wallMillis);
            out.writeUTF(counters);
            out.writeInt(threads);
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

    /// Makes excerpts, one after the other, in the same memory.
    static final class Writer extends ByteArrayOutputStream {
        Writer() {
            begin();
        }

        /// Begins the next one.
        void begin() {
            backTo(HEAD);
        }

        /// Forgets what was written from some place on.
        ///
        /// @param size what [#size] was there
        void backTo(int size) {
            if (size > buf.length) {
                buf = new byte[size];
            }
            count = size;
        }

        /// Ends one.
        ///
        /// @return an array that begins with its bytes, [#size] of them; until the next one begins
        byte[] end(Kind kind) {
            buf[Integer.BYTES] = (byte) kind.ordinal();
            ByteBuffer.wrap(buf).putInt(0, checksum(buf, count));
            return buf;
        }
    }

    /// @return null if the bytes are not whole
    static Excerpt decode(byte[] bytes) {
        if (bytes.length < HEAD) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int kind = bytes[Integer.BYTES];
        if (in.getInt() != checksum(bytes, bytes.length)
                || kind < 0
                || kind >= Kind.values().length) {
            return null;
        }
        byte[] body = new byte[bytes.length - HEAD];
        in.get(HEAD, body);
        return new Excerpt(Kind.values()[kind], body);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, Integer.BYTES, length - Integer.BYTES);
        return (int) crc.getValue();
    }
}
