package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.datapath.Traffic;

/// Which poll thread receives from which port: threads in turn as ports come, one for all ports
/// that cut-through links connect, the one that a user has pinned a port to, and, when he says so,
/// as spreads the load best. Ofproto thread.
///
/// A port that changes threads is polled by none until the old one has sent what it received, so
/// order is kept.
final class Placement {
    /// Stands for any thread.
    static final int ANY = LoadSpread.ANY;

    private static final double KEPT = 0.8; // of a rate, from one look to the next

    private final Ports ports;
    private final Datapath datapath;
    private final Settlements settlements;
    private final Map<BridgePort, Integer> pinned = new HashMap<>();
    private final Map<BridgePort, Rate> rates = new HashMap<>();
    private final Rate[] busy; // of each thread
    private List<List<BridgePort>> units = List.of(); // that are to be together
    private boolean moving;

    /// How fast a counter grows, the last seconds above all.
    private static final class Rate {
        private long last;
        private long lastNanos;
        private double perSecond;

        void look(long count, long now) {
            if (lastNanos != 0 && now > lastNanos) {
                double rate = (count - last) * 1e9 / (now - lastNanos);
                perSecond = KEPT * perSecond + (1 - KEPT) * rate;
            }
            last = count;
            lastNanos = now;
        }
    }

    /// A port that was moved.
    record Move(BridgePort port, int from, int to) {}

    Placement(Ports ports, Datapath datapath, Settlements settlements) {
        this.ports = ports;
        this.datapath = datapath;
        this.settlements = settlements;
        busy = new Rate[datapath.threads()];
        for (int i = 0; i < busy.length; i++) {
            busy[i] = new Rate();
        }
    }

    /// Looks what threads and ports do. A few times a second.
    void sample() {
        long now = System.nanoTime();
        Set<BridgePort> there = new HashSet<>(ports.all());
        rates.keySet().retainAll(there);
        pinned.keySet().retainAll(there);
        for (BridgePort port : there) {
            if (datapath.receivesFrom(port.datapathPort())) {
                rates.computeIfAbsent(port, _ -> new Rate())
                        .look(port.datapathPort().traffic().sum(Traffic.RX_PACKETS), now);
            }
        }
        var threads = datapath.cacheStatistics();
        for (int i = 0; i < busy.length; i++) {
            busy[i].look(threads.get(i).busyNanos(), now);
        }
    }

    /// Packets a second that a port brings the poll threads, those past the switch not among them.
    double load(BridgePort port) {
        Rate rate = rates.get(port);
        return rate == null ? 0 : rate.perSecond;
    }

    /// Which share of its time a thread moves packets.
    double busy(int thread) {
        return busy[thread].perSecond / 1e9;
    }

    /// The thread that a port is pinned to, or [#ANY].
    int pinned(BridgePort port) {
        return pinned.getOrDefault(port, ANY);
    }

    /// Ports that are to be on one thread.
    ///
    /// @param together several in each; the first says on which thread, unless one is pinned
    void together(List<List<BridgePort>> together) {
        units = together;
        if (busy.length == 1 || moving) {
            return;
        }
        Map<BridgePort, Integer> targets = new LinkedHashMap<>();
        for (List<BridgePort> unit : together) {
            int thread = pinned(unit);
            int target = thread == ANY ? datapath.threadOf(unit.getFirst().datapathPort()) : thread;
            unit.forEach(port -> targets.put(port, target));
        }
        pinned.forEach(targets::putIfAbsent);
        move(targets);
    }

    private int pinned(Collection<BridgePort> unit) {
        return unit.stream().mapToInt(this::pinned).filter(t -> t != ANY).findFirst().orElse(ANY);
    }

    /// Has one thread receive from a port from now on, whatever its load is, or any. Ports that a
    /// cut-through link connects it with go with it.
    ///
    /// @param port the port
    /// @param thread index of the thread, or [#ANY]
    /// @throws ConfigException if there is no such thread, or nothing is received from the port
    void pin(BridgePort port, int thread) {
        String name = port.config().name();
        if (thread != ANY && (thread < 0 || thread >= busy.length)) {
            throw new ConfigException(
                    "there is no poll thread %d for port %s; there are %d, from 0 on (--poll-threads)"
                            .formatted(thread, name, busy.length));
        }
        if (!datapath.receivesFrom(port.datapathPort())) {
            throw new ConfigException(
                    "nothing is received from port %s, so no poll thread can be chosen"
                            .formatted(name));
        }
        for (BridgePort other : linkedWith(port)) {
            int theirs = pinned(other);
            if (thread != ANY && theirs != ANY && theirs != thread) {
                throw new ConfigException(
                        "port %s is linked with port %s, which is pinned to poll thread %d; pin that to any first"
                                .formatted(name, other.config().name(), theirs));
            }
        }
        if (thread == ANY) {
            pinned.remove(port);
        } else {
            pinned.put(port, thread);
        }
        together(units);
    }

    private List<BridgePort> linkedWith(BridgePort port) {
        return units.stream()
                .filter(unit -> unit.contains(port))
                .flatMap(List::stream)
                .filter(other -> other != port)
                .toList();
    }

    /// Spreads ports over the threads by their load.
    ///
    /// @return what is moved
    /// @throws ConfigException if ports are being moved already
    List<Move> rebalance() {
        if (moving) {
            throw new ConfigException(
                    "ports are on their way to other poll threads; try again in a moment");
        }
        List<List<BridgePort>> all = new ArrayList<>(units);
        Set<BridgePort> seen = new HashSet<>();
        units.forEach(seen::addAll);
        for (BridgePort port : ports.all()) {
            if (datapath.receivesFrom(port.datapathPort()) && !seen.contains(port)) {
                all.add(List.of(port));
            }
        }
        List<LoadSpread.Unit> loads = new ArrayList<>();
        for (List<BridgePort> unit : all) {
            loads.add(
                    new LoadSpread.Unit(
                            unit.stream().mapToDouble(this::load).sum(),
                            datapath.threadOf(unit.getFirst().datapathPort()),
                            pinned(unit)));
        }
        int[] threads = LoadSpread.assign(loads, busy.length);
        Map<BridgePort, Integer> targets = new LinkedHashMap<>();
        for (int i = 0; i < threads.length; i++) {
            int thread = threads[i];
            all.get(i).forEach(port -> targets.put(port, thread));
        }
        return move(targets);
    }

    private List<Move> move(Map<BridgePort, Integer> targets) {
        List<Move> moves = new ArrayList<>();
        targets.forEach((port, thread) -> {
            DatapathPort p = port.datapathPort();
            if (datapath.receivesFrom(p) && datapath.threadOf(p) != thread) {
                moves.add(new Move(port, datapath.threadOf(p), thread));
                datapath.stopReceiving(p);
            }
        });
        if (!moves.isEmpty()) {
            moving = true;
            // By then the thread that had them has sent what it received from them.
            settlements.afterGrace(() -> {
                moving = false;
                moves.forEach(m -> datapath.receiveOn(m.to, m.port.datapathPort()));
            });
        }
        return moves;
    }
}
