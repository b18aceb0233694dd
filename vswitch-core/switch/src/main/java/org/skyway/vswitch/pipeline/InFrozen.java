package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.METADATA;

import java.util.List;
import org.skyway.openflow.model.Action;

/// What was left to do when a packet had to be read anew.
final class InFrozen implements Frame {
    private final Walk walk;
    private final List<Frozen.Step> steps;
    private int next;
    private boolean calling; // the step has begun something that is over by now

    InFrozen(Walk walk, List<Frozen.Step> steps) {
        this.walk = walk;
        this.steps = steps;
    }

    @Override
    public boolean step() {
        if (calling) {
            calling = false;
            if (!done(!walk.exit)) {
                return false;
            }
        }
        while (next < steps.size()) {
            Frozen.Step step = steps.get(next);
            boolean recirculates =
                    !(step instanceof Frozen.Step.Do(Action a)) || Recirculation.isNeededFor(a);
            if (walk.wasMpls && !walk.exit && recirculates) {
                walk.freeze();
            }
            if (!walk.exit) {
                walk.count(1);
            }
            if (walk.exit) {
                keepFrom(next);
                return false;
            }
            boolean goOn = begin(step);
            if (!walk.isOnTop(this)) {
                calling = true;
                return true;
            }
            if (!done(goOn && !walk.exit)) {
                return false;
            }
        }
        return false;
    }

    // Returns false if the rest is not to be done.
    private boolean done(boolean goOn) {
        boolean itself =
                walk.freezer.isEmpty()
                        && walk.paused == null
                        && !(steps.get(next) instanceof Frozen.Step.Do(Action.Resubmit r));
        keepFrom(itself ? next : next + 1);
        next++;
        return goOn;
    }

    private void keepFrom(int from) {
        if (walk.freezer.isFreezing()) {
            walk.freezer.addAll(steps.subList(from, steps.size()));
        }
    }

    private boolean begin(Frozen.Step step) {
        switch (step) {
            case Frozen.Step.Do(Action action) -> {
                return Acting.apply(walk, action);
            }
            case Frozen.Step.Of(int table, long cookie) ->
                    // The entry is not known any more, as in Open vSwitch.
                    walk.owner = new Walk.Owner(table, cookie, false);
            case Frozen.Step.ClearActions() -> walk.clearActionSet();
            case Frozen.Step.WriteActions(List<Action> actions) -> walk.write(actions);
            case Frozen.Step.WriteMetadata(long value, long mask) ->
                    walk.packet.setBits(METADATA, value, mask);
        }
        return true;
    }
}
