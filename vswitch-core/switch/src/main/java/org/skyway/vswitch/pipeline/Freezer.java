package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.OfPort;

/// Collects what is left to do, from the inside out, when a packet has to be read anew before.
final class Freezer {
    private final List<Frozen.Step> steps = new ArrayList<>(0);
    private Frozen.Step.Of last; // the entry that the steps were last said to belong to
    private boolean freezing;
    private boolean hashWanted;

    /// Begins: from now on nothing is done, but kept for later.
    void freeze() {
        freezing = true;
    }

    /// Has the datapath make a hash of the packet.
    void wantHash() {
        hashWanted = true;
    }

    boolean isFreezing() {
        return freezing;
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    /// Keeps the rest of an action list, if anything is to be kept.
    ///
    /// @param from index of the first action
    /// @param table of their entry
    /// @param cookie of their entry
    void add(List<Action> actions, int from, int table, long cookie) {
        for (int i = from; freezing && i < actions.size(); i++) {
            Action action = actions.get(i);
            if (Recirculation.tellsItsEntry(action)) {
                Frozen.Step.Of of = new Frozen.Step.Of(table, cookie);
                if (!of.equals(last)) {
                    steps.add(of);
                    last = of;
                }
            }
            steps.add(new Frozen.Step.Do(action));
        }
    }

    /// Keeps what instructions have beside their action list.
    void add(Instructions i) {
        if (i.clear()) {
            steps.add(new Frozen.Step.ClearActions());
        }
        if (!i.write().isEmpty()) {
            steps.add(new Frozen.Step.WriteActions(i.write()));
        }
        if (i.metadataMask() != 0) {
            steps.add(new Frozen.Step.WriteMetadata(i.metadata(), i.metadataMask()));
        }
        if (i.gotoTable() >= 0) {
            steps.add(
                    new Frozen.Step.Do(new Action.Resubmit(OfPort.IN_PORT, i.gotoTable(), false)));
        }
    }

    /// Keeps steps that were kept before.
    void addAll(List<Frozen.Step> rest) {
        steps.addAll(rest);
    }

    /// Ends it.
    ///
    /// @param hashed whether the packet has its hash already
    /// @return what is left to do
    Frozen thaw(PipelinePacket packet, ValueStack stack, ActionSet actionSet, boolean hashed) {
        Frozen rest =
                new Frozen(
                        steps,
                        stack,
                        actionSet.copy(),
                        packet.key,
                        packet.inPort(),
                        hashed || hashWanted);
        clear();
        return rest;
    }

    /// Forgets everything.
    void clear() {
        steps.clear();
        last = null;
        freezing = false;
        hashWanted = false;
    }
}
