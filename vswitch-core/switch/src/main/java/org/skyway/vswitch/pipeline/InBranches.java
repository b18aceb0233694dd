package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Instructions;

/// What follows a `check_pkt_larger`. It depends on the packet's length, which is known only when
/// it is there: so it is thought through for longer packets and for others. As in Open vSwitch,
/// what follows is the rest of the entry and the action set; what called the entry goes on with the
/// packet as it was.
final class InBranches implements Frame {
    private enum Part {
        BEGIN,
        INSTRUCTIONS,
        TABLES,
        ACTION_SET
    }

    private final Walk walk;
    private final Action.CheckPacketLarger check;
    private final Instructions rest;
    private final int[] branch = new int[2]; // where they begin: of others, of longer packets
    private Part part = Part.BEGIN;
    private int longer = 1;
    private boolean ended; // what called the entry, if the first way does: so it is in Open vSwitch
    private Walk.Saved saved;
    private Copy copy;

    /// @param from index of the first action behind the check
    InBranches(Walk walk, Action.CheckPacketLarger check, List<Action> actions, int from) {
        this.walk = walk;
        this.check = check;
        List<Action> left = actions.subList(from, actions.size());
        rest =
                walk.atWork != null && actions == walk.atWork.apply()
                        ? walk.atWork.withApply(left)
                        : Instructions.apply(left);
    }

    @Override
    public boolean step() {
        switch (part) {
            case BEGIN -> {
                walk.packet.commit();
                saved = walk.save();
                // Used up by the first way, and done again at the end: so it is in Open vSwitch.
                walk.actionSet = saved.actionSet().copy();
                copy = Copy.begin(walk.out);
                branch();
            }
            case INSTRUCTIONS -> {
                part = Part.TABLES;
                if (walk.nextTable >= 0 && !walk.exit) {
                    int own = walk.packet.inPort();
                    walk.begin(new InTables(walk, walk.nextTable, own, true));
                }
            }
            case TABLES -> {
                part = Part.ACTION_SET;
                walk.begin(new InActionSet(walk));
            }
            case ACTION_SET -> {
                if (walk.isAbandoned()) {
                    return false;
                }
                walk.restorePacket(saved);
                if (longer == 0) {
                    walk.exit = ended;
                    join();
                    return false;
                }
                ended = walk.exit;
                walk.exit = false;
                longer = 0;
                branch();
            }
        }
        return true;
    }

    private void branch() {
        part = Part.INSTRUCTIONS;
        branch[longer] = walk.out.size();
        walk.out.add(new DatapathAction.Skip(0));
        walk.packet.write(check.target(), 0, longer);
        walk.begin(new InInstructions(walk, rest));
    }

    private void join() {
        Steps out = walk.out;
        walk.restore(saved);
        out.set(branch[1], new DatapathAction.IfLonger(check.length(), branch[0] - branch[1]));
        out.set(branch[0], new DatapathAction.Skip(out.size() - branch[0] - 1));
        copy.end();
    }
}
