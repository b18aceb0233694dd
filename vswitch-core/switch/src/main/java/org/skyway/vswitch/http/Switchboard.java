package org.skyway.vswitch.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// How the page asks the switch. Any thread; waits until the switch has come to it.
@FunctionalInterface
public interface Switchboard {
    /// Asks.
    ///
    /// @param request with a `command` and its arguments, as `skyway ctl` makes it
    /// @return an answer with `result` or `error`
    ObjectNode ask(ObjectNode request);

    /// The bridges that a request may name as `bridge`, if there may be several.
    ///
    /// @return names; empty if there is one, which nobody names, or none
    default List<String> bridges() {
        return List.of();
    }
}
