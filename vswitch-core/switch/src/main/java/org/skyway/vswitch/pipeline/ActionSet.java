package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.model.Action;

/// A packet's action set: at most one action of each kind, done in the order of OpenFlow 1.3.5,
/// "Action Set", whatever the order in which they were written.
final class ActionSet {
    // Kinds in the order in which they are done.
    private static final int POP = 1;
    private static final int PUSH_MPLS = 3;
    private static final int PUSH_VLAN = 5;
    private static final int DEC_TTL = 7;
    private static final int SET = 8;
    private static final int QUEUE = 9;
    private static final int GROUP = 10;
    private static final int OUTPUT = 11;

    private final Map<Object, Action> actions = new LinkedHashMap<>();

    boolean isEmpty() {
        return actions.isEmpty();
    }

    void clear() {
        actions.clear();
    }

    void write(List<Action> written) {
        for (Action action : written) {
            Object kind = kind(action);
            actions.remove(kind); // the last one written counts, also among the set-fields' order
            actions.put(kind, action);
        }
    }

    List<Action> inOrder() {
        if (actions.isEmpty()) {
            return List.of();
        }
        List<Action> result = new ArrayList<>(actions.values());
        result.sort((a, b) -> Integer.compare(rank(a), rank(b)));
        if (actions.containsKey(Action.Group.class)) {
            result.removeIf(a -> rank(a) == OUTPUT); // a group takes the place of an output
        }
        return result;
    }

    private static Object kind(Action action) {
        return switch (action) {
            case Action.SetField f -> f.field();
            case Action.OutputReg o -> Action.Output.class;
            case Action.Enqueue e -> Action.Output.class;
            default -> action.getClass();
        };
    }

    private static int rank(Action action) {
        return switch (action) {
            case Action.CopyTtlIn a -> 0;
            case Action.PopVlan a -> POP;
            case Action.PopMpls a -> POP + 1;
            case Action.PushMpls a -> PUSH_MPLS;
            case Action.PushVlan a -> PUSH_VLAN;
            case Action.CopyTtlOut a -> PUSH_VLAN + 1;
            case Action.DecTtl a -> DEC_TTL;
            case Action.DecMplsTtl a -> DEC_TTL;
            case Action.SetQueue a -> QUEUE;
            case Action.Group a -> GROUP;
            case Action.Output a -> OUTPUT;
            case Action.OutputReg a -> OUTPUT;
            case Action.Enqueue a -> OUTPUT;
            default -> SET;
        };
    }
}
