package org.skyway.vswitch.datapath;

/// Up to which ticket a poll thread has come: what the passes that are over have left behind.
///
/// **Why nothing is used too late.** Who changes something does so, takes a ticket, which is a full
/// fence, and then asks [#hasSeen]. The poll thread says that it is not quiet any more, which is
/// another, and then looks at tickets, tables and what it has cached. So if it was still quiet for
/// the one who asked, whatever it looks at from then on is what was changed.
final class Passes {
    private final CommandQueue commands;
    private long ticket = -1; // the one that is worked on, or `seen`
    private long ticketCommands; // that had been given when it was read
    private volatile long seen = -1;
    private volatile boolean quiet;

    /// @param commands those of the poll thread
    Passes(CommandQueue commands) {
        this.commands = commands;
    }

    /// A pass begins. The ticket is read first: whatever it stands for was done before, and is seen
    /// by what follows. The poll thread.
    ///
    /// @param lastTicket the last that was given
    void begin(long lastTicket) {
        if (ticket == seen && lastTicket != ticket) {
            ticketCommands = commands.told();
            ticket = lastTicket;
        }
    }

    /// Commands have been carried out, and nothing of an earlier pass is used any more. The poll
    /// thread.
    void advance() {
        if (ticket != seen && commands.done() >= ticketCommands) {
            seen = ticket; // whatever was before it is over
        }
    }

    /// The thread is between two passes, or no longer. Before the next pass begins. The poll
    /// thread.
    void quiet(boolean value) {
        quiet = value;
    }

    /// There will be no more passes. The poll thread.
    void end() {
        seen = Long.MAX_VALUE;
    }

    /// Whether nothing is used any more that was cached before a ticket, and every command that was
    /// given before it is done. A thread between two passes uses nothing, and the next pass begins
    /// by looking at the ticket; so a barrier need not wake a switch that has nothing to do. Any
    /// thread.
    boolean hasSeen(long t) {
        // In this order: a command is done in a pass, and the thread is quiet after it.
        return seen >= t || commands.isEmpty() && quiet;
    }
}
