package org.skyway.vswitch.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skyway.agent.Agent;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionIds;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.FlowBlock;
import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.BypassCounters;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

/// A pair of VNFs, and the links and counters of a switch that is killed at a certain write to the
/// memory that the next one reads. The VNFs obey at once, as the test says. One thread.
final class KilledSwitch implements AutoCloseable {
    /// What ends a switch.
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /// For VNFs that obey.
    static final long PATIENT = 2_000_000_000_000L;

    /// For one that is cut off soon, though not before it has begun.
    static final long IMPATIENT = 20_000_000;

    private static final int DEAD = -1;
    private static final int CELLS = 1024;
    private static final int FRAME = 100;

    /// Two paths, told apart by who counts on them.
    enum Way {
        FIRST,
        SECOND
    }

    /// A switch.
    final class Life {
        final CounterMemory memory;
        final Path file;
        final LinkRecords records;
        final List<FlowCounters> counters = new ArrayList<>();
        final Links links;
        private final ArrayDeque<Runnable> work = new ArrayDeque<>(); // for the ofproto thread
        final Attachment left = attachment("left", 1, ports.get(0));
        final Attachment right = attachment("right", 2, ports.get(1));

        Life(int number, long deadlineNanos) throws IOException {
            file = folder.resolve("counters-" + number);
            memory = CounterMemory.create(file, 64, KilledSwitch.this::store, _ -> {});
            records = new LinkRecords(memory);
            for (Way _ : Way.values()) {
                counters.add(new FlowCounters(memory, 1));
            }
            links =
                    new Links(
                            store,
                            ids,
                            CELLS,
                            new ObedientAgent(),
                            work::add,
                            new Accounts(),
                            deadlineNanos,
                            records);
        }

        /// A turn of the ofproto thread.
        void turn() {
            while (!work.isEmpty()) {
                work.remove().run();
                if (isDead()) {
                    throw new Killed(); // a future has kept it to itself
                }
            }
            links.tick();
        }

        LinkPath path(Way way) {
            return new LinkPath(
                    List.of(
                            new LinkPath.Hop(
                                    null,
                                    List.of(),
                                    List.of(),
                                    List.of(counters.get(way.ordinal())),
                                    null)));
        }

        long counted() {
            return counters.stream().mapToLong(FlowCounters::packets).sum();
        }

        long countedBytes() {
            return counters.stream().mapToLong(FlowCounters::bytes).sum();
        }
    }

    private final Path folder;
    private final RegionStore store;
    private final RegionIds ids = new RegionIds();
    private final List<Region> ports = new ArrayList<>();
    private int writes = Integer.MAX_VALUE; // until it is killed
    private boolean after;
    private long sent;
    private long lost;

    KilledSwitch(Path folder) throws IOException {
        this.folder = folder;
        store = RegionStore.of(folder);
        for (int i = 0; i < 2; i++) {
            RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, i, CELLS);
            Region region = store.create("port-" + i, header.sizeBytes());
            header.create(region.address());
            ports.add(region);
        }
    }

    /// From now on a switch lives for so many writes.
    ///
    /// @param number of the write that is its last, from 0
    /// @param done whether that is still done
    void killAt(int number, boolean done) {
        writes = number;
        after = done;
    }

    void spare() {
        writes = Integer.MAX_VALUE;
    }

    private void store(long address, long value) {
        boolean last = writes == 0;
        if (isDead() || last && !after) {
            writes = DEAD;
            throw new Killed();
        }
        writes--;
        Memory.putLongRelease(address, value);
        if (last) {
            throw new Killed();
        }
    }

    private boolean isDead() {
        return writes == DEAD;
    }

    /// The switch that comes after another.
    Life after(Life last, int number) throws IOException {
        return after(last, number, PATIENT);
    }

    Life after(Life last, int number, long deadlineNanos) throws IOException {
        SavedCounters saved = SavedCounters.read(last.file, true);
        Life next = new Life(number, deadlineNanos);
        for (int i = 0; i < last.counters.size(); i++) {
            FlowCounters was = last.counters.get(i);
            next.counters.get(i).resume(FlowBlock.read(saved, was.block(), was.tag(), 1));
        }
        next.records.resume(saved, last.records.block(), last.records.tag(), _ -> 0);
        next.left.adopt();
        next.right.adopt();
        Map<Long, FlowCounters> groups = new HashMap<>();
        for (int i = 0; i < last.counters.size(); i++) {
            groups.put(last.counters.get(i).tag(), next.counters.get(i));
        }
        next.records.resolve(new Found(groups, last, next));
        next.links.adopt(List.of(next.left, next.right), List.of());
        next.left.arrived();
        next.right.arrived();
        if (last.left.isGone()) {
            next.left.markGone();
            next.links.gone(next.left, "its process ended");
        }
        next.turn(); // the rules are not looked at yet
        return next;
    }

    /// The sender sends, past the switch if that is what it does.
    void send(Life life, int packets) {
        ControlBlock control = life.left.control();
        boolean past = ControlBlock.mode(control.obeyed()) == ControlBlock.Mode.BYPASS;
        if (past && !life.left.isGone()) {
            sent += packets;
            life.left.statistics().tx(sent, FRAME * sent);
            int slot = ControlBlock.slot(control.obeyed());
            life.right.statistics().rx(slot, sent, FRAME * sent);
        }
    }

    /// The sender publishes what nobody will deliver any more.
    void publishLate(Life life, int packets) {
        life.left.statistics().tx(sent + packets, FRAME * (sent + packets));
    }

    /// Packets that a switch has counted as lost.
    long lost() {
        return lost;
    }

    /// Packets that went past the switch.
    long sent() {
        return sent;
    }

    long sentBytes() {
        return FRAME * sent;
    }

    /// Both VNFs do what they were told by now.
    void obey(Life life) {
        if (!life.left.isGone()) {
            life.left.control().obeyed(life.left.control().command());
        }
        notice(life);
    }

    /// The receiver takes notice of its limits, and has read up to them.
    void notice(Life life) {
        ControlBlock control = life.right.control();
        control.rxObeyed(control.rxCommand());
        for (int slot = 0; slot < ControlBlock.SLOTS; slot++) {
            if (control.limitedEpoch(slot) != 0) {
                control.ended(slot, control.limitedEpoch(slot));
            }
        }
    }

    private static Attachment attachment(String name, int number, Region region) {
        return new Attachment(
                name,
                new DpdkrPort(number, 1),
                region,
                RegionHeader.of(RegionHeader.PORT_MAGIC, number - 1, CELLS),
                0,
                "test");
    }

    @Override
    public void close() throws IOException {
        for (Region region : ports) {
            region.close();
        }
        store.removeLeftovers(true);
    }

    /// What the next switch has in the place of what the last one had.
    private record Found(Map<Long, FlowCounters> groups, Life last, Life next)
            implements LinkRecords.Counting {
        @Override
        public FlowEntry entry(long tag) {
            return null;
        }

        @Override
        public FlowCounters group(long tag) {
            return groups.get(tag);
        }

        @Override
        public PatchPort patch(long tag) {
            return null;
        }

        @Override
        public DpdkrPort end(int tag) {
            Attachment left = tag == LinkRecords.tag(last.left.port()) ? next.left : null;
            Attachment right = tag == LinkRecords.tag(last.right.port()) ? next.right : null;
            return left != null ? left.port() : right != null ? right.port() : null;
        }
    }

    /// Credits the groups of a path.
    private final class Accounts implements LinkListener {
        private static List<FlowCounters> groups(Link link) {
            return link.path().hops().getFirst().groups();
        }

        @Override
        public void stepped(Link link, LinkState before) {}

        @Override
        public void attach(Link link, BypassCounters counters) {
            groups(link).forEach(c -> c.bypassed().attach(counters));
        }

        @Override
        public void settle(Link link, BypassCounters counters, RedoLog changes) {
            groups(link).forEach(c -> c.bypassed().settle(counters, changes));
        }

        @Override
        public void lost(Attachment sender, long packets) {
            lost += packets;
        }

        @Override
        public void silent(Attachment vnf, String why) {}

        @Override
        public void survived(Link link, RuntimeException error) {
            throw error;
        }

        @Override
        public void awake(Attachment vnf) {}
    }

    /// Drivers that map whatever they are told to.
    private static final class ObedientAgent implements Agent {
        @Override
        public CompletionStage<Void> attach(
                String port, int slot, RegionRef region, boolean sideA, String link) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> detach(String port, int slot) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void drop(String port, String reason) {}

        @Override
        public void close() {}
    }
}
