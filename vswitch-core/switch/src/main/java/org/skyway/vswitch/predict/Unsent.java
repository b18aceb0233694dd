package org.skyway.vswitch.predict;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Instructions;

/// Actions that Open vSwitch has and this switch refuses, such as `ct`. Where nobody asks about
/// this very switch they are taken as they are: a port whose packets could meet one has no link.
final class Unsent {
    private Unsent() {}

    static boolean isIn(Instructions i) {
        return isIn(i.apply()) || isIn(i.write());
    }

    private static boolean isIn(List<Action> actions) {
        return actions.stream()
                .anyMatch(a ->
                        a instanceof Action.Opaque
                                || a instanceof Action.Clone c && isIn(c.actions()));
    }
}
