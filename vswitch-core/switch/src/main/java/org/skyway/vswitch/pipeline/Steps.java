package org.skyway.vswitch.pipeline;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/// The actions of a program that is being made, and how much room they would take in Open vSwitch's
/// datapath.
final class Steps extends AbstractList<DatapathAction> {
    private final List<DatapathAction> list = new ArrayList<>();
    private int bytes;
    private int changes;

    /// Their size as Netlink attributes, in bytes; about that of what changes headers.
    int bytes() {
        return bytes;
    }

    /// How many of them do more than send the packet.
    int changes() {
        return changes;
    }

    private static int change(DatapathAction action) {
        return switch (action) {
            case DatapathAction.Output a -> 0;
            case DatapathAction.Enqueue a -> 0;
            case DatapathAction.Truncate a -> 0;
            case DatapathAction.ToController a -> 0;
            default -> 1;
        };
    }

    private void count(DatapathAction action, int sign) {
        bytes += sign * bytes(action);
        changes += sign * change(action);
    }

    private static int bytes(DatapathAction action) {
        return switch (action) {
            case DatapathAction.Output a -> 8;
            case DatapathAction.Enqueue a -> 16;
            case DatapathAction.Truncate a -> 8;
            case DatapathAction.Rewrite a -> 32;
            case DatapathAction.PushVlan a -> 8;
            case DatapathAction.PopVlan a -> 4;
            case DatapathAction.PushMpls a -> 12;
            case DatapathAction.PopMpls a -> 8;
            case DatapathAction.ToController a -> 44;
            case DatapathAction.Metered a -> 8;
            case DatapathAction.Learned a -> 0; // nothing that the datapath does
            case DatapathAction.Recirculate a -> 8;
            case DatapathAction.IfLonger a -> 16;
            case DatapathAction.Skip a -> 4;
            case DatapathAction.Save a -> 4;
            case DatapathAction.Restore a -> 0;
        };
    }

    @Override
    public DatapathAction get(int index) {
        return list.get(index);
    }

    @Override
    public int size() {
        return list.size();
    }

    @Override
    public void add(int index, DatapathAction action) {
        modCount++;
        list.add(index, action);
        count(action, 1);
    }

    @Override
    public DatapathAction set(int index, DatapathAction action) {
        DatapathAction old = list.set(index, action);
        count(old, -1);
        count(action, 1);
        return old;
    }

    @Override
    public DatapathAction remove(int index) {
        modCount++;
        DatapathAction old = list.remove(index);
        count(old, -1);
        return old;
    }

    /// Leaves out what is done to no purpose: to restore a packet that nothing is done to any more.
    void trim() {
        while (!list.isEmpty() && list.getLast() instanceof DatapathAction.Restore) {
            int begin = beginOfLastCopy();
            if (begin < 0) {
                return;
            }
            remove(list.size() - 1);
            remove(begin);
        }
    }

    // -1 if what comes before says how many actions are left out, so that none may go.
    private int beginOfLastCopy() {
        int nested = 0;
        int begin = -1;
        for (int i = list.size() - 1; i >= 0; i--) {
            switch (list.get(i)) {
                case DatapathAction.Restore() -> nested++;
                case DatapathAction.Save() -> begin = --nested == 0 && begin < 0 ? i : begin;
                case DatapathAction.IfLonger _, DatapathAction.Skip _ -> {
                    return -1;
                }
                default -> {}
            }
        }
        return begin;
    }

    /// As in Open vSwitch, what can't be done to its end is not done at all; but what it has taught
    /// the switch on its way stays.
    void abandon() {
        List<DatapathAction> learned =
                list.stream().filter(a -> a instanceof DatapathAction.Learned).toList();
        list.clear();
        list.addAll(learned);
        bytes = 0;
        changes = list.size();
        modCount++;
    }
}
