package org.skyway.vswitch.ofproto;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.ofproto.OfprotoConfig.FailMode;
import org.skyway.vswitch.tables.FlowEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a bridge does without a controller, as Open vSwitch does it (`fail-open.c`, `connmgr.c`):
///
/// - With no controller to connect to, fail mode `standalone` forwards as an ordinary switch, by a
///   visible entry of priority 0 in table 0; `secure` forwards nothing by itself.
/// - With controllers that have all been away for three probe intervals, `standalone` deletes all
///   entries, groups and meters, and forwards by a hidden entry above all others. When one of them
///   is back and shows that it is the switch's controller ([Admission]), that entry goes; what
///   others installed meanwhile stays. Until it does, it is sent a packet every two seconds, since
///   none would come to it otherwise. `secure` keeps everything.
/// - Everything is deleted, too, when the first controller to connect to is configured, when the
///   last one is not any more, and when the fail mode changes while there is none.
///
/// On the ofproto thread.
final class FailSafe {
    /// Above every priority that a controller can give.
    private static final int PRIORITY = 0xf0f0f0;

    private static final int PROBES = 3;
    private static final long BAIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int RARP = 0x8035;
    private static final int RARP_LENGTH = 60;
    private static final Logger LOG = LoggerFactory.getLogger(FailSafe.class);
    private static final Instructions NORMAL =
            Instructions.apply(new Action.Output(OfPort.NORMAL, 0));

    private final OfSwitch bridge;
    private final Services services;
    private final Random random = new Random();
    private FailMode mode;
    private boolean forwards; // in place of controllers
    private FlowEntry entry; // by which it does
    private boolean baits; // whether a connected controller is sent packets
    private long nextBaitNanos;

    FailSafe(OfSwitch bridge, Services services) {
        this.bridge = bridge;
        this.services = services;
        mode = bridge.config().failMode();
    }

    FailMode mode() {
        return mode;
    }

    /// Begins, with the controllers that there are.
    ///
    /// @param restored whether the tables are as another switch has left them
    void start(boolean restored) {
        if (!restored) {
            flushed(System.nanoTime());
        }
        bridge.settle();
    }

    /// The fail mode is another one from now on.
    void mode(FailMode now) {
        if (now == mode) {
            return;
        }
        mode = now;
        endIfNotNeeded();
        if (!services.hasControllers()) {
            flush();
        }
        bridge.settle();
    }

    /// Other controllers were configured.
    ///
    /// @param had whether there were any to connect to before
    void controllersChanged(boolean had) {
        endIfNotNeeded();
        if (had != services.hasControllers()) {
            flush();
        }
        bridge.settle();
    }

    private boolean isNeeded() {
        return mode == FailMode.STANDALONE && services.hasControllers();
    }

    private void endIfNotNeeded() {
        if (forwards && !isNeeded()) {
            end();
        }
    }

    private void end() {
        LOG.info("{}: no longer forwarding in place of a controller", bridge.config().bridge());
        forwards = false;
        baits = false;
        if (entry != null) {
            bridge.flows().removeHidden(entry);
            entry = null;
        }
    }

    /// Deletes everything that was installed, by whomever.
    private void flush() {
        if (entry != null) {
            bridge.flows().removeHidden(entry);
            entry = null;
        }
        for (int t = 0; t < FlowTables.VISIBLE; t++) {
            for (FlowEntry e : List.copyOf(bridge.tables().entries(t))) {
                bridge.flows().remove(e, FlowModder.REASON_DELETE, FlowModder.Requester.SWITCH);
            }
        }
        bridge.groups().deleteAll();
        bridge.meters().deleteAll();
        flushed(System.nanoTime());
    }

    // What the switch needs itself, in tables that are empty.
    private void flushed(long now) {
        if (isNeeded()) {
            if (services.failureNanos(now) >= patienceNanos()) {
                entry = bridge.flows().addHidden(new FlowRule(0, PRIORITY, Match.ANY, NORMAL));
            }
        } else if (mode == FailMode.STANDALONE) {
            bridge.flows().addVisible(new FlowRule(0, 0, Match.ANY, NORMAL));
        }
    }

    private long patienceNanos() {
        // Not at once, though: that nobody is probed doesn't mean that nobody is waited for.
        int probe =
                services.controllers().stream()
                        .mapToInt(t -> bridge.config().of(t).probeSeconds())
                        .max()
                        .orElse(0);
        return TimeUnit.SECONDS.toNanos(Math.max(1, PROBES * probe));
    }

    /// Looks how long controllers have been away. To be called by a clock.
    ///
    /// @param now a [System#nanoTime]
    void check(long now) {
        if (!isNeeded()) {
            return;
        }
        if (!forwards && services.failureNanos(now) >= patienceNanos()) {
            LOG.warn(
                    "{}: no controller for {} s; deleting all flows and forwarding as an ordinary switch",
                    bridge.config().bridge(),
                    TimeUnit.NANOSECONDS.toSeconds(patienceNanos()));
            forwards = true;
            flush();
            bridge.settle();
        }
        if (forwards) {
            bait(now);
        }
    }

    /// A controller said something, which was not done yet.
    void received() {
        if (forwards && services.isAnyAdmitted()) {
            end();
            bridge.settle();
        }
    }

    private void bait(long now) {
        if (!services.isAnyConnected()) {
            baits = false;
            return;
        }
        boolean due = baits && now - nextBaitNanos >= 0;
        if (due) {
            bridge.connections().packetIn(0, AsyncDefaults.NO_MATCH, PacketIns.missOfLocal(rarp()));
        }
        if (due || !baits) {
            nextBaitNanos = now + BAIT_NANOS;
        }
        baits = true;
    }

    /// A reverse ARP request of nobody: harmless wherever the controller sends it.
    private byte[] rarp() {
        byte[] frame = new byte[RARP_LENGTH];
        byte[] mac = new byte[6];
        random.nextBytes(mac);
        mac[0] = (byte) (mac[0] & 0xfc | 2); // of no maker, and of one host
        java.nio.ByteBuffer b = java.nio.ByteBuffer.wrap(frame);
        for (int i = 0; i < 6; i++) {
            b.put((byte) 0xff);
        }
        b.put(mac).putShort((short) RARP);
        b.putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4);
        b.putShort((short) 3).put(mac).putInt(0).put(mac).putInt(0);
        return frame;
    }
}
