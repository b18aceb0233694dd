package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.METADATA;

import org.skyway.openflow.model.Instructions;

/// The instructions of an entry. Says in [Walk#nextTable] where they go on.
final class InInstructions implements Frame {
    private final Walk walk;
    private final Instructions instructions;
    private Instructions outer;
    private boolean begun;

    InInstructions(Walk walk, Instructions instructions) {
        this.walk = walk;
        this.instructions = instructions;
    }

    @Override
    public boolean step() {
        if (!begun) {
            begun = true;
            outer = walk.atWork;
            walk.atWork = instructions;
            walk.begin(new InList(walk, instructions.apply()));
            return true;
        }
        walk.atWork = outer;
        walk.nextTable = afterActions();
        return false;
    }

    private int afterActions() {
        Instructions i = instructions;
        boolean more =
                i.clear() || !i.write().isEmpty() || i.metadataMask() != 0 || i.gotoTable() >= 0;
        if (walk.listDone && walk.wasMpls && more) {
            walk.freeze();
        }
        if (walk.freezer.isFreezing()) {
            walk.freezer.add(i);
        }
        if (!walk.listDone || walk.freezer.isFreezing()) {
            return -1; // the other instructions are not carried out either
        }
        if (walk.trace != null) {
            walk.trace.instructed(i);
        }
        if (i.clear()) {
            walk.clearActionSet();
        }
        walk.write(i.write());
        if (i.metadataMask() != 0) {
            walk.packet.setBits(METADATA, i.metadata(), i.metadataMask());
        }
        return i.gotoTable();
    }
}
