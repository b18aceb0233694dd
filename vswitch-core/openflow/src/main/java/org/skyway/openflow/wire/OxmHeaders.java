package org.skyway.openflow.wire;

import java.util.List;
import java.util.function.Predicate;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;

/// Lists of OXM headers without values, as table features have them.
public final class OxmHeaders {
    private OxmHeaders() {}

    /// Writes headers one after another.
    ///
    /// @param fields which
    /// @param version whose headers
    /// @param masked which of them have the has-mask bit
    /// @return the bytes
    public static Bytes list(List<Field> fields, Version version, Predicate<Field> masked) {
        WireWriter out = new WireWriter();
        for (Field f : fields) {
            OxmCodec.putHeader(out, OxmTable.of(f, version.number()), masked.test(f));
        }
        return Bytes.of(out.array());
    }
}
