package org.skyway.vswitch.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.FlowBlock;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.QueueFile;

@Timeout(120)
class StateStoreTest {
    private static final List<String> FLOWS =
            List.of(
                    "priority=0,actions=drop",
                    "table=3,cookie=0x1234,idle_timeout=7,hard_timeout=9,priority=65535,in_port=1,actions=output:2",
                    "tcp,nw_src=10.0.0.0/8,tp_dst=80,actions=set_field:1->reg0,resubmit(,5)",
                    "ip,actions=mod_nw_dst:10.1.1.1,dec_ttl,group:5",
                    "dl_vlan=7,actions=pop_vlan,push_vlan:0x8100,mod_vlan_vid:9,IN_PORT",
                    "table=253,ipv6,icmp6,nd_target=fe80::1,actions=meter:2,CONTROLLER:128",
                    "actions=learn(table=9,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),NORMAL",
                    "mpls,mpls_label=3,actions=pop_mpls:0x0800,write_metadata:5,goto_table:4",
                    "conj_id=3,actions=clear_actions,write_actions(output:7)",
                    "priority=8,ip,tun_id=3,actions=move:NXM_OF_IP_SRC[]->NXM_NX_REG1[],clone(output:2)");

    @TempDir Path directory;
    private final Faults faults = new Faults();

    private static Saved.Flow flow(FlowRule rule, long number) {
        return new Saved.Flow(
                rule, number, number + 1, number + 2, new Saved.Block((int) number, number));
    }

    private static List<Saved> everything() {
        Saved.Block block = new Saved.Block(9, 4);
        List<Saved> all = new ArrayList<>();
        for (String flow : FLOWS) {
            all.add(flow(FlowText.parse(flow), all.size()));
        }
        all.add(
                new Saved.Group(
                        GroupText.parse(
                                "group_id=5,type=select,selection_method=hash,fields(ip_src),bucket=weight:3,output:2,bucket=weight:1,output:3"),
                        77,
                        List.of(
                                new Saved.Block(1, 1),
                                new Saved.Block(2, 2),
                                new Saved.Block(3, 3))));
        all.add(
                new Saved.OfMeter(
                        new Meter(2, 1, List.of(new Meter.Band(1, 1000, 500, 0))), 78, block));
        all.add(new Saved.Port("vnf1", 1, "dpdkr", false, 1, block, null));
        all.add(
                new Saved.Port(
                        "vnf2",
                        2,
                        "dpdkr",
                        true,
                        0,
                        block,
                        new Saved.Vnf(1L << 61, 512, 4711, "sink")));
        all.add(new Saved.Table(3, true, true, 10, 20, 0, "first"));
        all.add(new Saved.Switch(1, true, 5));
        all.add(new Saved.Shared(block, new Saved.Block(10, 5)));
        return all;
    }

    private void write(List<Saved> items) throws IOException {
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(1, faults)) {
            items.forEach(queue::put);
            queue.commit();
            queue.complete();
        }
        assertEquals(List.of(), faults.list());
    }

    private SavedState read() throws IOException {
        try (StateStore store = StateStore.open(directory)) {
            return store.recover();
        }
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertNull(read());
        List<Saved> all = everything();
        write(all);
        assertEquals(all, read().all(Saved.class));
        write(List.of()); // takes its place, as it is complete
        assertEquals(List.of(), read().all(Saved.class));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(3, files.count()); // lock, queue, counters
        }
    }

    @Test
    void allFlowsGoWithOneNoteAndNothingElseDoes() throws IOException {
        Saved.Flow later = flow(FlowText.parse(FLOWS.get(1)), 99);
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(1, faults)) {
            everything().forEach(queue::put);
            queue.commit();
            queue.complete();
            queue.remove(new Saved.AllFlows());
            queue.put(later);
            queue.commit();
        }
        List<Saved> wanted = new ArrayList<>(everything());
        wanted.removeIf(Saved.Flow.class::isInstance);
        wanted.add(later);
        assertEquals(wanted, read().all(Saved.class));
    }

    @Test
    void changesAreReadAfterAllThatWasThere() throws IOException {
        List<Saved> all = everything();
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(1, faults)) {
            all.forEach(queue::put);
            queue.commit();
            queue.complete();
            for (Saved item : all) {
                if (item instanceof Saved.Flow
                        || item instanceof Saved.Group
                        || item instanceof Saved.OfMeter
                        || item instanceof Saved.Port) {
                    queue.remove(item.key());
                }
            }
            queue.put(flow(FlowText.parse(FLOWS.get(1)), 99));
            long commit = queue.commit();
            queue.put(flow(FlowText.parse(FLOWS.get(2)), 100)); // and is not committed
            while (!queue.isWritten(commit)) {
                Thread.onSpinWait();
            }
        }
        List<Saved> left = new ArrayList<>(all.subList(all.size() - 3, all.size()));
        left.add(flow(FlowText.parse(FLOWS.get(1)), 99));
        assertEquals(left, read().all(Saved.class));
        assertEquals(List.of(), faults.list());
    }

    @Test
    void aFewChangesAreWrittenWithoutWaitingForAnotherThread() throws Exception {
        int atOnce = 0;
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(1, faults)) {
            queue.complete();
            for (int i = 0; i < 100; i++) {
                Thread.sleep(1); // the thread rests most of the time
                queue.put(flow(FlowText.parse(FLOWS.get(1)), i));
                atOnce += queue.isWritten(queue.commit()) ? 1 : 0;
            }
        }
        assertTrue(atOnce > 50, atOnce + " of 100");
    }

    @Test
    void fewAndManyChangesInTurnAreReadInTheirOrder() throws IOException {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<Object, Saved> expected = new LinkedHashMap<>();
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(1, faults)) {
            queue.complete();
            for (int i = 0; i < 3000; i++) {
                int changes = random.nextInt(50) == 0 ? 2000 : random.nextInt(30);
                for (int n = 0; n < changes; n++) {
                    Saved item = flow(FlowText.parse(FLOWS.get(1)), random.nextInt(500));
                    expected.remove(item.key());
                    if (random.nextBoolean()) {
                        expected.put(item.key(), item);
                        queue.remove(item.key());
                        queue.put(item);
                    } else {
                        queue.remove(item.key());
                    }
                }
                queue.commit();
            }
        }
        assertEquals(List.copyOf(expected.values()), read().all(Saved.class), "seed " + seed);
    }

    @Test
    void manyChangesAreThereTogetherOrNotAtAll() throws IOException {
        List<Saved> committed = new ArrayList<>();
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(1, faults)) {
            queue.commit();
            queue.complete();
            for (int i = 0; i < 3000; i++) {
                committed.add(flow(FlowText.parse(FLOWS.get(i % FLOWS.size())), i));
                queue.put(committed.getLast());
            }
            long commit = queue.commit();
            for (int i = 0; i < 3000; i++) {
                queue.remove(committed.get(i).key());
            }
            while (!queue.isWritten(commit)) {
                Thread.onSpinWait();
            }
        }
        assertEquals(committed, read().all(Saved.class));
        assertEquals(List.of(), faults.list());
    }

    @Test
    void whatWasNeverCompleteLeavesWhatThereWas() throws IOException {
        List<Saved> all = everything();
        write(all);
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(1, faults)) {
            queue.put(flow(FlowText.parse(FLOWS.get(1)), 99));
            queue.commit();
        }
        assertEquals(all, read().all(Saved.class));
    }

    private interface Wait {
        void until(long largest) throws Exception;
    }

    // Changes of one entry, until they are so many that they are written anew at once, or soon.
    private void changeOften(int changes, Wait after) throws Exception {
        long largest = 0;
        FlowRule rule = FlowText.parse(FLOWS.get(1));
        Saved.Block counters = new Saved.Block(3, 3);
        Saved.Flow last = null;
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(1, faults)) {
            queue.complete();
            assertTrue(isFirstQueueThere());
            for (int i = 0; i < changes; i++) {
                last = new Saved.Flow(rule, i, i, i, counters);
                queue.put(last);
                if (i % 1000 == 0) {
                    long commit = queue.commit();
                    while (!queue.isWritten(commit)) {
                        Thread.onSpinWait();
                    }
                    largest = Math.max(largest, queues());
                }
            }
            queue.commit();
            after.until(largest);
        }
        assertEquals(List.of(last), read().all(Saved.class));
    }

    private boolean isFirstQueueThere() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(f -> f.endsWith("queue-0000000001"));
        }
    }

    @Test
    void manyChangesDoNotMakeItLongerAndLonger() throws Exception {
        changeOften(300_000, largest -> assertTrue(largest <= 2, largest + " queues"));
        assertFalse(isFirstQueueThere());
    }

    @Test
    @Timeout(60)
    void fewerChangesAreWrittenAnewWhenNobodyWaits() throws Exception {
        changeOften(
                150_000,
                _ -> {
                    while (isFirstQueueThere()) {
                        Thread.sleep(20);
                    }
                });
    }

    private long queues() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith("queue-")).count();
        }
    }

    @Test
    void cutAnywhereItIsReadUpToTheLastWholeChange() throws IOException {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        Random random = new Random(seed);
        List<List<Saved>> states = new ArrayList<>();
        List<Saved> there = new ArrayList<>();
        Path whole = directory.resolve("whole");
        try (StateStore store = StateStore.open(whole);
                StateQueue queue = store.begin(1, faults)) {
            states.add(List.of());
            for (int i = 0; i < 60; i++) {
                for (int n = random.nextInt(20); n >= 0; n--) {
                    Saved item =
                            flow(
                                    FlowText.parse(
                                            "priority=%d,in_port=%d,actions=output:2"
                                                    .formatted(i, n)),
                                    1000 * i + n);
                    there.add(item);
                    queue.put(item);
                }
                long commit = queue.commit();
                while (!queue.isWritten(commit)) {
                    Thread.onSpinWait();
                }
                states.add(List.copyOf(there));
            }
            queue.complete();
        }
        Path file = queueFile(whole);
        long length = used(file);
        int found = 0;
        for (int cut = 0; cut < 25; cut++) {
            Path copy = directory.resolve("cut-" + cut);
            copy(whole, copy);
            long at = cut == 0 ? length : random.nextLong(length);
            try (FileChannel c = FileChannel.open(queueFile(copy), StandardOpenOption.WRITE)) {
                c.truncate(at);
            }
            try (StateStore store = StateStore.open(copy)) {
                SavedState saved = store.recover();
                List<Saved> read = saved == null ? List.of() : saved.all(Saved.class);
                assertTrue(
                        states.contains(read),
                        "cut at %d of %d, seed %d: %d items"
                                .formatted(at, length, seed, read.size()));
                found += read.isEmpty() ? 0 : 1;
                assertTrue(cut > 0 || read.equals(there), "all of it is there, but not read");
            }
        }
        assertTrue(found > 1, "seed " + seed);
    }

    private static Path queueFile(Path store) throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            return files.filter(f -> f.toString().endsWith(".cq4")).findFirst().orElseThrow();
        }
    }

    // Behind what is used there are only zeros.
    private static long used(Path file) throws IOException {
        byte[] bytes = new byte[1 << 22];
        int n;
        try (var in = Files.newInputStream(file)) {
            n = in.readNBytes(bytes, 0, bytes.length);
        }
        while (n > 0 && bytes[n - 1] == 0) {
            n--;
        }
        return n;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path f : files.toList()) {
                Files.copy(f, to.resolve(from.relativize(f).toString()));
            }
        }
    }

    private static void append(QueueFile file, byte[] excerpt) throws IOException {
        file.append(excerpt, excerpt.length);
    }

    @Test
    void newerFormatIsRefused() throws IOException {
        Files.createDirectories(directory);
        try (QueueFile file = QueueFile.open(directory.resolve("queue-0000000007"))) {
            Excerpt.Header header =
                    new Excerpt.Header(StateStore.FORMAT + 1, "boot", 0, 0, "counters", 1);
            append(file, TestExcerpts.of(header));
        }
        IOException refused = assertThrows(IOException.class, this::read);
        assertEquals(
                "state directory %s was written in format 4, but this release reads 2 to 3; use the release that wrote it, or begin empty with --forget"
                        .formatted(directory),
                refused.getMessage());
    }

    @Test
    void whatTheReleaseBeforeWroteIsRead() throws IOException {
        write(everything());
        Path queue = directory.resolve("queue-0000000007");
        try (QueueFile file = QueueFile.open(queue);
                Stream<Path> there = Files.list(directory)) {
            String counters =
                    there.map(f -> f.getFileName().toString())
                            .filter(n -> n.startsWith("counters-"))
                            .findFirst()
                            .orElseThrow();
            Excerpt.Header header =
                    new Excerpt.Header(StateStore.FORMAT - 1, StateStore.boot(), 0, 0, counters, 1);
            append(file, TestExcerpts.of(header));
            append(file, TestExcerpts.complete());
        }
        assertEquals(List.of(), read().all(Saved.class));
    }

    @Test
    void secondSwitchIsRefused() throws IOException {
        try (StateStore store = StateStore.open(directory)) {
            IOException refused = assertThrows(IOException.class, () -> StateStore.open(directory));
            assertTrue(refused.getMessage().contains("is in use by the switch with process id"));
            store.recover();
        }
        StateStore.open(directory).close();
    }

    @Test
    void countersAreReadByTheirTag() throws IOException {
        int block;
        long tag;
        try (StateStore store = StateStore.open(directory);
                StateQueue queue = store.begin(2, faults)) {
            CounterMemory memory = queue.memory();
            memory.allocate(7);
            block = memory.allocate(FlowBlock.lines(2));
            tag = memory.tag(block);
            long address = memory.address(block);
            FlowBlock.settle(address, new FlowBlock.Sums(100, 1000, 5));
            BurstLog first = memory.burstLog(0);
            FlowBlock.add(address, first, 3, 30, 70);
            first.done();
            BurstLog second = memory.burstLog(1);
            FlowBlock.add(address, second, 4, 40, 60);
            second.done();
            FlowBlock.add(address, second, 5, 50, 60); // of a burst that does not end
            queue.complete();
        }
        SavedState saved = read();
        assertEquals(2, saved.threads());
        assertTrue(saved.isOfThisBoot());
        assertEquals(
                new FlowBlock.Sums(107, 1070, 70), FlowBlock.read(saved.counters(), block, tag, 2));
        assertEquals(FlowBlock.Sums.ZERO, FlowBlock.read(saved.counters(), block, tag + 1, 2));
    }
}
