package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;

/// An action list. Says in [Walk#listDone] whether it was done to its end.
final class InList implements Frame {
    private final Walk walk;
    private final List<Action> actions;
    private int next;
    private boolean calling; // the action has begun something that is over by now
    private boolean branched;

    InList(Walk walk, List<Action> actions) {
        this.walk = walk;
        this.actions = actions;
    }

    @Override
    public boolean step() {
        if (branched) {
            return over(false);
        }
        if (calling) {
            calling = false;
            if (!done(true)) {
                return over(false);
            }
        }
        while (next < actions.size()) {
            Action action = actions.get(next);
            if (walk.wasMpls && !walk.exit && Recirculation.isNeededFor(action)) {
                walk.freeze();
            }
            if (!walk.exit) {
                walk.count(1);
            }
            if (walk.exit) {
                keepFrom(next);
                return over(false);
            }
            if (action instanceof Action.CheckPacketLarger check) {
                walk.note("what follows is done for longer packets, then for others:");
                branched = true;
                walk.begin(new InBranches(walk, check, actions, next + 1));
                return true;
            }
            if (walk.trace != null) {
                walk.trace.acted(action);
                walk.trace.enter();
            }
            boolean goOn = Acting.apply(walk, action);
            if (!walk.isOnTop(this)) {
                calling = true;
                return true;
            }
            if (!done(goOn)) {
                return over(false);
            }
        }
        return over(!walk.exit);
    }

    // Returns false if the rest of the list is not to be done.
    private boolean done(boolean goOn) {
        Action action = actions.get(next);
        if (walk.trace != null) {
            walk.trace.leave();
        }
        Freezer freezer = walk.freezer;
        if (freezer.isFreezing() && freezer.isEmpty() && !(action instanceof Action.Resubmit)) {
            // Unless it was what the packet waits for, it could not be done itself.
            keepFrom(action == walk.paused ? next + 1 : next);
            return false;
        }
        next++;
        return goOn;
    }

    private void keepFrom(int from) {
        walk.freezer.add(actions, from, walk.owner.table(), walk.owner.cookie());
    }

    private boolean over(boolean toItsEnd) {
        walk.listDone = toItsEnd;
        return false;
    }
}
