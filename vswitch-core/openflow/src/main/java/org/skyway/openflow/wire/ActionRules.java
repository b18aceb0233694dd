package org.skyway.openflow.wire;

import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.ActionKind;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.SetPlace;

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
            if (ActionKind.of(a).place() == SetPlace.REFUSED) {
                throw new OpenFlowException(
                        ErrorCode.OFPBAC_BAD_TYPE,
                        "%s can't be in an action set".formatted(a.getClass().getSimpleName()));
            }
        }
    }
}
