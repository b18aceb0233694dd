package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.PACKET_WORDS;
import static org.skyway.openflow.model.FlowKey.WORDS;

import java.util.Arrays;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.Owner;

/// How a packet on its way goes to the controllers: with which reason, and in whose name.
///
/// @param walk the packet
record Telling(Walk walk) {
    private static final int REASON_ACTION = 1;
    private static final int REASON_INVALID_TTL = 2;
    private static final int REASON_ACTION_SET = 3;
    private static final int REASON_GROUP = 4;
    private static final int REASON_PACKET_OUT = 5;
    private static final int REASON_EXPLICIT_MISS = 6;
    private static final int REASON_IMPLICIT_MISS = 7;
    private static final int WHOLE = 0xffff;

    /// No entry of a table matches. The cookie is that of the entry that stands for a miss in Open
    /// vSwitch.
    ///
    /// @param by who looked
    void ofMiss(int table, Owner by) {
        tell(plain(WHOLE, REASON_IMPLICIT_MISS, 0), table, 0, by.tableMiss(), null);
    }

    void ofInvalidTtl(Owner owner, int controllerId) {
        tell(plain(WHOLE, REASON_INVALID_TTL, controllerId), owner);
    }

    /// An output to the controllers.
    void ofOutput(Owner owner, int maxLength) {
        int reason =
                walk.packetOut
                        ? REASON_PACKET_OUT
                        : owner.inGroup()
                                ? REASON_GROUP
                                : owner.inActionSet() ? REASON_ACTION_SET : REASON_ACTION;
        tell(plain(maxLength, reason, 0), owner);
    }

    /// The copy may have to pass a meter, which drops nothing but it.
    void of(Owner owner, Action.Controller action) {
        walk.headers.commit();
        Copy copy = Copy.begin(walk.out);
        if (action.meterId() != 0) {
            walk.meter(action.meterId());
        }
        tell(action, owner);
        copy.end();
    }

    /// The packet waits for a controller.
    ///
    /// @param rest what is left to do then
    void paused(Owner owner, Action.Controller action, Frozen rest) {
        // Of table 0, whichever it was: so Open vSwitch says.
        tell(action, 0, owner.cookie(), owner.tableMiss(), rest);
    }

    private static Action.Controller plain(int maxLength, int reason, int controllerId) {
        return new Action.Controller(maxLength, reason, controllerId, Bytes.EMPTY, false, 0);
    }

    private void tell(Action.Controller action, Owner owner) {
        tell(action, owner.table(), owner.cookie(), owner.tableMiss(), null);
    }

    private void tell(
            Action.Controller action, int table, long cookie, boolean tableMiss, Frozen rest) {
        walk.headers.commit();
        PortState port = walk.tables.ports().get(walk.headers.inPort());
        boolean unwanted = port != null && (port.config() & PortState.NO_PACKET_IN) != 0;
        int reason = action.reason();
        if (unwanted && reason != REASON_INVALID_TTL) {
            return;
        }
        walk.out.add(
                new DatapathAction.ToController(
                        action.maxLength(),
                        // Versions before 1.3 are told the one, later ones the other.
                        reason == REASON_ACTION && tableMiss ? REASON_EXPLICIT_MISS : reason,
                        table,
                        cookie,
                        action.controllerId(),
                        action.userdata(),
                        walk.headers.inPort(),
                        Arrays.copyOfRange(walk.headers.key, PACKET_WORDS, WORDS),
                        rest));
    }
}
