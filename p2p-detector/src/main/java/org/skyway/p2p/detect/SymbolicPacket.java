package org.skyway.p2p.detect;

import java.util.Arrays;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.SubField;
import org.skyway.pipeline.classifier.PacketSet;

/// Many packets at one point of the pipeline: which packets they were when they came in (a cube),
/// and what each bit of their flow key is by now: still the bit that came in, a constant, another
/// bit that came in, or unknown.
///
/// Where the same bit of the cube is fixed, a bit that came in is as good as a constant.
final class SymbolicPacket implements PacketSet {
    /// Descriptor of a bit that is 0; [#ONE] is 1.
    static final int ZERO = 0;

    /// Descriptor of a bit that is 1.
    static final int ONE = 1;

    /// Descriptor of a bit that nobody knows.
    static final int UNKNOWN = 2;

    private static final int REFERENCE = 3; // + number of the bit that came in

    /// Bits that nobody knows.
    static int[] unknown(int count) {
        int[] bits = new int[count];
        Arrays.fill(bits, UNKNOWN);
        return bits;
    }

    private final Cube input;
    private final long[] written; // bits that are no longer the input's own
    private final long[] constant; // their values, where they are constants
    private long[] unknown; // written bits that nobody knows; null for none
    private int[] moved; // by written bit: the input bit it was copied from, or -1; null for none

    /// Packets that nothing was done to yet.
    SymbolicPacket(Cube input) {
        this.input = input;
        written = new long[FlowKey.WORDS];
        constant = new long[FlowKey.WORDS];
    }

    SymbolicPacket(SymbolicPacket other) {
        input = new Cube(other.input);
        written = other.written.clone();
        constant = other.constant.clone();
        unknown = other.unknown == null ? null : other.unknown.clone();
        moved = other.moved == null ? null : other.moved.clone();
    }

    /// The packets as they came in.
    Cube input() {
        return input;
    }

    @Override
    public long known(int word) {
        long known = ~written[word] & input.mask[word] | written[word];
        if (unknown != null) {
            known &= ~unknown[word];
        }
        return moved == null ? known : known & ~movedBits(word);
    }

    @Override
    public long value(int word) {
        return (input.value[word] & ~written[word] | constant[word] & written[word]) & known(word);
    }

    private long movedBits(int word) {
        long bits = 0;
        for (long rest = written[word]; rest != 0; rest &= rest - 1) {
            int bit = Cube.bit(word, Long.numberOfTrailingZeros(rest));
            if (moved[bit] >= 0) {
                bits |= 1L << bit;
            }
        }
        return bits;
    }

    /// Whether some of these packets may match, to the best of what is known.
    @Override
    public boolean overlaps(Match match) {
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            if (((value(w) ^ match.value(w)) & match.mask(w) & known(w)) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Whether all of these packets match, given that they overlap.
    boolean within(Match match) {
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            if ((match.mask(w) & ~known(w)) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Whether a match would test a bit that nobody knows, so that it can't be said which packets
    /// match.
    boolean undecided(Match match) {
        if (unknown == null) {
            return false;
        }
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            if ((match.mask(w) & unknown[w]) != 0) {
                return true;
            }
        }
        return false;
    }

    /// Narrows to the packets that match. Unknown bits are taken to match.
    ///
    /// @return false if there are none; this packet is then undefined
    boolean narrow(Match match) {
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            long known = known(w);
            long mask = match.mask(w);
            if (((value(w) ^ match.value(w)) & mask & known) != 0) {
                return false;
            }
            long open = mask & ~known;
            input.fix(w, open & ~written[w], match.value(w));
            if (moved != null && !narrowMoved(w, open & written[w], match.value(w))) {
                return false;
            }
        }
        settleMoved();
        return true;
    }

    private boolean narrowMoved(int word, long open, long value) {
        for (long rest = open; rest != 0; rest &= rest - 1) {
            int bit = Cube.bit(word, Long.numberOfTrailingZeros(rest));
            if (moved[bit] >= 0 && !input.fix(moved[bit], (value >>> bit & 1) != 0)) {
                return false;
            }
        }
        return true;
    }

    /// Narrows to the packets that came in with one value of a bit.
    ///
    /// @return false if there are none
    boolean narrowInput(int bit, boolean one) {
        boolean some = input.fix(bit, one);
        settleMoved();
        return some;
    }

    /// What a match means for the packets as they came in, given that it overlaps.
    ///
    /// @return the packets that match now, in terms of how they came in; null if that can't be said
    Match pullBack(Match match) {
        boolean same = true;
        for (long rest = match.words(); rest != 0 && same; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            same = (match.mask(w) & written[w]) == 0;
        }
        if (same) {
            return match;
        }
        if (undecided(match)) {
            return null;
        }
        Cube cube = new Cube();
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            if (!cube.fix(w, match.mask(w) & ~written[w], match.value(w))) {
                return null;
            }
            if (moved == null) {
                continue;
            }
            for (long bits = match.mask(w) & written[w]; bits != 0; bits &= bits - 1) {
                int bit = Cube.bit(w, Long.numberOfTrailingZeros(bits));
                if (moved[bit] >= 0 && !cube.fix(moved[bit], (match.value(w) >>> bit & 1) != 0)) {
                    return null;
                }
            }
        }
        return Match.of(cube.value, cube.mask);
    }

    /// What one packet that came in is by now.
    ///
    /// @param key how it came in
    /// @return a new flow key; unknown bits are 0
    long[] apply(long[] key) {
        long[] now = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            now[w] = key[w] & ~written[w] | constant[w] & written[w];
            if (moved == null) {
                continue;
            }
            for (long rest = movedBits(w); rest != 0; rest &= rest - 1) {
                int bit = Cube.bit(w, Long.numberOfTrailingZeros(rest));
                int from = moved[bit];
                now[w] |= (key[from >> 6] >>> from & 1) << bit;
            }
        }
        return now;
    }

    /// Writes constants into some bits of a word.
    void write(int word, long bits, long to) {
        written[word] |= bits;
        constant[word] = constant[word] & ~bits | to & bits;
        if (unknown != null) {
            unknown[word] &= ~bits;
        }
        if (moved != null) {
            for (long rest = bits; rest != 0; rest &= rest - 1) {
                moved[Cube.bit(word, Long.numberOfTrailingZeros(rest))] = -1;
            }
        }
    }

    /// Makes some bits of a word unknown.
    void forget(int word, long bits) {
        write(word, bits, 0);
        if (unknown == null) {
            unknown = new long[FlowKey.WORDS];
        }
        unknown[word] |= bits;
    }

    /// What the bits of a part of a field are, least significant first.
    int[] bits(SubField part) {
        int[] bits = new int[part.bits()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = holds(part, i) ? describe(bitOf(part.field(), part.offset() + i)) : ZERO;
        }
        return bits;
    }

    private int describe(int bit) {
        int w = bit >> 6;
        long b = 1L << bit;
        if ((known(w) & b) != 0) {
            return (value(w) & b) != 0 ? ONE : ZERO;
        }
        if ((written[w] & b) == 0) {
            return REFERENCE + bit;
        }
        return moved != null && moved[bit] >= 0 ? REFERENCE + moved[bit] : UNKNOWN;
    }

    /// Writes bits into a part of a field; of too many the more significant are dropped, missing
    /// ones are 0.
    void setBits(SubField part, int[] bits) {
        for (int i = 0; i < part.bits(); i++) {
            if (holds(part, i)) {
                set(bitOf(part.field(), part.offset() + i), i < bits.length ? bits[i] : ZERO);
            }
        }
        if (part.field().base() == Field.IN_PORT) {
            settleInPort(part.field());
        }
    }

    // Whether a flow key has the bit; all it has of a wide field.
    private static boolean holds(SubField part, int i) {
        Field f = part.field();
        return f.wide() || (f.held() >>> part.offset() + i & 1) != 0;
    }

    /// Makes a whole port number of one that was written to in part.
    private void settleInPort(Field field) {
        int port = 0;
        for (int bit : bits(SubField.all(field))) {
            if (bit != ZERO && bit != ONE) {
                forget(FlowKey.IN_PORT, -1L << 32);
                return;
            }
            port = port >>> 1 | bit << 31;
        }
        boolean half = field == Field.IN_PORT_NXM;
        int now = half ? OfPort.of16(port >>> 16) : OfPort.exists(port) ? port : OfPort.ANY;
        write(FlowKey.IN_PORT, -1L << 32, (long) now << 32);
    }

    /// Writes constants into a field.
    void set(Field field, long high, long low, long maskHigh, long maskLow) {
        if (field.wide()) {
            write(field.word(), maskHigh, high);
            write(field.word() + 1, maskLow, low);
        } else {
            int shift = field.shift();
            write(field.word(), (maskLow & field.held()) << shift, low << shift);
        }
        if (field.base() == Field.IN_PORT) {
            settleInPort(field);
        }
    }

    private void set(int bit, int descriptor) {
        int w = bit >> 6;
        long b = 1L << bit;
        if (descriptor == UNKNOWN) {
            forget(w, b);
        } else if (descriptor < REFERENCE) {
            write(w, b, descriptor == ONE ? b : 0);
        } else {
            write(w, b, 0);
            if (descriptor - REFERENCE == bit) {
                written[w] &= ~b;
                return;
            }
            if (moved == null) {
                moved = new int[FlowKey.WORDS << 6];
                Arrays.fill(moved, -1);
            }
            moved[bit] = descriptor - REFERENCE;
            settleMoved();
        }
    }

    static int bitOf(Field field, int offset) {
        if (!field.wide()) {
            return Cube.bit(field.word(), field.shift() + offset);
        }
        return offset < 64
                ? Cube.bit(field.word() + 1, offset)
                : Cube.bit(field.word(), offset - 64);
    }

    /// Turns copies of bits that are fixed by now into constants.
    private void settleMoved() {
        if (moved == null) {
            return;
        }
        for (int bit = 0; bit < moved.length; bit++) {
            int from = moved[bit];
            if (from >= 0 && input.fixed(from)) {
                write(bit >> 6, 1L << bit, input.valueOf(from) ? 1L << bit : 0);
            }
        }
    }

    /// Takes over what was done to the packets of another state, whose cube this one's lies in.
    ///
    /// @return a packet with this one's cube and the other's contents
    SymbolicPacket withContentsOf(SymbolicPacket other) {
        SymbolicPacket restored = new SymbolicPacket(other);
        System.arraycopy(input.mask, 0, restored.input.mask, 0, FlowKey.WORDS);
        System.arraycopy(input.value, 0, restored.input.value, 0, FlowKey.WORDS);
        restored.settleMoved();
        return restored;
    }

    /// Whether nothing was written to the packet itself, nor to its ingress port.
    boolean pristine() {
        for (int w = 0; w < FlowKey.PACKET_WORDS; w++) {
            if (written[w] != 0) {
                return false;
            }
        }
        return true;
    }

    /// A bit of the packet itself that may differ from how it came in.
    ///
    /// @param from the bit to start at
    /// @return its number, -1 if there is no further one
    int nextChangedBit(int from) {
        for (int bit = from; bit < FlowKey.PACKET_WORDS << 6; bit++) {
            int w = bit >> 6;
            if ((written[w] & -1L << bit) == 0) {
                bit |= 63; // on to the next word
                continue;
            }
            if ((written[w] >>> bit & 1) == 0) {
                continue;
            }
            int now = describe(bit);
            if (now >= UNKNOWN || !input.fixed(bit) || input.valueOf(bit) != (now == ONE)) {
                return bit;
            }
        }
        return -1;
    }

    /// Whether it is known what a bit is by now.
    boolean knows(int bit) {
        return describe(bit) != UNKNOWN;
    }

    /// Narrows to packets in which a bit differs from how it came in.
    ///
    /// @param bit a bit that [#nextChangedBit] gave
    /// @param one the value with which it came in
    /// @return false if there are none; this packet is then undefined
    boolean narrowToChanged(int bit, boolean one) {
        int now = describe(bit);
        if (!narrowInput(bit, one)) {
            return false;
        }
        if (now == UNKNOWN) {
            return true;
        }
        return now < REFERENCE ? (now == ONE) != one : narrowInput(now - REFERENCE, !one);
    }
}
