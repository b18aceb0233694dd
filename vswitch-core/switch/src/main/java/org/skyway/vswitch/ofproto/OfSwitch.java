package org.skyway.vswitch.ofproto;

import org.skyway.openflow.message.OpenFlowException;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.state.Saved;

/// Everything that the ofproto thread knows of a bridge, and those who act on it. Ofproto thread
/// only.
final class OfSwitch {
    private static final long MILLI = 1_000_000;

    private OfprotoConfig config;
    private final Forwarding forwarding;
    private final Undo undo = new Undo();
    private final FlowTables tables;
    private final GroupTable groups;
    private final EntryUsers users = new EntryUsers();
    private final MeterTable meters;
    private final PortTable ports;
    private final FlowModder flows;
    private final Timeouts timeouts = new Timeouts();
    private final Removals removals = new Removals(this);
    private final FlowMonitors monitors = new FlowMonitors(this);
    private final Vacancies vacancies = new Vacancies(this);
    private final Connections connections = new Connections(this);
    private final TlvTable tlvs = new TlvTable();
    private final PausedPackets paused = new PausedPackets();

    /// OFPC_FRAG_ bits: how fragments are treated.
    private int fragmentHandling;

    private Connection by; // on whose behalf something is done right now; null for the switch's own

    /// The newest election among controllers, if there was one.
    private boolean hasGeneration;

    private long generation;

    private volatile boolean asked;

    OfSwitch(OfprotoConfig config, Forwarding forwarding) {
        this.config = config;
        this.forwarding = forwarding;
        tables = new FlowTables(forwarding.tables());
        flows = new FlowModder(this, forwarding.tables(), undo);
        groups = new GroupTable(this, forwarding.tables(), undo);
        meters = new MeterTable(this, forwarding.tables());
        ports = new PortTable(this, forwarding.tables());
    }

    OfprotoConfig config() {
        return config;
    }

    /// What it is started with is something else from now on.
    void config(OfprotoConfig now) {
        config = now;
    }

    Forwarding forwarding() {
        return forwarding;
    }

    Faults faults() {
        return forwarding.faults();
    }

    Undo undo() {
        return undo;
    }

    FlowTables tables() {
        return tables;
    }

    /// Which entries use groups and meters.
    EntryUsers users() {
        return users;
    }

    GroupTable groups() {
        return groups;
    }

    MeterTable meters() {
        return meters;
    }

    PortTable ports() {
        return ports;
    }

    FlowModder flows() {
        return flows;
    }

    PausedPackets paused() {
        return paused;
    }

    Timeouts timeouts() {
        return timeouts;
    }

    Removals removals() {
        return removals;
    }

    FlowMonitors monitors() {
        return monitors;
    }

    Vacancies vacancies() {
        return vacancies;
    }

    Connections connections() {
        return connections;
    }

    TlvTable tlvs() {
        return tlvs;
    }

    int fragmentHandling() {
        return fragmentHandling;
    }

    void fragmentHandling(int bits) {
        fragmentHandling = bits;
        remember();
    }

    /// Notes for the next switch what is set for the whole of this one.
    void remember() {
        forwarding.remember(new Saved.Switch(fragmentHandling, hasGeneration, generation));
    }

    /// Notes for the next switch what is set of a table.
    void remember(int table) {
        TableSettings s = tables.settings(table);
        forwarding.remember(
                new Saved.Table(
                        table,
                        s.eviction,
                        s.vacancyEvents,
                        s.vacancyDown,
                        s.vacancyUp,
                        s.miss.ordinal(),
                        s.name));
    }

    boolean hasGeneration() {
        return hasGeneration;
    }

    long generation() {
        return generation;
    }

    /// Takes note of an election.
    ///
    /// @return false if a newer one is known
    boolean elect(long id) {
        if (hasGeneration && id - generation < 0) {
            return false;
        }
        hasGeneration = true;
        generation = id;
        remember();
        return true;
    }

    /// Takes note that somebody has changed something.
    void wasAsked() {
        if (!asked) {
            asked = true;
        }
    }

    /// Whether somebody has changed something since it began. Any thread.
    boolean isAsked() {
        return asked;
    }

    /// The time that durations are counted in.
    long now() {
        return System.nanoTime();
    }

    /// Durations are told in whole milliseconds.
    static long wholeMillis(long nanos) {
        return Math.max(0, nanos) / MILLI * MILLI;
    }

    /// On whose behalf changes are made from now on.
    ///
    /// @param connection null for the switch's own
    void by(Connection connection) {
        by = connection;
    }

    /// Begins to make all changes effective, and tells what has to wait for that when it is so.
    void settle() {
        forwarding.settle(by);
        if (removals.arePending() || monitors.arePending()) {
            Runnable gone = removals.take();
            Runnable updates = monitors.take();
            forwarding.whenSettled(
                    by,
                    () -> {
                        gone.run();
                        updates.run();
                    });
        }
    }

    /// Does something for a controller when all that it has asked for so far is effective. Its
    /// further messages wait for that, those of others do not.
    ///
    /// @param c the controller's connection
    /// @param frame its request, for the error if that is refused
    /// @param work what to do; may throw an [OpenFlowException]
    void afterwards(Connection c, byte[] frame, Runnable work) {
        settle();
        boolean[] done = new boolean[1];
        forwarding.whenSettled(
                c,
                () -> {
                    Connection outer = by;
                    by = c;
                    try {
                        work.run();
                    } catch (OpenFlowException refused) {
                        c.sendError(refused.code(), frame);
                    } finally {
                        by = outer;
                        done[0] = true;
                        c.held(false);
                    }
                });
        if (!done[0]) {
            c.held(true);
        }
    }
}
