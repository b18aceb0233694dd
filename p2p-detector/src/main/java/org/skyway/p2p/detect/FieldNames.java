package org.skyway.p2p.detect;

import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// Which field a bit of the flow key belongs to, for messages.
final class FieldNames {
    private FieldNames() {}

    /// The name of the field that a bit of these packets belongs to.
    static String of(int bit, SymbolicPacket packet) {
        String any = "word " + (bit >> 6);
        for (Field field : Field.values()) {
            if (field.isAlias() || !lies(bit, field) || field == Field.VLAN_TCI && packet != null) {
                continue;
            }
            any = field.ovsName();
            for (Match having : field.prerequisite().packets()) {
                if (packet == null || packet.overlaps(having)) {
                    return any;
                }
            }
        }
        return any;
    }

    private static boolean lies(int bit, Field field) {
        int word = bit >> 6;
        int shift = bit & 63;
        if (field.word() >= FlowKey.PACKET_WORDS) {
            return false;
        }
        if (field.wide()) {
            return word == field.word() || word == field.word() + 1;
        }
        return word == field.word()
                && shift >= field.shift()
                && shift < field.shift() + field.bits();
    }
}
