package org.skyway.vswitch.datapath;

import java.util.concurrent.atomic.AtomicLong;

/// Which megaflows of all poll threads depend on where a MAC address is. Poll threads add and
/// remove when they find out an outcome or forget one, never for a packet of a known flow; whoever
/// learns or forgets an address has those die that depend on it.
///
/// **Why nothing is missed.** An address is changed first, then [#version] counts up, then the
/// megaflows are looked through. A poll thread reads the version before it translates and again
/// when it has added its megaflow. If the two are equal, then either the change came before the
/// translation, which has seen it, or the look through comes after the adding and finds the
/// megaflow.
final class MacIndex {
    private static final int STRIPES = 4096;

    /// One dependency.
    static final class Node {
        final long mac;
        final Megaflow flow;
        final Node nextOfFlow;
        private Node before;
        private Node after;

        private Node(long mac, Megaflow flow, Node nextOfFlow) {
            this.mac = mac;
            this.flow = flow;
            this.nextOfFlow = nextOfFlow;
        }
    }

    private final Node[] stripes = new Node[STRIPES]; // heads, without content; each is its lock
    private final AtomicLong version = new AtomicLong();

    MacIndex() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Node(0, null, null);
        }
    }

    private Node stripe(long mac) {
        return stripes[(int) HashSeed.mix(HashSeed.VALUE, mac) & STRIPES - 1];
    }

    /// Counts changes of addresses.
    long version() {
        return version.get();
    }

    /// Adds what a megaflow depends on. Its poll thread.
    void add(Megaflow flow) {
        for (long mac : flow.dependencies.macs()) {
            Node node = new Node(mac, flow, flow.macs);
            flow.macs = node;
            Node head = stripe(mac);
            synchronized (head) {
                node.before = head;
                node.after = head.after;
                if (node.after != null) {
                    node.after.before = node;
                }
                head.after = node;
            }
        }
    }

    /// Removes it again. Its poll thread.
    void remove(Megaflow flow) {
        for (Node node = flow.macs; node != null; node = node.nextOfFlow) {
            synchronized (stripe(node.mac)) {
                node.before.after = node.after;
                if (node.after != null) {
                    node.after.before = node.before;
                }
            }
        }
        flow.macs = null;
    }

    /// An address was learned, has moved or was forgotten. Any thread, after the fact.
    ///
    /// @param mac as a key of [org.skyway.vswitch.tables.MacTable]
    void changed(long mac) {
        version.incrementAndGet();
        Node head = stripe(mac);
        synchronized (head) {
            for (Node node = head.after; node != null; node = node.after) {
                if (node.mac == mac) {
                    node.flow.kill();
                }
            }
        }
    }

    /// Dependencies of all megaflows, for tests.
    int size() {
        int n = 0;
        for (Node head : stripes) {
            synchronized (head) {
                for (Node node = head.after; node != null; node = node.after) {
                    n++;
                }
            }
        }
        return n;
    }
}
