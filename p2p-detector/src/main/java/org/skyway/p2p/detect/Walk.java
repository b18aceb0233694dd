package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;

/// Some packets on their way through the pipeline. Mutable; copied where the way forks.
final class Walk {
    /// Bits on the pipeline's stack, as [SymbolicPacket] describes them.
    record Stack(int[] bits, Stack below) {}

    /// The outermost VLAN tag as it was before another was put on, as [SymbolicPacket] describes
    /// it.
    record Tags(int[] tci, Tags below) {}

    final int from;
    SymbolicPacket packet;
    Step last;
    Stack stack;
    Tags tags; // that were put on; null for none
    List<Action> actionSet = List.of(); // replaced, never changed
    List<Verdict.GroupHit> groups = List.of(); // replaced, never changed
    int lookups; // since the packet came in
    int groupDepth;
    boolean left; // whether the packet was sent to a port
    int to; // which
    String undone; // what was done that no later action can undo; null for nothing
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
        groups = other.groups;
        lookups = other.lookups;
        groupDepth = other.groupDepth;
        left = other.left;
        to = other.to;
        undone = other.undone;
        uncertain = other.uncertain;
    }

    /// Whether an output would send the packets as they came in, and nothing would follow.
    boolean pristine() {
        return !left
                && tags == null
                && undone == null
                && !uncertain
                && actionSet.isEmpty()
                && packet.pristine();
    }

    void writeActions(List<Action> actions) {
        if (actions.isEmpty()) {
            return;
        }
        List<Action> both = new ArrayList<>(actionSet);
        both.addAll(actions);
        actionSet = both;
    }

    void hitGroup(int id, int bucket) {
        List<Verdict.GroupHit> more = new ArrayList<>(groups);
        more.add(new Verdict.GroupHit(id, bucket));
        groups = more;
    }
}
