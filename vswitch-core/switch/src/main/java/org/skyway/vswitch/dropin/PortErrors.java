package org.skyway.vswitch.dropin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log why ports can't be had, each once, and of many at once only the first. The
/// configuration thread only.
final class PortErrors {
    private static final Logger LOG = LoggerFactory.getLogger(PortErrors.class);
    private static final int SAID_AT_ONCE = 10;

    private Map<String, String> before = Map.of();

    PortErrors() {}

    /// Says what is new.
    ///
    /// @param errors why, by port
    /// @return the lines
    List<String> say(Map<String, String> errors) {
        Map<String, String> fresh = new TreeMap<>(errors);
        fresh.entrySet().removeIf(e -> e.getValue().equals(before.get(e.getKey())));
        before = new HashMap<>(errors);
        List<String> lines =
                fresh.entrySet().stream()
                        .limit(SAID_AT_ONCE)
                        .map(e -> "port %s: %s".formatted(e.getKey(), e.getValue()))
                        .toList();
        lines.forEach(LOG::warn);
        if (fresh.size() > SAID_AT_ONCE) {
            LOG.warn(
                    "{} more ports can't be had; see `ovs-vsctl --columns=name,error find Interface ofport=-1`",
                    fresh.size() - SAID_AT_ONCE);
        }
        return lines;
    }
}
