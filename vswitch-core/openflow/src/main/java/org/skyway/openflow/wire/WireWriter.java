package org.skyway.openflow.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.skyway.openflow.model.Bytes;

/// Writes big-endian numbers into an array that grows.
final class WireWriter {
    /// Takes what is written so far when more would not fit into one message.
    interface Splitter {
        /// The first bytes are to be sent. They are forgotten afterwards, but for what was there
        /// when the splitter was set.
        ///
        /// @param end how many
        void split(int end);
    }

    private byte[] data;
    private int size;
    private Splitter splitter;
    private int limit;
    private int kept;
    private int boundary;

    WireWriter(int capacity) {
        data = new byte[capacity];
    }

    WireWriter() {
        this(128);
    }

    int size() {
        return size;
    }

    /// Makes room. The array may be another one afterwards.
    ///
    /// @return where the room starts
    private int grow(int n) {
        int p = size;
        if (n > data.length - size) {
            data = Arrays.copyOf(data, Math.max(size + n, 2 * data.length));
        }
        size += n;
        return p;
    }

    WireWriter u8(int v) {
        int p = grow(1);
        data[p] = (byte) v;
        return this;
    }

    WireWriter u16(int v) {
        setU16(grow(2), v);
        return this;
    }

    WireWriter u32(int v) {
        int p = grow(4);
        setU16(p, v >>> 16);
        setU16(p + 2, v);
        return this;
    }

    WireWriter u48(long v) {
        return u16((int) (v >>> 32)).u32((int) v);
    }

    WireWriter u64(long v) {
        return u32((int) (v >>> 32)).u32((int) v);
    }

    /// The low bytes of a number.
    WireWriter number(long v, int bytes) {
        int p = grow(bytes);
        for (int i = bytes - 1; i >= 0; i--, v >>>= 8) {
            data[p + i] = (byte) v;
        }
        return this;
    }

    WireWriter zeros(int n) {
        int p = grow(n);
        Arrays.fill(data, p, p + n, (byte) 0);
        return this;
    }

    WireWriter bytes(Bytes b) {
        int p = grow(b.length());
        for (int i = 0; i < b.length(); i++) {
            data[p + i] = b.at(i);
        }
        return this;
    }

    /// A part of what another writer has.
    WireWriter bytes(WireWriter other, int from, int to) {
        int p = grow(to - from);
        System.arraycopy(other.data, from, data, p, to - from);
        return this;
    }

    /// From now on, no more than `maximum` bytes are kept if they can be split.
    void splitAt(int maximum, Splitter s) {
        limit = maximum;
        splitter = s;
        kept = size;
        boundary = size;
    }

    /// Says that a multipart message may be split here, after an item. Places before this one may
    /// not be named any more.
    void boundary() {
        if (splitter != null && size > limit && boundary > kept) {
            splitter.split(boundary);
            System.arraycopy(data, boundary, data, kept, size - boundary);
            size -= boundary - kept;
        }
        boundary = size;
    }

    /// A text in a field of fixed size, cut before a character so that a zero byte ends it.
    WireWriter text(String s, int fieldSize) {
        byte[] b = s.getBytes(StandardCharsets.UTF_8);
        int n = Math.min(b.length, fieldSize - 1);
        while (n < b.length && (b[n] & 0xc0) == 0x80) {
            n--; // in the middle of one
        }
        int p = grow(n);
        System.arraycopy(b, 0, data, p, n);
        return zeros(fieldSize - n);
    }

    /// Zeros up to a multiple of 8 bytes from `start`.
    WireWriter pad8(int start) {
        return zeros(-(size - start) & 7);
    }

    /// Overwrites 16 bits that were written before.
    void setU16(int at, int v) {
        data[at] = (byte) (v >>> 8);
        data[at + 1] = (byte) v;
    }

    int getU16(int at) {
        return (data[at] & 0xff) << 8 | data[at + 1] & 0xff;
    }

    /// Forgets all that was written.
    void clear() {
        size = 0;
    }

    /// A copy of the first bytes.
    byte[] head(int length) {
        return Arrays.copyOf(data, length);
    }

    /// A copy of what was written from some place on.
    byte[] array(int from) {
        return Arrays.copyOfRange(data, from, size);
    }

    byte[] array() {
        return array(0);
    }
}
