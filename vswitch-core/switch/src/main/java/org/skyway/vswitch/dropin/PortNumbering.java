package org.skyway.vswitch.dropin;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Gives the ports of a bridge their OpenFlow numbers, as Open vSwitch does (`bridge.c`,
/// `iface_set_ofport` and around it; `ofproto.c`, `alloc_ofp_port`): who asks for a number gets it
/// unless another port has it and may keep it; who does not ask keeps the one that it has or had;
/// others get one that was not in use lately. One thread.
final class PortNumbering {
    private int last; // that was given without being asked for

    /// A port that needs a number.
    ///
    /// @param name its name
    /// @param request the number that it asks for; 0 for any
    /// @param current the number that it has; 0 for none
    /// @param recorded the number that it had in a switch before this one; 0 for none
    record Need(String name, int request, int current, int recorded) {}

    /// Gives numbers.
    ///
    /// @param needs all ports of the bridge
    /// @return the number of each, by name; 0 if there are no more
    Map<String, Integer> assign(Collection<Need> needs) {
        Map<String, Integer> given = new HashMap<>();
        Set<Integer> taken = new HashSet<>();
        for (Need n : needs) {
            if (n.current != 0 && (n.request == 0 || n.request == n.current)) {
                give(n, n.current, given, taken);
            }
        }
        for (Need n : needs) {
            if (n.request != 0 && !given.containsKey(n.name)) {
                give(n, n.request, given, taken);
            }
        }
        for (Need n : needs) {
            if (!given.containsKey(n.name)) {
                give(n, n.current != 0 ? n.current : n.recorded, given, taken);
            }
        }
        for (Need n : needs) {
            if (!given.containsKey(n.name)) {
                give(n, free(taken), given, taken);
            }
        }
        return given;
    }

    private static void give(
            Need need, int number, Map<String, Integer> given, Set<Integer> taken) {
        if (number != 0 && taken.add(number)) {
            given.put(need.name, number);
        }
    }

    private int free(Set<Integer> taken) {
        for (int i = 0; i < Wanted.MOST_PORTS; i++) {
            last = last % Wanted.MOST_PORTS + 1;
            if (!taken.contains(last)) {
                return last;
            }
        }
        return 0;
    }
}
