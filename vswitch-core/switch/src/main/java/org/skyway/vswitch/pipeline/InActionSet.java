package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;

/// The end of a packet's way, or of a copy's: the action set. It is done once; what is written into
/// it by then is not done any more. What can't be done now is left for later.
final class InActionSet implements Frame {
    private final Walk walk;
    private boolean begun;
    private boolean outer;

    InActionSet(Walk walk) {
        this.walk = walk;
    }

    @Override
    public boolean step() {
        if (begun) {
            walk.inActionSet = outer;
        } else if (!walk.freezer.isFreezing()) {
            begun = true;
            outer = walk.inActionSet;
            walk.inActionSet = true;
            List<Action> actions = walk.actionSet.inOrder();
            walk.actionSet = new ActionSet();
            if (!actions.isEmpty() && !walk.exit) {
                walk.note("executing the action set:");
            }
            walk.begin(new InList(walk, actions));
            return true;
        }
        walk.thaw();
        return false;
    }
}
