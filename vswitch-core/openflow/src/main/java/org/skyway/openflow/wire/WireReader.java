package org.skyway.openflow.wire;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Bytes;

/// Reads big-endian numbers from a part of an array and never beyond it: running short throws the
/// error that was chosen for this part.
final class WireReader {
    private final byte[] data;
    private final int start;
    private final int limit;
    private final ErrorCode onShort;
    private int pos;

    WireReader(byte[] data, int start, int length, ErrorCode onShort) {
        this.data = data;
        this.start = start;
        this.pos = start;
        this.limit = start + length;
        this.onShort = onShort;
    }

    WireReader(byte[] data, ErrorCode onShort) {
        this(data, 0, data.length, onShort);
    }

    int remaining() {
        return limit - pos;
    }

    /// How far reading has come.
    int offset() {
        return pos - start;
    }

    private int advance(int n) {
        if (n < 0 || n > limit - pos) {
            throw new OpenFlowException(
                    onShort, "needs %d bytes but %d are left".formatted(n, limit - pos));
        }
        int p = pos;
        pos += n;
        return p;
    }

    int u8() {
        return data[advance(1)] & 0xff;
    }

    int u16() {
        return getU16(advance(2));
    }

    /// 32 bits, as a signed int.
    int s32() {
        return getS32(advance(4));
    }

    long u32() {
        return s32() & 0xffffffffL;
    }

    long u48() {
        return (long) u16() << 32 | u32();
    }

    /// 64 bits, as a signed long.
    long s64() {
        int p = advance(8);
        return (long) getS32(p) << 32 | getS32(p + 4) & 0xffffffffL;
    }

    /// An unsigned number of 1 to 8 bytes.
    long number(int bytes) {
        long value = 0;
        int p = advance(bytes);
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | data[p + i] & 0xff;
        }
        return value;
    }

    void skip(int n) {
        advance(n);
    }

    /// Goes on at a distance from the start of this part.
    void seek(int offset) {
        pos = start;
        advance(offset);
    }

    /// The next bytes as a part of their own, which are then behind.
    WireReader part(int n, ErrorCode error) {
        return new WireReader(data, advance(n), n, error);
    }

    Bytes bytes(int n) {
        return Bytes.over(array(n));
    }

    /// The next bytes without a copy: as long as they are held, so is the whole array.
    Bytes view(int n) {
        return Bytes.over(data, advance(n), n);
    }

    byte[] array(int n) {
        int p = advance(n);
        return java.util.Arrays.copyOfRange(data, p, p + n);
    }

    /// Skips bytes that must be zero.
    void zeros(int n, ErrorCode error) {
        int p = advance(n);
        for (int i = p; i < p + n; i++) {
            if (data[i] != 0) {
                throw new OpenFlowException(
                        error, "byte %d must be zero but is %d".formatted(i - start, data[i]));
            }
        }
    }

    /// A text in a field of fixed size, up to its first zero byte.
    String text(int size) {
        int p = advance(size);
        int n = 0;
        while (n < size && data[p + n] != 0) {
            n++;
        }
        return new String(data, p, n, java.nio.charset.StandardCharsets.UTF_8);
    }

    /// Looks at 16 bits at a distance from here without going on.
    int peekU16(int distance) {
        if (distance + 2 > limit - pos) {
            advance(distance + 2);
        }
        return getU16(pos + distance);
    }

    private int getU16(int p) {
        return (data[p] & 0xff) << 8 | data[p + 1] & 0xff;
    }

    private int getS32(int p) {
        return getU16(p) << 16 | getU16(p + 2);
    }
}
