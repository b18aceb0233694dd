package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.SubField;
import org.skyway.pipeline.Packet;

/// Some packets on their way through the pipeline. Mutable; copied where the way forks.
final class Branch extends Packet {
    private static final SubField IN_PORT = SubField.all(Field.IN_PORT);

    /// Bits on the pipeline's stack, as [SymbolicPacket] describes them.
    record Stack(int[] bits, Stack below) {}

    /// The VLAN tags beyond what the flow key shows. As in Open vSwitch there are two at most: a
    /// third one that is put on makes the innermost vanish.
    ///
    /// @param inner the tag under the outermost, as [SymbolicPacket] describes its bits; null for
    ///   none
    /// @param original whether the outermost tag, if the packets came in with one, is still that
    ///   one, with its TPID
    /// @param innerOriginal the same for the inner tag
    record Tags(int[] inner, boolean original, boolean innerOriginal) {
        /// As packets come in.
        static final Tags AS_IT_CAME = new Tags(null, true, false);

        /// Nothing under an outermost tag that is not the original one.
        static final Tags OTHER = new Tags(null, false, false);

        /// Nobody knows.
        static final Tags UNKNOWN = new Tags(SymbolicPacket.unknown(16), false, false);
    }

    private record Before(
            SymbolicPacket contents, Stack stack, List<Action> actionSet, Tags tags, String undone)
            implements Saved {}

    final int from;
    SymbolicPacket packet;
    Step last;
    Stack stack;
    Tags tags = Tags.AS_IT_CAME;
    List<Verdict.GroupHit> groups = List.of(); // replaced, never changed
    int lookups; // since the packet came in
    boolean left; // whether the packet was sent to a port
    int to; // which
    String undone; // what was done that can't be followed, so that none may leave; null for nothing
    String note; // why nothing was sent where it was meant to go; null for nothing
    boolean uncertain; // whether a bit that nobody knows decided the way

    Branch(int from, SymbolicPacket packet) {
        this.from = from;
        this.packet = packet;
    }

    Branch(Branch other) {
        super(other);
        from = other.from;
        packet = new SymbolicPacket(other.packet);
        last = other.last;
        stack = other.stack;
        tags = other.tags;
        groups = other.groups;
        lookups = other.lookups;
        left = other.left;
        to = other.to;
        undone = other.undone;
        note = other.note;
        uncertain = other.uncertain;
    }

    /// Whether an output would send the packets as they came in, and nothing would follow.
    boolean pristine() {
        return !left && undone == null && !uncertain && actionSet().isEmpty() && isAsItCame();
    }

    /// Whether nothing was written to the packets, nor to what the flow key does not show of them.
    boolean isAsItCame() {
        return tags == Tags.AS_IT_CAME && packet.pristine();
    }

    void hitGroup(int id, int bucket) {
        List<Verdict.GroupHit> more = new ArrayList<>(groups);
        more.add(new Verdict.GroupHit(id, bucket));
        groups = more;
    }

    // ---- as the interpreter sees them

    @Override
    protected Saved save(boolean separate) {
        Before before = new Before(packet, stack, actionSet(), tags, undone);
        packet = new SymbolicPacket(packet);
        return before;
    }

    @Override
    protected void restore(Saved saved, boolean whole) {
        Before before = (Before) saved;
        packet = packet.withContentsOf(before.contents);
        tags = before.tags;
        undone = before.undone;
        if (whole) {
            stack = before.stack;
            actionSet(before.actionSet);
        }
    }

    @Override
    protected void actionSetOutput(int port) {
        write(packet, Field.ACTSET_OUTPUT, port);
    }

    @Override
    protected void writeMetadata(long value, long mask) {
        packet.write(Field.METADATA.word(), mask, value);
    }

    private static void write(SymbolicPacket packet, Field field, long value) {
        int shift = field.shift();
        packet.write(field.word(), field.ones() << shift, (value & field.ones()) << shift);
    }

    /// The packets with another ingress port, as a look-up may see them.
    SymbolicPacket askedAs(int port) {
        SymbolicPacket asked = new SymbolicPacket(packet);
        write(asked, Field.IN_PORT, port);
        return asked;
    }

    @Override
    protected long inPort() {
        long value = 0;
        int[] bits = packet.bits(IN_PORT);
        for (int i = 0; i < bits.length; i++) {
            if (bits[i] == SymbolicPacket.ONE) {
                value |= 1L << i;
            } else if (bits[i] != SymbolicPacket.ZERO) {
                return -1;
            }
        }
        return value;
    }
}
