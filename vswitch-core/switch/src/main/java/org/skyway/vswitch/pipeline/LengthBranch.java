package org.skyway.vswitch.pipeline;

import org.skyway.openflow.model.Action;
import org.skyway.pipeline.Job;
import org.skyway.pipeline.Owner;
import org.skyway.pipeline.Packet;
import org.skyway.pipeline.Todo;

/// What follows a `check_pkt_larger`. It depends on the packet's length, which is known only when
/// it is there: so it is thought through for longer packets and for others. As in Open vSwitch,
/// what follows is the rest of the entry and the action set; what called the entry goes on with the
/// packet as it was.
final class LengthBranch implements Job.Own {
    private final Walk walk;
    private final Action.CheckPacketLarger check;
    private final Owner owner;
    private final Todo list; // behind the check
    private final Packet.Saved saved;
    private final int[] begin = new int[2]; // of others, of longer packets
    private int longer = 1;
    private boolean ended; // what called the entry, if the first way does: so it is in Open vSwitch

    private LengthBranch(Walk walk, Action.CheckPacketLarger check, Owner owner, Todo list) {
        this.walk = walk;
        this.check = check;
        this.owner = owner;
        this.list = list;
        walk.headers.commit();
        saved = walk.save(false);
    }

    /// Begins.
    ///
    /// @param then what follows the check
    /// @return what to do
    static Todo of(Walk walk, Action.CheckPacketLarger check, Owner owner, Todo then) {
        return new LengthBranch(walk, check, owner, then).branch(then.afterList());
    }

    private Todo branch(Todo after) {
        begin[longer] = walk.out.size();
        walk.out.add(new DatapathAction.Skip(0));
        walk.headers.write(check.target(), 0, longer);
        Todo end = new Todo(new Job.RunActionSet(owner), new Todo(this, after));
        return list.listBefore(end);
    }

    @Override
    public Todo run(Todo then) {
        if (walk.isAbandoned()) {
            return then;
        }
        if (longer == 1) {
            // The action set is used up, and done again at the end: so it is in Open vSwitch.
            walk.restoreHeaders(saved);
            ended = walk.isLeaving();
            walk.leaving(false);
            longer = 0;
            return branch(then);
        }
        walk.leaving(ended);
        int others = begin[0];
        walk.out.set(begin[1], new DatapathAction.IfLonger(check.length(), others - begin[1]));
        walk.out.set(others, new DatapathAction.Skip(walk.out.size() - others - 1));
        walk.restore(saved, true); // ends the copy
        return then;
    }
}
