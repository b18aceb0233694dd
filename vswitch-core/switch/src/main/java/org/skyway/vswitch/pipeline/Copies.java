package org.skyway.vswitch.pipeline;

import java.util.List;

/// What is done to a copy of a packet, in a program that is being made.
final class Copies {
    private Copies() {}

    /// Begins a copy.
    ///
    /// @return where it began
    static int begin(List<DatapathAction> program) {
        program.add(new DatapathAction.Save());
        return program.size() - 1;
    }

    /// Goes on with the packet itself. A copy is needed only if something is done to it.
    ///
    /// @param at where the copy began
    static void end(List<DatapathAction> program, int at) {
        boolean changes =
                program.subList(at + 1, program.size()).stream()
                        .anyMatch(a ->
                                !(a instanceof DatapathAction.Output
                                        || a instanceof DatapathAction.Truncate
                                        || a instanceof DatapathAction.ToController));
        if (changes) {
            program.add(new DatapathAction.Restore());
        } else {
            program.remove(at);
        }
    }
}
