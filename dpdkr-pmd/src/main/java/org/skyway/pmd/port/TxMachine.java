package org.skyway.pmd.port;

import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;

/// What a sender does about its transmit command: one act after the other, each of which may have
/// to wait for room. Only decides; rings and memory are its user's. Data thread.
///
/// A newer command may come in between two acts. What was begun is ended first: a bypass ring that
/// got its END is left with TO_NORMAL, whatever is commanded by then.
public final class TxMachine {
    /// What is to be done next.
    public enum Act {
        /// Nothing: the command is obeyed.
        NONE,
        /// Write END of [#epoch] into the bypass ring in use.
        END,
        /// Write TO_NORMAL of [#epoch] into the normal ring; then [#returned].
        TO_NORMAL,
        /// Send into the normal ring what the switch says will not be delivered from the bypass
        /// ring, if there is any; then [#left].
        SEND_AGAIN,
        /// Report the bypass ring in use as faulty and touch it no more; then [#left].
        REPORT,
        /// Touch the bypass ring in use no more; then [#left].
        ABANDON,
        /// Write TO_BYPASS with the command's epoch into the normal ring; then [#began].
        TO_BYPASS,
        /// Say that the command is obeyed; then [#acknowledged].
        ACKNOWLEDGE,
        /// The command's link is not there. It is not acknowledged, so the switch gives the link
        /// up; until then nothing changes.
        WAIT
    }

    private static final int NORMAL = -1;

    private int slot = NORMAL; // of the bypass in use
    private int epoch; // of the bypass in use
    private boolean endWritten;
    private boolean returned;
    private boolean blocked;
    private long obeyed;

    /// Uses the normal ring, and has obeyed nothing.
    public TxMachine() {}

    /// The same state again.
    ///
    /// @return a copy
    public TxMachine copy() {
        TxMachine copy = new TxMachine();
        copy.slot = slot;
        copy.epoch = epoch;
        copy.endWritten = endWritten;
        copy.returned = returned;
        copy.blocked = blocked;
        copy.obeyed = obeyed;
        return copy;
    }

    /// The next act.
    ///
    /// @param command the transmit command
    /// @param usedIsSound whether the bypass ring in use, if any, has no fault
    /// @param wantedIsSound whether the link that the command names is attached and has no fault
    /// @return the act
    public Act next(long command, boolean usedIsSound, boolean wantedIsSound) {
        if (command == obeyed) {
            return Act.NONE;
        }
        blocked = true;
        final Mode mode = ControlBlock.mode(command);
        if (slot != NORMAL) {
            if (mode == Mode.ABANDON) {
                return Act.ABANDON;
            }
            if (!usedIsSound) {
                return Act.REPORT;
            }
            if (returned) {
                return Act.SEND_AGAIN;
            }
            return endWritten ? Act.TO_NORMAL : Act.END;
        }
        if (mode != Mode.BYPASS) {
            return Act.ACKNOWLEDGE;
        }
        if (!wantedIsSound) {
            blocked = false;
            return Act.WAIT;
        }
        return Act.TO_BYPASS;
    }

    /// END is in the bypass ring.
    public void ended() {
        endWritten = true;
    }

    /// TO_NORMAL is in the normal ring.
    public void returned() {
        returned = true;
    }

    /// The bypass ring is not used any more.
    public void left() {
        slot = NORMAL;
        endWritten = false;
        returned = false;
    }

    /// The command's bypass ring is used from now on, and the command obeyed.
    ///
    /// @param command the transmit command
    public void began(long command) {
        slot = ControlBlock.slot(command);
        epoch = ControlBlock.epoch(command);
        acknowledged(command);
    }

    /// The command is obeyed.
    ///
    /// @param command the transmit command
    public void acknowledged(long command) {
        obeyed = command;
        blocked = false;
    }

    /// The bypass ring in use is not there any more.
    public void abandon() {
        left();
        blocked = false;
    }

    /// Whether nothing may be sent for now: both neighbours must see every packet on the right side
    /// of the marks.
    ///
    /// @return true between the first act for a command and the last
    public boolean isBlocked() {
        return blocked;
    }

    /// Whether the bypass ring in use has its END already.
    ///
    /// @return true if TO_NORMAL is to come, or has
    public boolean isEnded() {
        return endWritten;
    }

    /// Whether the normal ring has its TO_NORMAL already.
    ///
    /// @return true if only what was cut off is still to be sent
    public boolean isReturned() {
        return returned;
    }

    /// Whether the normal ring is used.
    ///
    /// @return false on a bypass
    public boolean isNormal() {
        return slot == NORMAL;
    }

    /// The slot of the bypass in use.
    ///
    /// @return the slot; meaningless if there is none
    public int slot() {
        return slot;
    }

    /// The epoch of the bypass in use.
    ///
    /// @return the epoch; of the last one if there is none
    public int epoch() {
        return epoch;
    }

    /// The command that was obeyed last.
    ///
    /// @return the command; 0 if there was none
    public long obeyed() {
        return obeyed;
    }

    @Override
    public String toString() {
        return "slot %d epoch %d%s%s obeyed %x"
                .formatted(
                        slot,
                        epoch,
                        returned ? " returned" : endWritten ? " ended" : "",
                        blocked ? " blocked" : "",
                        obeyed);
    }
}
