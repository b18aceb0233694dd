package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;

/// In which order the actions of an action set, or of a group's bucket, are done.
///
/// Source: OpenFlow 1.3.5, "Action Set"; where that leaves a choice, Open vSwitch's
/// `ovs-actions(7)`: field writes in the order in which they were written, a group before an output
/// before a resubmit, and nothing at all without one of these.
final class ActionSet {
    private static final int WRITE = 100;
    private static final int QUEUE = 101;
    private static final int RESUBMIT = 102;
    private static final int OUTPUT = 103;
    private static final int GROUP = 104;
    private static final int NOTHING = 105;

    private ActionSet() {}

    /// The actions to do, in order.
    static List<Action> inOrder(List<Action> set) {
        List<Action> ordered = new ArrayList<>(set.size());
        for (int rank = 0; rank < WRITE; rank++) {
            Action last = lastOf(set, rank);
            if (last != null) {
                ordered.add(last);
            }
        }
        for (Action action : set) {
            if (rank(action) == WRITE) {
                ordered.add(action);
            }
        }
        Action queue = lastOf(set, QUEUE);
        if (queue != null) {
            ordered.add(queue);
        }
        for (int rank = GROUP; rank >= RESUBMIT; rank--) {
            Action last = lastOf(set, rank);
            if (last != null) {
                ordered.add(last);
                return ordered;
            }
        }
        return List.of();
    }

    private static Action lastOf(List<Action> set, int rank) {
        for (int i = set.size() - 1; i >= 0; i--) {
            if (rank(set.get(i)) == rank) {
                return set.get(i);
            }
        }
        return null;
    }

    private static int rank(Action action) {
        return switch (action) {
            case Action.PopVlan() -> 1;
            case Action.PopMpls _ -> 2;
            case Action.PushMpls _ -> 3;
            case Action.PushVlan _ -> 4;
            case Action.DecTtl _ -> 6;
            case Action.DecMplsTtl() -> 7;
            case Action.DecNshTtl() -> 8;
            case Action.SetQueue _, Action.PopQueue() -> QUEUE;
            case Action.Resubmit _ -> RESUBMIT;
            case Action.Output _ -> OUTPUT;
            case Action.Group _ -> GROUP;
            case Action.SetVlanVid _,
                    Action.SetVlanPcp _,
                    Action.SetField _,
                    Action.Load _,
                    Action.Move _,
                    Action.SetMplsTtl _ ->
                    WRITE;
            // They may stand in an action set, but nothing is done, as in the datapath.
            case Action.OutputReg _,
                    Action.OutputTruncated _,
                    Action.Enqueue _,
                    Action.Controller _,
                    Action.Bundle _,
                    Action.Meter _,
                    Action.StackPush _,
                    Action.StackPop _,
                    Action.Note _,
                    Action.Clone _,
                    Action.Conjunction _,
                    Action.Learn _,
                    Action.FinTimeout _,
                    Action.Multipath _,
                    Action.Exit(),
                    Action.CtClear(),
                    Action.CheckPacketLarger _,
                    Action.Opaque _ ->
                    NOTHING;
        };
    }
}
