package org.skyway.experiments.hostile;

import java.io.IOException;
import java.lang.foreign.Arena;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;

/// A driver for a second or two, which sends a little and leaves out what it is told to leave out.
final class Behaviour {
    private static final int BURST = 8;
    private static final int ROUNDS = 80;

    private final HostileStage stage;
    private final RawVnf vnf;
    private boolean marks = true;
    private boolean leaves = true;
    private boolean obeys = true;
    private boolean reads = true;
    private boolean garbage;
    private final long[] addresses = new long[BURST];
    private final int[] lengths = new int[BURST];
    private long obeyed;
    private RingProducer bypass; // null: it sends to the switch

    private Behaviour(HostileStage stage) {
        this.stage = stage;
        vnf = stage.vnf();
    }

    /// One that does everything right.
    static Behaviour of(HostileStage stage) {
        return new Behaviour(stage);
    }

    /// It says that it has obeyed without a mark in any ring.
    Behaviour withoutMarks() {
        marks = false;
        return this;
    }

    /// It says that it has left the bypass, and goes on writing it.
    Behaviour stays() {
        leaves = false;
        return this;
    }

    /// It does not even look what the switch tells it.
    Behaviour neverObeys() {
        obeys = false;
        return this;
    }

    /// It takes nothing from any ring.
    Behaviour neverReads() {
        reads = false;
        return this;
    }

    /// It sends any bytes in any length.
    Behaviour garbage() {
        garbage = true;
        return this;
    }

    void run() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long frames = arena.allocate(BURST * 2048L, 64).address();
            for (int i = 0; i < BURST; i++) {
                addresses[i] = frames + 2048L * i;
            }
            RingProducer toSwitch = vnf.toSwitch();
            if (!obeys) {
                begin(vnf.control().command(), toSwitch); // to where it was last told to
            }
            for (int round = 0; round < ROUNDS && vnf.isConnected(); round++) {
                vnf.control().alive(round);
                long command = vnf.control().command();
                if (obeys && command != obeyed) {
                    obey(command, toSwitch);
                }
                fill();
                RingProducer out = bypass == null ? toSwitch : bypass;
                out.offer(addresses, lengths, 0, stage.random().nextInt(BURST + 1));
                if (reads) {
                    read();
                }
                stage.pause(10);
            }
        }
    }

    private void obey(long command, RingProducer toSwitch) throws IOException {
        if (ControlBlock.mode(command) == Mode.BYPASS) {
            begin(command, toSwitch);
        } else if (leaves) {
            if (bypass != null && marks && ControlBlock.mode(command) == Mode.NORMAL) {
                int slot = ControlBlock.slot(obeyed);
                int epoch = ControlBlock.epoch(obeyed);
                bypass.mark(Mark.of(Mark.Kind.END, slot, epoch));
                toSwitch.mark(Mark.of(Mark.Kind.TO_NORMAL, slot, epoch));
            }
            bypass = null;
        }
        obeyed = command;
        vnf.control().obeyed(command);
    }

    private void begin(long command, RingProducer toSwitch) throws IOException {
        int slot = ControlBlock.slot(command);
        RawVnf.Link link = vnf.links().get(slot);
        if (ControlBlock.mode(command) != Mode.BYPASS || link == null) {
            return;
        }
        if (marks) {
            toSwitch.mark(Mark.of(Mark.Kind.TO_BYPASS, slot, ControlBlock.epoch(command)));
        }
        bypass = link.producer();
    }

    private void fill() {
        for (int i = 0; i < BURST; i++) {
            long at = addresses[i];
            lengths[i] = garbage ? stage.random().nextInt(1, 2049) : 64;
            if (garbage) {
                for (int word = 0; word < lengths[i]; word += 8) {
                    Memory.putLong(at + word, stage.random().nextLong());
                }
            } else {
                Memory.putLongBE(at, 0x0200_0000_0007_0200L);
                Memory.putLongBE(at + 8, 0x0000_0005_88b5_0000L);
            }
        }
    }

    // Like a driver that does not care for order.
    private void read() {
        long control = vnf.control().rxCommand();
        drain(vnf.fromSwitch());
        for (var e : vnf.links().entrySet()) {
            int slot = e.getKey();
            int limited = vnf.control().limitedEpoch(slot);
            drain(e.getValue().consumer());
            if (limited != 0) {
                vnf.control().ended(slot, limited);
            }
        }
        vnf.control().rxObeyed(control);
    }

    private void drain(RingConsumer ring) {
        long[] shown = new long[BURST];
        int[] shownLengths = new int[BURST];
        for (int i = 0; i < 64; i++) {
            int n = ring.peek(shown, shownLengths, 0, BURST);
            ring.release();
            if (n == 0) {
                if (ring.mark() == 0) {
                    return;
                }
                ring.takeMark();
            }
        }
    }
}
