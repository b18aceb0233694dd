package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.classifier.TableEntry;
import org.skyway.pipeline.classifier.TupleTable;

/// Finds point-to-point links in a bridge's tables: told of every change, it says for each
/// candidate port whether everything that comes in there leaves unmodified at exactly one other
/// port.
///
/// Changes are only noted; [#update] decides anew about those ports whose verdict may rest on what
/// changed, and says which verdicts are others now. The order of changes between two updates does
/// not matter, so a bundle is one update. Not thread-safe: one thread owns it.
public final class P2pDetector {
    /// Most updates that a port whose decision was too complex sits out.
    private static final int LONGEST_REST = 1024;

    /// What a decision may cost on average per update, in units of [Budget]. A port that needs more
    /// has no link until it has waited long enough.
    private static final long COST_PER_UPDATE = 2_000;

    private static final long COSTLY = 20 * COST_PER_UPDATE;

    /// What a decision may cost that was too complex after a change, when nothing changes.
    private static final long PATIENT_BUDGET = 2 * Decision.BUDGET;

    private static final long FIRST_WAIT_NANOS = 100_000_000L;
    private static final long LONGEST_WAIT_NANOS = 30_000_000_000L;

    private static final class Ingress {
        final int port;
        Verdict verdict;
        Grounds dependencies = new Grounds();
        Agreement agreement; // null for none
        boolean local = true; // whether only rules for this ingress port, or any, matter
        boolean dirty = true;
        int rest; // updates to sit out before the next decision
        int nextRest = 1;
        long cost; // of the last decision
        boolean waiting; // for a time, which is wakeNanos
        long wakeNanos;
        long waitNanos = FIRST_WAIT_NANOS;
        boolean patient; // whether the next decision may cost more

        Ingress(int port) {
            this.port = port;
        }
    }

    private final Pipeline pipeline;
    private final Map<Integer, Ingress> candidates = new TreeMap<>(Integer::compareUnsigned);
    private final Map<Integer, String> held = new HashMap<>();
    private final List<Ingress> dirty = new ArrayList<>();
    private final List<Change> untold = new ArrayList<>();
    private final List<Ingress> roaming = new ArrayList<>(); // not local
    private final Set<Ingress> undecided = new LinkedHashSet<>(); // too complex, and not dirty
    private boolean missesGoOn;
    private long decisions;

    /// A detector that knows no ports and no rules, and keeps those that it is told of.
    public P2pDetector() {
        pipeline = new Pipeline();
    }

    /// A detector that knows no ports, and looks at tables that its thread changes before it tells
    /// the detector. Entries that are there already need not be told.
    ///
    /// @param tables by number, 0 to 254; null where there is none
    public P2pDetector(IntFunction<TupleTable<? extends TableEntry>> tables) {
        pipeline = new Pipeline(tables);
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
        candidates.values().forEach(this::markDirty);
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
        for (Ingress ingress : candidates.values()) {
            if (!ingress.dirty && ingress.dependencies.touchedByGroup(id)) {
                markDirty(ingress);
            }
        }
    }

    /// A port was added or changed. It is no candidate until [#candidate] says so.
    ///
    /// @param port the port as it is now
    public void portChanged(PortState port) {
        PortState before = pipeline.port(port.number());
        pipeline.port(port.number(), port);
        if (before == null || before.config() != port.config() || before.state() != port.state()) {
            portTouched(port.number());
        }
    }

    /// A port was removed. It is no candidate any more.
    ///
    /// @param number the port's number
    public void portRemoved(int number) {
        pipeline.port(number, null);
        candidate(number, false);
        held.remove(number);
        portTouched(number);
    }

    /// Says whether a bypass could start or end at a port: whether it is a dpdkr port.
    ///
    /// @param number the port's number
    /// @param candidate whether it is
    public void candidate(int number, boolean candidate) {
        if (candidate == candidates.containsKey(number)) {
            return;
        }
        if (candidate) {
            Ingress ingress = new Ingress(number);
            candidates.put(number, ingress);
            dirty.add(ingress);
        } else {
            Ingress gone = candidates.remove(number);
            roaming.remove(gone);
            dirty.remove(gone);
            undecided.remove(gone);
            if (gone.verdict != null) {
                untold.add(new Change(number, gone.verdict, null));
            }
        }
        portTouched(number);
    }

    /// Says why packets that come in or leave at a port must pass the switch, for instance that the
    /// port is mirrored or policed.
    ///
    /// @param number the port's number
    /// @param reason what keeps them, in a few words; null for nothing
    public void hold(int number, String reason) {
        String before = reason == null ? held.remove(number) : held.put(number, reason);
        if (!Objects.equals(before, reason)) {
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
            candidates.values().forEach(this::markDirty);
        }
    }

    /// Says whether packets that no entry matches are sent to controllers, as in OpenFlow 1.0 to
    /// 1.2; at first they are not.
    ///
    /// @param told whether they are
    public void missToController(boolean told) {
        if (told != pipeline.missToController()) {
            pipeline.missToController(told);
            candidates.values().forEach(this::markDirty);
        }
    }

    /// Says whether packets that no entry of some table matches go on to the next table, as a
    /// table-mod of OpenFlow 1.1 or 1.2 may say; at first they do not. While they do, no port has a
    /// link.
    ///
    /// @param value whether they do
    public void missesGoOn(boolean value) {
        if (value != missesGoOn) {
            missesGoOn = value;
            candidates.values().forEach(this::markDirty);
        }
    }

    /// Decides anew where that is needed.
    ///
    /// To be called after changes, and when [#wake] says so: a port whose last decision was costly
    /// is not decided again at once, but has no link for some updates, or for a while when none
    /// come.
    ///
    /// @return the verdicts that are others now, or new, in order: a port that was given up and
    ///   taken again comes twice
    public List<Change> update() {
        if (dirty.isEmpty() && untold.isEmpty()) {
            return List.of();
        }
        List<Ingress> resting = new ArrayList<>();
        for (Ingress ingress : dirty) {
            if (ingress.rest > 0 && !ingress.patient) {
                ingress.rest--;
                resting.add(ingress);
                continue;
            }
            Verdict before = ingress.verdict;
            if (ingress.cost > COSTLY && !ingress.patient) {
                postpone(ingress);
                resting.add(ingress);
            } else if (!decideOrGiveUp(ingress)) {
                resting.add(ingress);
            }
            if (!ingress.verdict.equals(before)) {
                untold.add(new Change(ingress.port, before, ingress.verdict));
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
        for (List<Ingress> some : List.of(dirty, List.copyOf(undecided))) {
            for (Ingress ingress : some) {
                if (!ingress.waiting) {
                    ingress.waiting = true;
                    ingress.wakeNanos = nowNanos + ingress.waitNanos;
                } else if (ingress.wakeNanos - nowNanos <= 0
                        && (due == null || ingress.wakeNanos - due.wakeNanos < 0)) {
                    due = ingress;
                }
            }
        }
        if (due == null) {
            return false;
        }
        due.waiting = false;
        due.waitNanos = Math.min(2 * due.waitNanos, LONGEST_WAIT_NANOS);
        due.patient = true;
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
    /// @return the verdict; null if the port is no candidate
    public Verdict verdict(int port) {
        Ingress ingress = candidates.get(port);
        return ingress == null ? null : ingress.verdict;
    }

    /// The verdicts about all candidate ports as of the last [#update].
    ///
    /// @return verdicts by port number
    public List<Verdict> verdicts() {
        List<Verdict> all = new ArrayList<>();
        for (Ingress ingress : candidates.values()) {
            if (ingress.verdict != null) {
                all.add(ingress.verdict);
            }
        }
        return all;
    }

    /// Tells why a port has the verdict that it had after the last [#update].
    ///
    /// @param port a candidate port's number
    /// @return the explanation
    /// @throws IllegalArgumentException if the port is no candidate
    public Explanation explain(int port) {
        Ingress ingress = candidates.get(port);
        if (ingress == null || ingress.verdict == null) {
            throw new IllegalArgumentException(
                    "port %s is no dpdkr port, so there is nothing to explain"
                            .formatted(OfPort.name(port)));
        }
        return Explanation.of(ingress.verdict, pipeline);
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
            Ingress ingress = candidates.get(port);
            if (ingress != null) {
                touched(ingress, rule, added);
            }
            for (int i = 0; i < roaming.size(); i++) {
                touched(roaming.get(i), rule, added);
            }
        } else {
            for (Ingress ingress : candidates.values()) {
                touched(ingress, rule, added);
            }
        }
    }

    private void touched(Ingress ingress, FlowRule rule, boolean added) {
        if (ingress.dirty || !ingress.dependencies.touchedBy(rule)) {
            return;
        }
        Agreement agreement = ingress.agreement;
        if (agreement == null || !survives(agreement, rule, added)) {
            markDirty(ingress);
        }
    }

    // The tables have the rule already, or have lost it: whatever goes wrong here must not keep the
    // other ports from being told, nor the caller from going on with the next rule.
    private boolean survives(Agreement agreement, FlowRule rule, boolean added) {
        try {
            return added
                    ? agreement.survivesAdditionOf(rule, pipeline)
                    : agreement.survivesRemovalOf(rule);
        } catch (Throwable e) {
            return false;
        }
    }

    private void portTouched(int number) {
        if (areAllDirty()) {
            return; // as while a switch starts
        }
        for (Ingress ingress : candidates.values()) {
            if (!ingress.dirty
                    && (ingress.port == number || ingress.dependencies.touchedByPort(number))) {
                markDirty(ingress);
            }
        }
    }

    private boolean areAllDirty() {
        return dirty.size() == candidates.size();
    }

    private void markDirty(Ingress ingress) {
        if (!ingress.dirty) {
            ingress.dirty = true;
            dirty.add(ingress);
            undecided.remove(ingress);
        }
    }

    /// Takes a link back that may no longer be one, and decides later.
    private static void postpone(Ingress ingress) {
        ingress.rest = (int) Math.min(ingress.cost / COST_PER_UPDATE, LONGEST_REST);
        ingress.cost = 0;
        if (!(ingress.verdict instanceof Verdict.NoLink)) {
            ingress.verdict =
                    new Verdict.NoLink(
                            ingress.port,
                            "the entries are too complex to decide after every change",
                            null,
                            null);
        }
    }

    // A mistake in the decision about one port must not keep the others from being decided about: a
    // link that is none any more has to be taken back whatever happens.
    private boolean decideOrGiveUp(Ingress ingress) {
        try {
            decide(ingress);
            return true;
        } catch (Throwable e) {
            ingress.verdict =
                    new Verdict.NoLink(
                            ingress.port,
                            "the entries can't be decided about: " + reason(e),
                            null,
                            null);
            ingress.agreement = null;
            ingress.cost = 0;
            ingress.dirty = true;
            rest(ingress, new Grounds(), true, false);
            return false;
        }
    }

    private static String reason(Throwable e) {
        return e instanceof StackOverflowError
                ? "they are nested too deeply"
                : "the detector failed" + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    private void decide(Ingress ingress) {
        decisions++;
        ingress.dirty = false;
        boolean patient = ingress.patient;
        ingress.patient = false;
        PortState port = pipeline.port(ingress.port);
        String obstacle = obstacle(ingress.port, port);
        if (obstacle != null) {
            long[] example = port != null && sends(port) ? fragment(ingress.port) : null;
            ingress.verdict = new Verdict.NoLink(ingress.port, obstacle, null, example);
            ingress.agreement = null;
            ingress.cost = 0;
            rest(ingress, new Grounds(), false, false);
            return;
        }
        Decision.Result result =
                Decision.decide(pipeline, ingress.port, patient ? PATIENT_BUDGET : Decision.BUDGET);
        ingress.verdict = takeable(result.verdict(), result.dependencies());
        ingress.agreement = result.agreement();
        ingress.cost = result.cost();
        rest(ingress, result.dependencies(), result.tooComplex(), !patient);
    }

    /// Whether packets are to be expected from a port.
    private static boolean sends(PortState port) {
        return port.receives() && port.isUp();
    }

    private String obstacle(int number, PortState port) {
        if (port == null) {
            return "port %s does not exist".formatted(OfPort.name(number));
        }
        if (!sends(port)) {
            return "port %s is down or does not receive".formatted(OfPort.name(number));
        }
        if (missesGoOn) {
            return "packets that no entry of some table matches go on to the next table";
        }
        return pipeline.fragments() == FragmentHandling.DROPPED
                ? "the switch drops IP fragments"
                : null;
    }

    private static long[] fragment(int port) {
        Cube cube = Decision.entering(port);
        cube.intersect(Match.builder().exact(Field.ETH_TYPE, 0x0800).build());
        cube.intersect(Match.builder().exact(Field.IP_FRAG, FlowKey.FRAG_ANY).build());
        return Arrays.copyOf(
                Arrays.copyOf(PacketDomain.PORTS_SHOWN.pick(cube), FlowKey.PACKET_WORDS),
                FlowKey.WORDS);
    }

    /// A link that a bypass may be put on, or the reason why not.
    private Verdict takeable(Verdict verdict, Grounds dependencies) {
        if (!(verdict instanceof Verdict.Link link)) {
            return verdict;
        }
        dependencies.port(link.to());
        for (int end : new int[] {link.from(), link.to()}) {
            String reason = held.get(end);
            if (reason == null && !candidates.containsKey(end)) {
                reason = "port %s is no dpdkr port".formatted(OfPort.name(end));
            }
            if (reason != null) {
                return new Verdict.NotTaken(link.from(), link.to(), reason, link.path());
            }
        }
        return link;
    }

    private void rest(Ingress ingress, Grounds dependencies, boolean tooComplex, boolean again) {
        ingress.dependencies = dependencies;
        boolean local = dependencies.staysAt(ingress.port);
        if (local != ingress.local) {
            ingress.local = local;
            if (local) {
                roaming.remove(ingress);
            } else {
                roaming.add(ingress);
            }
        }
        ingress.waiting &= tooComplex;
        if (tooComplex) {
            if (again) { // with more patience; after that, only a change can help
                undecided.add(ingress);
            }
            ingress.rest = ingress.nextRest;
            ingress.nextRest = Math.min(2 * ingress.nextRest, LONGEST_REST);
        } else {
            ingress.nextRest = 1;
            ingress.waitNanos = FIRST_WAIT_NANOS;
        }
    }
}
