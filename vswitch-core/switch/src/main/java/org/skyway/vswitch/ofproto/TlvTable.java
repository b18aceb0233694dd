package org.skyway.vswitch.ofproto;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage.TlvMapping;
import org.skyway.openflow.message.ExtensionMessage.TlvTableMod;
import org.skyway.openflow.message.OpenFlowException;

/// Which options of tunnel headers have a field. There are no tunnels, so it is kept for whoever
/// asks for it. Ofproto thread only.
final class TlvTable {
    /// How many fields there are.
    static final int FIELDS = 64;

    /// How many bytes all options may have together.
    static final int SPACE = 256;

    private Map<Integer, TlvMapping> mappings = new TreeMap<>();

    /// All mappings, by field.
    List<TlvMapping> all() {
        return List.copyOf(mappings.values());
    }

    /// Does a change whole, or throws and has changed nothing.
    ///
    /// @throws OpenFlowException if it is refused
    void apply(TlvTableMod m) {
        Map<Integer, TlvMapping> now = new TreeMap<>(mappings);
        switch (m.command()) {
            case TlvTableMod.ADD -> m.mappings().forEach(each -> add(now, each));
            case TlvTableMod.DELETE -> m.mappings().forEach(each -> now.remove(each.field()));
            default -> now.clear();
        }
        mappings = now;
    }

    private static void add(Map<Integer, TlvMapping> now, TlvMapping m) {
        if (now.containsKey(m.field())) {
            throw refused(ErrorCode.NXTTMFC_ALREADY_MAPPED, m);
        }
        int space = m.length();
        for (TlvMapping other : now.values()) {
            if (other.optionClass() == m.optionClass() && other.optionType() == m.optionType()) {
                throw refused(ErrorCode.NXTTMFC_DUP_ENTRY, m);
            }
            space += other.length();
        }
        if (space > SPACE) {
            throw refused(ErrorCode.NXTTMFC_TABLE_FULL, m);
        }
        now.put(m.field(), m);
    }

    private static OpenFlowException refused(ErrorCode error, TlvMapping m) {
        return new OpenFlowException(
                error,
                "tun_metadata%d for option 0x%x, 0x%x of %d bytes"
                        .formatted(m.field(), m.optionClass(), m.optionType(), m.length()));
    }
}
