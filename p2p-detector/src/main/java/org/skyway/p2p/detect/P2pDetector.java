package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.classifier.TableEntry;
import org.skyway.pipeline.classifier.TupleTable;

/// Finds point-to-point links in a bridge's tables: told of every change, it says for each port
/// whether everything that comes in there leaves unmodified at exactly one other port.
///
/// Changes are only noted; [#update] decides anew about those ports whose verdict may rest on what
/// changed, and says which verdicts are others now. The order of changes between two updates does
/// not matter, so a bundle is one update. Not thread-safe: one thread owns it.
public final class P2pDetector {
    private final Map<Integer, Ingress> ports = new TreeMap<>(Integer::compareUnsigned);
    private final Pipeline pipeline;
    private final List<Ingress> dirty = new ArrayList<>();
    private final List<Change> untold = new ArrayList<>();
    private final List<Ingress> roaming = new ArrayList<>(); // not local
    private final Set<Ingress> undecided = new LinkedHashSet<>(); // too complex, and not dirty
    private long decisions;

    /// A detector that knows no ports, rules and groups, and keeps the rules and groups that it is
    /// told of.
    ///
    /// @param ports what ports there are, by number; asked for at each look at one
    public P2pDetector(Supplier<Map<Integer, PortState>> ports) {
        pipeline = new Pipeline(ports, this.ports.keySet());
    }

    /// A detector that knows no ports, and looks at tables, groups and ports that its thread
    /// changes before it tells the detector. Entries and groups that are there already need not be
    /// told.
    ///
    /// @param tables by number, 0 to 254; null where there is none
    /// @param groups by id; null where there is none
    /// @param ports what ports there are, by number; asked for at each look at one. One that the
    ///   detector was not told of is none: to send there is to send nowhere.
    public P2pDetector(
            IntFunction<TupleTable<? extends TableEntry>> tables,
            IntFunction<GroupEntry> groups,
            Supplier<Map<Integer, PortState>> ports) {
        pipeline = new Pipeline(tables, groups, ports, this.ports.keySet());
    }

    /// A flow entry was added.
    ///
    /// @param rule the entry; there must be none with its table, priority and match
    public void ruleAdded(FlowRule rule) {
        pipeline.add(rule);
        touched(rule, true);
    }

    /// A flow entry was added or took the place of one with its table, priority and match.
    ///
    /// @param rule the entry
    public void ruleInstalled(FlowRule rule) {
        FlowRule old = pipeline.get(rule);
        if (old == null) {
            ruleAdded(rule);
        } else {
            ruleReplaced(old, rule);
        }
    }

    /// A flow entry was removed, by a flow-mod, a timeout or an eviction.
    ///
    /// @param rule an entry with the table, priority and match of one that is there
    /// @throws IllegalArgumentException if there is none
    public void ruleRemoved(FlowRule rule) {
        if (!pipeline.remove(rule)) {
            throw new IllegalArgumentException(
                    "no entry in table %d has priority %d and match %s; tell the detector of every change"
                            .formatted(rule.table(), rule.priority(), rule.match()));
        }
        touched(rule, false);
    }

    /// Many flow entries were removed. All ports are decided about anew, whichever entries they
    /// are.
    ///
    /// @param rules entries with the tables, priorities and matches of those that were there
    /// @throws IllegalArgumentException if there is none for one of them
    public void rulesRemoved(List<FlowRule> rules) {
        ports.values().forEach(this::markDirty);
        if (pipeline.hasOwnTables()) {
            rules.forEach(this::ruleRemoved);
        }
    }

    /// A flow entry was modified.
    ///
    /// @param old the entry that is gone
    /// @param now the entry that took its place: same table, priority and match
    public void ruleReplaced(FlowRule old, FlowRule now) {
        ruleRemoved(old);
        ruleAdded(now);
    }

    /// A group was added, changed or removed.
    ///
    /// @param id the group's id
    /// @param group what it is now; null if it is gone
    public void groupChanged(int id, GroupEntry group) {
        pipeline.group(id, group);
        for (Ingress ingress : ports.values()) {
            if (!ingress.dirty && ingress.touchedByGroup(id)) {
                markDirty(ingress);
            }
        }
    }

    /// A port was added, where a link may begin or end.
    ///
    /// @param number the port's number
    public void portAdded(int number) {
        portTouched(number);
        if (!ports.containsKey(number)) {
            Ingress ingress = new Ingress(number);
            ports.put(number, ingress);
            dirty.add(ingress);
        }
    }

    /// A port was changed.
    ///
    /// @param old the port as it was
    /// @param now as it is: same number
    public void portChanged(PortState old, PortState now) {
        if (old.config() != now.config() || old.state() != now.state()) {
            portTouched(now.number());
        }
    }

    /// A port was removed. Nothing holds it any more.
    ///
    /// @param number the port's number
    public void portRemoved(int number) {
        Ingress gone = ports.remove(number);
        if (gone != null) {
            roaming.remove(gone);
            dirty.remove(gone);
            undecided.remove(gone);
            if (gone.verdict() != null) {
                untold.add(new Change(number, gone.verdict(), null));
            }
        }
        pipeline.hold(number, null);
        portTouched(number);
    }

    /// Says why packets that come in or leave at a port must pass the switch, for instance that the
    /// port is mirrored or policed.
    ///
    /// @param number the port's number
    /// @param reason what keeps them, in a few words; null for nothing
    public void hold(int number, String reason) {
        if (!Objects.equals(pipeline.hold(number, reason), reason)) {
            portTouched(number);
        }
    }

    /// Says what the switch does with IP fragments; at first [FragmentHandling#NORMAL]. Where it
    /// drops them, no port has a link.
    ///
    /// @param handling what it does
    public void fragments(FragmentHandling handling) {
        if (handling != pipeline.fragments()) {
            pipeline.fragments(handling);
            ports.values().forEach(this::markDirty);
        }
    }

    /// Says whether packets that no entry matches are sent to controllers, as in OpenFlow 1.0 to
    /// 1.2; at first they are not.
    ///
    /// @param told whether they are
    public void missToController(boolean told) {
        if (told != pipeline.missToController()) {
            pipeline.missToController(told);
            ports.values().forEach(this::markDirty);
        }
    }

    /// Says whether packets that no entry of some table matches go on to the next table, as a
    /// table-mod of OpenFlow 1.1 or 1.2 may say; at first they do not. While they do, no port has a
    /// link.
    ///
    /// @param value whether they do
    public void missesGoOn(boolean value) {
        if (value != pipeline.missesGoOn()) {
            pipeline.missesGoOn(value);
            ports.values().forEach(this::markDirty);
        }
    }

    /// Decides anew where that is needed.
    ///
    /// To be called after changes, and when [#wake] says so: a port whose last decision was costly
    /// is not decided again at once, but has no link for some updates, or for a while when none
    /// come.
    ///
    /// @return the verdicts that are others now, or new, in order: a port that was removed and
    ///   added again comes twice
    public List<Change> update() {
        if (dirty.isEmpty() && untold.isEmpty()) {
            return List.of();
        }
        List<Ingress> resting = new ArrayList<>();
        for (Ingress ingress : dirty) {
            Verdict before = ingress.verdict();
            if (!ingress.isDue() || !decide(ingress)) {
                resting.add(ingress);
            }
            if (!ingress.verdict().equals(before)) {
                untold.add(new Change(ingress.port, before, ingress.verdict()));
            }
        }
        dirty.clear();
        dirty.addAll(resting);
        List<Change> changes = List.copyOf(untold);
        untold.clear();
        return changes;
    }

    /// Has the next [#update] decide about a port that had no decision because it is costly or too
    /// complex, and that has waited for its time. To be called by a clock: when changes stop, there
    /// are no updates that such a port could sit out. Each call chooses one port at most, whose
    /// decision may then cost more than after a change, and whose next wait is longer.
    ///
    /// @param nowNanos what [System#nanoTime] says
    /// @return whether there is one, so that [#update] must be called
    public boolean wake(long nowNanos) {
        Ingress due = null;
        for (Collection<Ingress> some : List.of(dirty, undecided)) {
            for (Ingress ingress : some) {
                if (ingress.hasWaited(nowNanos) && (due == null || ingress.isBefore(due))) {
                    due = ingress;
                }
            }
        }
        if (due == null) {
            return false;
        }
        due.wake();
        markDirty(due);
        return true;
    }

    /// Whether there are ports that sit out updates because deciding about them is costly.
    boolean isResting() {
        return !dirty.isEmpty();
    }

    /// The verdict about a port as of the last [#update].
    ///
    /// @param port the port's number
    /// @return the verdict; null if there is no such port, or it was not decided about
    public Verdict verdict(int port) {
        Ingress ingress = ports.get(port);
        return ingress == null ? null : ingress.verdict();
    }

    /// The verdicts about all ports as of the last [#update].
    ///
    /// @return verdicts by port number
    public List<Verdict> verdicts() {
        List<Verdict> all = new ArrayList<>();
        for (Ingress ingress : ports.values()) {
            if (ingress.verdict() != null) {
                all.add(ingress.verdict());
            }
        }
        return all;
    }

    /// Tells why a port has the verdict that it had after the last [#update].
    ///
    /// @param port the port's number
    /// @return the explanation
    /// @throws IllegalArgumentException if there is no such port
    public Explanation explain(int port) {
        Ingress ingress = ports.get(port);
        if (ingress == null || ingress.verdict() == null) {
            throw new IllegalArgumentException(
                    "port %s is no dpdkr port, so there is nothing to explain"
                            .formatted(OfPort.name(port)));
        }
        return Explanation.of(ingress.verdict(), pipeline);
    }

    /// Follows one packet through the tables.
    ///
    /// @param key the packet as it comes in, [org.skyway.openflow.model.FlowKey#WORDS] words; the
    ///   ingress port is in it
    /// @return what it meets
    public Trace trace(long[] key) {
        return Trace.of(pipeline, key);
    }

    /// How often a port was decided about so far.
    ///
    /// @return a count
    public long decisions() {
        return decisions;
    }

    private void touched(FlowRule rule, boolean added) {
        if (areAllDirty()) {
            return; // as while very many change
        }
        int port = (int) rule.match().exact(Field.IN_PORT);
        if (rule.match().maskOf(Field.IN_PORT) == Field.IN_PORT.ones()) {
            Ingress ingress = ports.get(port);
            if (ingress != null) {
                touched(ingress, rule, added);
            }
            for (int i = 0; i < roaming.size(); i++) {
                touched(roaming.get(i), rule, added);
            }
        } else {
            for (Ingress ingress : ports.values()) {
                touched(ingress, rule, added);
            }
        }
    }

    private void touched(Ingress ingress, FlowRule rule, boolean added) {
        if (!ingress.dirty && ingress.touchedBy(rule, added, pipeline)) {
            markDirty(ingress);
        }
    }

    private void portTouched(int number) {
        if (areAllDirty()) {
            return; // as while a switch starts
        }
        for (Ingress ingress : ports.values()) {
            if (!ingress.dirty && ingress.touchedByPort(number)) {
                markDirty(ingress);
            }
        }
    }

    private boolean areAllDirty() {
        return dirty.size() == ports.size();
    }

    private void markDirty(Ingress ingress) {
        if (!ingress.dirty) {
            ingress.dirty = true;
            dirty.add(ingress);
            undecided.remove(ingress);
        }
    }

    // A mistake in the decision about one port must not keep the others from being decided about: a
    // link that is none any more has to be taken back whatever happens.
    private boolean decide(Ingress ingress) {
        decisions++;
        boolean wasLocal = ingress.isLocal();
        try {
            if (ingress.decide(pipeline)) {
                undecided.add(ingress);
            }
        } catch (Throwable e) {
            ingress.giveUp(e);
        }
        if (ingress.isLocal() && !wasLocal) {
            roaming.remove(ingress);
        } else if (!ingress.isLocal() && wasLocal) {
            roaming.add(ingress);
        }
        return !ingress.dirty;
    }
}
