package org.skyway.experiments.siege;

/// What can be asked of a switch that is too much. Each leaves its rules behind; they are deleted
/// after it.
enum Assault {
    // Rules that make one packet a lot of work.
    RESUBMIT_CHAIN(RuleAssaults::chain),
    RESUBMIT_TREE(RuleAssaults::tree),
    RESUBMIT_TO_ITSELF(RuleAssaults::itself),
    GROUPS_IN_GROUPS(RuleAssaults::groups),
    EIGHT_THOUSAND_OUTPUTS(RuleAssaults::outputs),

    // Tables that are dear to search or to change.
    ENTRIES_OF_ONE_MATCH(RuleAssaults::oneMatch),
    RANDOM_MASKS(RuleAssaults::randomMasks),
    UNRELATED_PAIRS(RuleAssaults::pairs),
    METERS_AND_GROUPS(RuleAssaults::churn),

    // Packets, each of which leaves something behind.
    MAC_FLOOD(TrafficAssaults::addresses),
    PACKET_IN_FLOOD(TrafficAssaults::packetIns),
    LEARN_FLOOD(TrafficAssaults::learn),
    FLOWS_BEHIND_A_SELECT_GROUP(TrafficAssaults::select),
    ODD_FRAMES(TrafficAssaults::odd),
    PACKET_OUTS(TrafficAssaults::packetOuts),

    // Connections and messages.
    CONTROLLERS_THAT_DO_NOT_READ(ConnectionAssaults::deaf),
    DUMPS_THAT_NOBODY_READS(ConnectionAssaults::dumps),
    TEN_THOUSAND_CONNECTIONS(ConnectionAssaults::silent),
    CONNECTIONS_THAT_SAID_HELLO(ConnectionAssaults::greeted),
    BUNDLES_WITHOUT_COMMIT(ConnectionAssaults::bundles),
    HALVES_OF_REQUESTS(ConnectionAssaults::halves),
    LONGEST_MESSAGES(ConnectionAssaults::longest),
    GARBAGE(ConnectionAssaults::garbage),
    CTL_CONNECTIONS(ConnectionAssaults::ctl);

    /// What it does.
    interface Deed {
        /// Does it.
        void run(Ground ground) throws Exception;
    }

    private final Deed deed;

    Assault(Deed deed) {
        this.deed = deed;
    }

    void run(Ground ground) throws Exception {
        deed.run(ground);
    }
}
