package org.skyway.vswitch.bridge;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.OfPort;

/// Whether actions make entries be met under another ingress port than the packet's own.
final class InPorts {
    private InPorts() {}

    static boolean arePretendedBy(Instructions instructions) {
        return arePretendedBy(instructions.apply()) || arePretendedBy(instructions.write());
    }

    static boolean arePretendedBy(GroupEntry group) {
        return group.buckets().stream().anyMatch(b -> arePretendedBy(b.actions()));
    }

    private static boolean arePretendedBy(List<Action> actions) {
        for (int i = 0; i < actions.size(); i++) { // for each of very many entries
            boolean pretends =
                    switch (actions.get(i)) {
                        case Action.Resubmit r -> r.inPort() != OfPort.IN_PORT;
                        case Action.Clone c -> arePretendedBy(c.actions());
                        case Action a -> a.written() != null && isInPort(a.written());
                    };
            if (pretends) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInPort(Field field) {
        return field.word() == Field.IN_PORT.word();
    }
}
