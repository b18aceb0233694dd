package org.skyway.vswitch.datapath;

import java.util.Arrays;
import org.skyway.vswitch.counters.BurstLog;

/// What a poll thread does with the packets that it has received from a port, or with one that the
/// switch sends, until all of it happens at once: what ports hold back is shown, and what was
/// received is given back. A switch that comes after one that was killed meanwhile finds that it
/// has happened or that it has not ([BurstLog]). Belongs to one poll thread.
///
/// A port that holds packets back is this thread's until the end. Two threads that want each
/// other's wait for them by ascending number; one that would have to wait otherwise ends what it
/// has first. Of that burst, and of one that leaves by a port which holds nothing back, packets may
/// come again after a kill.
final class OpenBurst {
    private static final int TRIES = 1_000;

    private final Datapath datapath;
    private final BurstLog log;
    private final int user; // of ports
    private final boolean shared; // whether other threads send, too
    private DatapathPort[] ports = new DatapathPort[8]; // those that hold packets back come first
    private int count;
    private int highest; // number of theirs
    private int table; // what was looked up last, and how often in a row
    private long looked;

    OpenBurst(int thread, Datapath datapath, BurstLog log) {
        this.datapath = datapath;
        this.log = log;
        user = thread + 1;
        shared = datapath.threads() > 1;
    }

    /// Where what is counted on its way is noted.
    BurstLog log() {
        return log;
    }

    /// Counts packets that are looked up in one table and hit an entry there, by the end at the
    /// latest: most packets of a burst are looked up in the same one.
    void count(int number, long packets) {
        if (number != table) {
            countLooked();
            table = number;
        }
        looked += packets;
    }

    private void countLooked() {
        if (looked != 0) {
            datapath.tableCounters().add(log, table, looked);
            looked = 0;
        }
    }

    int thread() {
        return user - 1;
    }

    /// Makes a port that holds packets back this thread's until the end.
    void take(DatapathPort port) {
        if (port.user() != user) {
            claim(port);
        }
    }

    private void claim(DatapathPort port) {
        if (count == BurstLog.mostRings() || !lock(port)) {
            end(null);
            lockAlone(port);
        }
        if (count == ports.length) {
            ports = Arrays.copyOf(ports, 2 * count);
        }
        if (ports[count] != port) { // most often it is: a reference costs more than a look
            ports[count] = port;
        }
        highest = count == 0 ? port.number() : Math.max(highest, port.number());
        count++;
    }

    private boolean lock(DatapathPort port) {
        if (!shared) {
            port.user(user);
            return true;
        }
        if (count == 0 || port.number() > highest) {
            lockAlone(port);
            return true;
        }
        for (int i = 0; i < TRIES; i++) {
            if (port.tryUse(user)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /// Makes a port this thread's that holds nothing back, until [#unlock].
    void lockAlone(DatapathPort port) {
        if (!shared) {
            port.user(user);
            return;
        }
        while (!port.tryUse(user)) {
            Thread.onSpinWait();
        }
    }

    void unlock(DatapathPort port) {
        port.user(0);
    }

    /// Has it happen.
    ///
    /// @param from the port that it came from, which gets back what was received; null for none
    void end(DatapathPort from) {
        final int n = count;
        countLooked();
        if (log.isOn()) {
            note(from, n);
        }
        for (int i = 0; i < n; i++) {
            final DatapathPort port = ports[i];
            try {
                port.txShow();
            } catch (Throwable e) {
                datapath.survived("poll thread: sending", e);
            } finally {
                port.user(0);
            }
        }
        count = 0;
        try {
            if (from != null) {
                from.rxRelease();
            }
        } finally {
            log.done();
        }
    }

    private void note(DatapathPort from, int n) {
        if (from == null) {
            log.received(0, 0);
        } else {
            from.noteReceived(log);
        }
        for (int i = 0; i < n; i++) {
            ports[i].noteSent(log);
        }
        log.seal();
    }

    /// Forgets ports. Between two bursts.
    void forget() {
        Arrays.fill(ports, null);
    }
}
