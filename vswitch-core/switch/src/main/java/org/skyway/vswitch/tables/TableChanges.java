package org.skyway.vswitch.tables;

import java.util.List;
import org.skyway.openflow.model.FlowRule;

/// What became visible at once when tables were published, so that whoever has cached outcomes of
/// the pipeline can tell which of them may differ now.
///
/// @param version the version in which readers see it
/// @param everything whether any outcome may differ: groups, meters, ports or settings changed, or
///   too many entries
/// @param rules the entries that were added, removed or replaced (both sides); empty if
///   `everything`
public record TableChanges(long version, boolean everything, List<FlowRule> rules) {
    /// Copies the list.
    public TableChanges {
        rules = List.copyOf(rules);
    }

    /// Whether nothing changed.
    ///
    /// @return true if so
    public boolean isEmpty() {
        return !everything && rules.isEmpty();
    }
}
