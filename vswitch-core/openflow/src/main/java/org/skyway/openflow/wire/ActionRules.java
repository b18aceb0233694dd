package org.skyway.openflow.wire;

import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;

/// Which actions may stand together, whatever is matched.
final class ActionRules {
    private ActionRules() {}

    /// Conjunctions may only be joined by notes, and what is tracked of a connection is written by
    /// connection tracking alone.
    static void verify(List<Action> actions) {
        boolean conjunction = false;
        boolean other = false;
        for (Action a : actions) {
            Field written = written(a);
            if (written == Field.CT_MARK || written == Field.CT_LABEL) {
                throw new OpenFlowException(
                        ErrorCode.OFPBAC_BAD_SET_ARGUMENT,
                        "%s is written outside ct()".formatted(written.ovsName()));
            }
            conjunction |= a instanceof Action.Conjunction;
            other |= !(a instanceof Action.Conjunction || a instanceof Action.Note);
        }
        if (conjunction && other) {
            throw new OpenFlowException(
                    ErrorCode.NXBAC_BAD_CONJUNCTION, "a conjunction beside other actions");
        }
    }

    private static Field written(Action action) {
        return switch (action) {
            case Action.SetField a -> a.field();
            case Action.Load a -> a.target().field();
            case Action.Move a -> a.target().field();
            default -> null;
        };
    }

    /// An action set may only hold what has a place in its order.
    static void verifySet(List<Action> actions) {
        for (Action a : actions) {
            if (!allowedInSet(a)) {
                throw new OpenFlowException(
                        ErrorCode.OFPBAC_BAD_TYPE,
                        "%s can't be in an action set".formatted(a.getClass().getSimpleName()));
            }
        }
    }

    private static boolean allowedInSet(Action action) {
        return switch (action) {
            case Action.Output a -> true;
            case Action.Group a -> true;
            case Action.Resubmit a -> true;
            case Action.SetQueue a -> true;
            case Action.PushVlan a -> true;
            case Action.PopVlan a -> true;
            case Action.PushMpls a -> true;
            case Action.PopMpls a -> true;
            case Action.SetVlanVid a -> true;
            case Action.SetVlanPcp a -> true;
            case Action.SetField a -> true;
            case Action.Load a -> true;
            case Action.Move a -> true;
            case Action.DecTtl a -> true;
            case Action.SetMplsTtl a -> true;
            case Action.DecMplsTtl a -> true;
            case Action.Enqueue a -> false;
            case Action.OutputReg a -> false;
            case Action.OutputTruncated a -> false;
            case Action.Controller a -> false;
            case Action.PopQueue a -> false;
            case Action.Meter a -> false;
            case Action.StackPush a -> false;
            case Action.StackPop a -> false;
            case Action.Note a -> false;
            case Action.Clone a -> false;
            case Action.Conjunction a -> false;
            case Action.Learn a -> false;
            case Action.FinTimeout a -> false;
            case Action.Multipath a -> false;
            case Action.Bundle a -> false;
            case Action.Exit a -> false;
            case Action.Opaque a -> false;
            case Action.DecNshTtl a -> true;
            case Action.CtClear a -> true;
            case Action.CheckPacketLarger a -> false;
        };
    }
}
