package org.skyway.vswitch.bridge;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.PortState;
import org.skyway.p2p.detect.Change;
import org.skyway.p2p.detect.FragmentHandling;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.tables.Tables;

/// The detector, under supervision: an error in it is never an error of the switch. If it throws,
/// there are no links until it has been made anew from the tables that forwarding goes by, so that
/// the two can't disagree. Ofproto thread.
final class Detection {
    private static final long RETRY_NANOS = 10_000_000_000L;

    private final Tables tables;
    private final Faults faults;
    private Map<Integer, String> held = Map.of();
    private boolean missToController;
    private boolean missesGoOn;
    private FragmentHandling fragments = FragmentHandling.NORMAL;
    private P2pDetector detector;
    private boolean broken;
    private long brokenNanos;

    Detection(Tables tables, Faults faults) {
        this.tables = tables;
        this.faults = faults;
        detector = new P2pDetector(tables::table, tables::groupEntry, tables::ports);
    }

    /// The detector itself, for questions.
    P2pDetector detector() {
        return detector;
    }

    void ruleAdded(FlowRule rule) {
        feed(d -> d.ruleAdded(rule));
    }

    void ruleRemoved(FlowRule rule) {
        feed(d -> d.ruleRemoved(rule));
    }

    /// Very many entries were removed.
    void rulesRemoved(List<FlowRule> rules) {
        feed(d -> d.rulesRemoved(rules));
    }

    void ruleReplaced(FlowRule old, FlowRule now) {
        feed(d -> d.ruleReplaced(old, now));
    }

    void groupChanged(int id, GroupEntry group) {
        feed(d -> d.groupChanged(id, group));
    }

    /// A port where a link may begin or end.
    void portAdded(int number) {
        feed(d -> d.portAdded(number));
    }

    void portChanged(PortState old, PortState now) {
        feed(d -> d.portChanged(old, now));
    }

    void portRemoved(int number) {
        feed(d -> d.portRemoved(number));
    }

    /// Says of which ports the packets must pass the switch, whatever the rules.
    ///
    /// @param now why, by number; of the others they need not
    void hold(Map<Integer, String> now) {
        held.keySet().stream()
                .filter(p -> !now.containsKey(p))
                .forEach(p -> feed(d -> d.hold(p, null)));
        held = Map.copyOf(now);
        held.forEach((port, why) -> feed(d -> d.hold(port, why)));
    }

    void missToController(boolean value) {
        missToController = value;
        feed(d -> d.missToController(value));
    }

    void missesGoOn(boolean value) {
        missesGoOn = value;
        feed(d -> d.missesGoOn(value));
    }

    void fragments(FragmentHandling handling) {
        fragments = handling;
        feed(d -> d.fragments(handling));
    }

    private void feed(Consumer<P2pDetector> change) {
        if (broken) {
            return;
        }
        try {
            change.accept(detector);
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        faults.record("detector", e);
        broken = true;
        brokenNanos = System.nanoTime();
        detector =
                new P2pDetector(
                        tables::table, tables::groupEntry, tables::ports); // which knows of no link
    }

    /// Decides about what changed.
    ///
    /// @return which ports' verdicts changed; empty if the detector has failed, see [#works]
    List<Change> update() {
        if (!broken) {
            try {
                return detector.update();
            } catch (Throwable e) {
                failed(e);
            }
        }
        return List.of();
    }

    /// Whether a port that was too complex to decide is to be looked at again.
    ///
    /// @return whether [#update] must be called
    boolean wake() {
        try {
            return !broken && detector.wake(System.nanoTime());
        } catch (Throwable e) {
            failed(e);
            return true;
        }
    }

    /// Whether verdicts can be had. If not, no port has a link.
    boolean works() {
        return !broken;
    }

    /// A detector that knows of settings what this one knows.
    ///
    /// @param given what it is to look at
    /// @param states its ports, by number
    /// @param ports those of them where links may begin or end
    P2pDetector lookingAt(
            Tables given, Supplier<Map<Integer, PortState>> states, Collection<BridgePort> ports) {
        P2pDetector fresh = new P2pDetector(given::table, given::groupEntry, states);
        fresh.missToController(missToController);
        fresh.missesGoOn(missesGoOn);
        fresh.fragments(fragments);
        ports.forEach(port -> fresh.portAdded(port.config().number()));
        held.forEach(fresh::hold);
        return fresh;
    }

    /// Makes a detector that failed anew, once in a while.
    ///
    /// @param ports where links may begin or end
    /// @return whether there are verdicts again, all of which may be other ones than before
    boolean recover(Collection<BridgePort> ports) {
        if (!broken || System.nanoTime() - brokenNanos < RETRY_NANOS) {
            return false;
        }
        try {
            P2pDetector fresh = lookingAt(tables, tables::ports, ports);
            fresh.update();
            detector = fresh;
        } catch (Throwable e) {
            failed(e);
            return false;
        }
        broken = false;
        return true;
    }

    Verdict verdict(int port) {
        return detector.verdict(port);
    }

    List<Verdict> verdicts() {
        return detector.verdicts();
    }
}
