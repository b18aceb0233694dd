package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;

/// Some packets on their way through the pipeline. Mutable; copied where the way forks.
final class Walk {
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

    final int from;
    SymbolicPacket packet;
    Step last;
    Stack stack;
    Tags tags = Tags.AS_IT_CAME;
    List<Action> actionSet = List.of(); // replaced, never changed
    boolean actionSetHasGroup; // since it was cleared
    List<Verdict.GroupHit> groups = List.of(); // replaced, never changed
    int lookups; // since the packet came in
    int backward; // how many of them were calls of the same or an earlier table
    int groupDepth;
    boolean left; // whether the packet was sent to a port
    int to; // which
    String undone; // what was done that can't be followed, so that none may leave; null for nothing
    String note; // why nothing was sent where it was meant to go; null for nothing
    boolean uncertain; // whether a bit that nobody knows decided the way

    Walk(int from, SymbolicPacket packet) {
        this.from = from;
        this.packet = packet;
    }

    Walk(Walk other) {
        from = other.from;
        packet = new SymbolicPacket(other.packet);
        last = other.last;
        stack = other.stack;
        tags = other.tags;
        actionSet = other.actionSet;
        actionSetHasGroup = other.actionSetHasGroup;
        groups = other.groups;
        lookups = other.lookups;
        backward = other.backward;
        groupDepth = other.groupDepth;
        left = other.left;
        to = other.to;
        undone = other.undone;
        note = other.note;
        uncertain = other.uncertain;
    }

    /// Whether an output would send the packets as they came in, and nothing would follow.
    boolean pristine() {
        return !left
                && tags == Tags.AS_IT_CAME
                && undone == null
                && !uncertain
                && actionSet.isEmpty()
                && packet.pristine();
    }

    void clearActions() {
        actionSet = List.of();
        actionSetHasGroup = false;
        setOutput(OfPort.UNSET);
    }

    void writeActions(List<Action> actions) {
        if (actions.isEmpty()) {
            return;
        }
        List<Action> both = new ArrayList<>(actionSet);
        both.addAll(actions);
        actionSet = both;
        for (Action action : actions) {
            if (!actionSetHasGroup && action instanceof Action.Output(int port, _)) {
                setOutput(port);
            } else if (!actionSetHasGroup && action instanceof Action.Group) {
                setOutput(OfPort.UNSET);
                actionSetHasGroup = true;
            }
        }
    }

    /// What a match on `actset_output` sees.
    private void setOutput(int port) {
        int shift = Field.ACTSET_OUTPUT.shift();
        packet.write(
                Field.ACTSET_OUTPUT.word(),
                Field.ACTSET_OUTPUT.ones() << shift,
                (port & Field.ACTSET_OUTPUT.ones()) << shift);
    }

    void hitGroup(int id, int bucket) {
        List<Verdict.GroupHit> more = new ArrayList<>(groups);
        more.add(new Verdict.GroupHit(id, bucket));
        groups = more;
    }
}
