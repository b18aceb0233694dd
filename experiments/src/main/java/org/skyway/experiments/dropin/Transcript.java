package org.skyway.experiments.dropin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What a script said of each of its commands: `$ COMMAND`, and then its output and what the
/// database held. What differs by nature from one run to the next has been taken out.
///
/// @param steps output by command, in order
record Transcript(Map<String, List<String>> steps) {
    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern LEARNED =
            Pattern.compile(" +\\w+ +\\d+ +([0-9a-f]{2}:){5}[0-9a-f]{2} +\\d+");
    private static final String SHOW = "$ ovs-vsctl show";

    /// Reads one.
    ///
    /// @param lines the script's
    static Transcript of(List<String> lines) {
        Map<String, List<String>> steps = new LinkedHashMap<>();
        List<String> step = new ArrayList<>();
        int number = 0;
        for (String line : lines) {
            if (line.startsWith("$ ")) {
                step = new ArrayList<>();
                steps.put(++number + " " + line, step);
            } else if (isTold(line)) {
                step.add(UUID.matcher(line).replaceAll("UUID"));
            }
        }
        steps.forEach((command, output) -> {
            if (command.endsWith(SHOW)) {
                output.sort(String::compareTo); // a set has no order
            }
        });
        return new Transcript(steps);
    }

    // Not: remarks of the script's, addresses that the host's own packets taught the switch, and
    // how
    // ovs-ofctl learns that there is no common version, which depends on who hangs up first.
    private static boolean isTold(String line) {
        return !line.startsWith("# ")
                && !LEARNED.matcher(line).matches()
                && !line.contains("|vconn|WARN|")
                && !line.contains("failed to connect to socket");
    }

    /// How another one differs.
    ///
    /// @param other of the same commands
    /// @return for each command that differs, what this one and what the other one said
    Map<String, String> differences(Transcript other) {
        Map<String, String> all = new LinkedHashMap<>();
        steps.forEach((command, mine) -> {
            List<String> theirs = other.steps.getOrDefault(command, List.of());
            if (!mine.equals(theirs)) {
                List<String> less = new ArrayList<>(mine);
                theirs.forEach(less::remove);
                List<String> more = new ArrayList<>(theirs);
                mine.forEach(more::remove);
                all.put(command, less + " <> " + more);
            }
        });
        return all;
    }
}
