package org.skyway.vswitch.pipeline;

/// What is done to a copy of a packet, in a program that is being made.
///
/// @param program the program
/// @param at where the copy began
/// @param changes how many of its actions changed a packet by then
record Copy(Steps program, int at, int changes) {
    static Copy begin(Steps program) {
        program.add(new DatapathAction.Save());
        return new Copy(program, program.size() - 1, program.changes());
    }

    /// Goes on with the packet itself. A copy is needed only if something is done to it.
    void end() {
        if (program.changes() != changes) {
            program.add(new DatapathAction.Restore());
        } else {
            program.remove(at);
        }
    }
}
