package org.skyway.openflow.message;

import java.util.List;
import org.skyway.openflow.model.Bytes;

/// What a table can do (OpenFlow 1.3.5, "Table Features").
///
/// @param table its number
/// @param name up to 31 characters
/// @param metadataMatch bits of the metadata that can be matched
/// @param metadataWrite bits of the metadata that can be written
/// @param features OpenFlow 1.5: OFPTFF_ bits
/// @param capabilities OpenFlow 1.4: OFPTC_ bits that may be set
/// @param maxEntries how many it can hold
/// @param properties in order
public record TableCapabilities(
        int table,
        String name,
        long metadataMatch,
        long metadataWrite,
        int features,
        int capabilities,
        int maxEntries,
        List<Property> properties) {
    /// Copies the lists.
    public TableCapabilities {
        properties = List.copyOf(properties);
    }

    /// One property, already encoded: they are the same for all tables but for the table numbers.
    ///
    /// @param type OFPTFPT_ code
    /// @param value what follows the property's length
    public record Property(int type, Bytes value) {}
}
