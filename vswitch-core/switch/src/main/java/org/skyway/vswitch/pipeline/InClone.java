package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;

/// The actions of a `clone`. What was written into the action set before is done to the clone, too;
/// and an exit in it ends what comes behind it as well: so it is in Open vSwitch.
final class InClone implements Frame {
    private final Walk walk;
    private final List<Action> actions;
    private Walk.Saved saved; // null before it has begun
    private Copy copy;
    private boolean finishing;

    InClone(Walk walk, List<Action> actions) {
        this.walk = walk;
        this.actions = actions;
    }

    @Override
    public boolean step() {
        if (saved == null) {
            if (actions.stream().anyMatch(a -> a instanceof Action.Meter)) {
                walk.packet.commit(); // as in Open vSwitch, which has to make a real copy for these
            }
            saved = walk.save();
            walk.actionSet = saved.actionSet().copy();
            copy = Copy.begin(walk.out);
            walk.begin(new InList(walk, actions));
            return true;
        }
        if (!finishing) {
            finishing = true;
            walk.begin(new InActionSet(walk));
            return true;
        }
        if (!walk.isAbandoned()) {
            copy.end();
        }
        walk.restore(saved);
        return false;
    }
}
