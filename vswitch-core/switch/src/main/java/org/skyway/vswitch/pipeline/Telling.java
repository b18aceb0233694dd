package org.skyway.vswitch.pipeline;

import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;

/// How a packet on its way goes to the controllers: with which reason, and in whose name.
final class Telling {
    private static final int REASON_NO_MATCH = 0;
    private static final int REASON_ACTION = 1;
    private static final int REASON_INVALID_TTL = 2;
    private static final int REASON_ACTION_SET = 3;
    private static final int REASON_GROUP = 4;
    private static final int REASON_PACKET_OUT = 5;
    private static final int REASON_EXPLICIT_MISS = 6;
    private static final int WHOLE = 0xffff;

    private final Walk walk;

    Telling(Walk walk) {
        this.walk = walk;
    }

    /// No entry matches.
    void ofMiss() {
        walk.owner = walk.owner.withCookie(0); // of the entry that stands for a miss there
        tell(WHOLE, REASON_NO_MATCH, 0);
    }

    void ofInvalidTtl(int controllerId) {
        tell(WHOLE, REASON_INVALID_TTL, controllerId);
    }

    /// An output to the controllers.
    void ofOutput(int maxLength) {
        int reason =
                walk.packetOut
                        ? REASON_PACKET_OUT
                        : walk.inGroup
                                ? REASON_GROUP
                                : walk.inActionSet ? REASON_ACTION_SET : REASON_ACTION;
        tell(maxLength, reason, 0);
    }

    /// The copy may have to pass a meter, which drops nothing but it.
    void of(Action.Controller action) {
        walk.packet.commit();
        Copy copy = Copy.begin(walk.out);
        if (action.meterId() != 0) {
            walk.meter(action.meterId());
        }
        tell(action, null);
        copy.end();
    }

    /// The packet waits for a controller.
    ///
    /// @param rest what is left to do then
    void paused(Action.Controller action, Frozen rest) {
        Walk.Owner outer = walk.owner;
        walk.owner = outer.inTable(0); // whichever it was: so Open vSwitch says
        tell(action, rest);
        walk.owner = outer;
    }

    private void tell(int maxLength, int reason, int controllerId) {
        tell(new Action.Controller(maxLength, reason, controllerId, Bytes.EMPTY, false, 0), null);
    }

    private void tell(Action.Controller action, Frozen rest) {
        int reason = action.reason();
        boolean always = reason == REASON_INVALID_TTL;
        // Versions before 1.3 are told the one, later ones the other.
        int why = reason == REASON_ACTION && walk.owner.tableMiss() ? REASON_EXPLICIT_MISS : reason;
        walk.sender.toController(
                action.maxLength(),
                why,
                always,
                walk.owner.table(),
                walk.owner.cookie(),
                action.controllerId(),
                action.userdata(),
                rest);
    }
}
