package org.skyway.vswitch.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.openhft.chronicle.core.time.SetTimeProvider;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

/// What Chronicle has written is read without it.
class StateReaderTest {
    private static final long NOON_MILLIS = 1_800_014_400_000L;
    private static final long DAY_MILLIS = 86_400_000;
    private static final int PORTS = 50;

    @TempDir Path directory;

    private final SetTimeProvider clock = new SetTimeProvider(NOON_MILLIS * 1_000_000);

    private ChronicleQueue queue() {
        return SingleChronicleQueueBuilder.single(directory.toFile())
                .rollCycle(RollCycles.FAST_DAILY)
                .timeProvider(clock)
                .build();
    }

    private static Saved.Port port(int number) {
        // Of all lengths modulo four.
        return new Saved.Port(
                "p".repeat(number), number, "dpdkr", false, 0, new Saved.Block(1, 1), null);
    }

    private static byte[] excerpt(Saved item) throws IOException {
        return TestExcerpts.of(Excerpt.Kind.LAST, out -> SavedCodec.put(out, item));
    }

    private static void append(ExcerptAppender to, byte[] bytes) {
        to.writeBytes(out -> out.write(bytes));
    }

    private List<Saved> begin(ExcerptAppender to) throws IOException {
        append(
                to,
                TestExcerpts.of(
                        new Excerpt.Header(StateStore.FORMAT, "boot", 1, 2, "counters-1", 1)));
        List<Saved> all = new ArrayList<>();
        for (int i = 1; i <= PORTS; i++) {
            append(to, excerpt(port(i)));
            all.add(port(i));
        }
        return all;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".cq4")).sorted().toList();
        }
    }

    private static List<Saved> items(StateReader.Content content) {
        return List.copyOf(content.items().values());
    }

    @Test
    void goesOnInTheNextDaysFile() throws IOException {
        List<Saved> all;
        try (ChronicleQueue queue = queue();
                ExcerptAppender appender = queue.createAppender()) {
            all = begin(appender);
            for (int day = 1; day <= 2; day++) {
                clock.advanceMillis(DAY_MILLIS);
                append(appender, excerpt(port(PORTS + day)));
                all.add(port(PORTS + day));
            }
            append(appender, TestExcerpts.complete());
        }
        assertEquals(3, files().size());
        StateReader.Content content = StateReader.read(directory);
        assertEquals("counters-1", content.header().counters());
        assertEquals(all, items(content));
        assertTrue(content.complete());
    }

    @Test
    void endsWhereAWriterDied() throws IOException {
        List<Saved> all;
        long end;
        try (ChronicleQueue queue = queue();
                ExcerptAppender appender = queue.createAppender()) {
            all = begin(appender);
            end = appender.wire().bytes().writePosition();
        }
        try (RandomAccessFile file = new RandomAccessFile(files().getFirst().toFile(), "rw")) {
            file.seek(end + 3 & ~3);
            file.writeInt(Integer.reverseBytes(1 << 31 | 100));
        }
        StateReader.Content content = StateReader.read(directory);
        assertEquals(all, items(content));
        assertFalse(content.complete());
    }

    @Test
    void lengthsThatAreWrongAreTheEnd() throws IOException {
        List<Saved> all;
        long end;
        try (ChronicleQueue queue = queue();
                ExcerptAppender appender = queue.createAppender()) {
            all = begin(appender);
            end = appender.wire().bytes().writePosition();
        }
        for (int word : new int[] {1, 4, (1 << 30) - 1, (1 << 30) | (1 << 30) - 1}) {
            try (RandomAccessFile file = new RandomAccessFile(files().getFirst().toFile(), "rw")) {
                file.seek(end + 3 & ~3);
                file.writeInt(Integer.reverseBytes(word));
            }
            assertEquals(all, items(StateReader.read(directory)));
        }
    }

    @Test
    void whereNothingIsThereIsNothing() throws IOException {
        assertNull(StateReader.read(directory).header());
    }

    /// As an older release may have written it: as a message, it would be refused.
    @Test
    void whatWouldBeRefusedIsLeftOutAndTold() throws IOException {
        ByteArrayOutputStream flow = new ByteArrayOutputStream();
        FlowRule rule = new FlowRule(0, 1, Match.ANY, Instructions.DROP);
        SavedCodec.put(
                new DataOutputStream(flow), new Saved.Flow(rule, 0, 0, 0, new Saved.Block(1, 1)));
        byte[] refused = flow.toByteArray();
        refused[1 + Integer.BYTES] = 9; // the version of its message
        List<Saved> all;
        try (ChronicleQueue queue = queue();
                ExcerptAppender appender = queue.createAppender()) {
            all = begin(appender);
            append(
                    appender,
                    TestExcerpts.of(
                            Excerpt.Kind.LAST,
                            out -> {
                                out.write(refused);
                                SavedCodec.put(out, port(PORTS + 1));
                            }));
            all.add(port(PORTS + 1));
        }
        StateReader.Content content = StateReader.read(directory);
        assertEquals(all, items(content));
        assertEquals(
                List.of(ErrorCode.OFPBRC_BAD_VERSION),
                content.refused().stream().map(OpenFlowException::code).toList());
    }

    /// Buckets are put in and taken out one by one, and a command for them need not know the type
    /// of the group.
    @Test
    void groupsThatCouldNotBeAddedAsTheyAre() throws IOException {
        GroupEntry.Bucket plain = new GroupEntry.Bucket(0, 0, OfPort.ANY, -1, List.of());
        GroupEntry.Bucket heavy = new GroupEntry.Bucket(1, 5, 3, -1, List.of());
        List<Saved> all = new ArrayList<>();
        try (ChronicleQueue queue = queue();
                ExcerptAppender appender = queue.createAppender()) {
            begin(appender);
            for (GroupEntry.Type type : GroupEntry.Type.values()) {
                for (int i = 0; i < 4; i++) {
                    List<GroupEntry.Bucket> buckets = new ArrayList<>();
                    for (GroupEntry.Bucket b : List.of(plain, heavy)) {
                        if ((i >> b.id() & 1) != 0) {
                            buckets.add(b);
                        }
                    }
                    GroupEntry entry = new GroupEntry(4 * type.ordinal() + i, type, buckets);
                    Saved.Group group = new Saved.Group(entry, 1, List.of());
                    append(appender, excerpt(group));
                    all.add(group);
                }
            }
        }
        StateReader.Content content = StateReader.read(directory);
        assertEquals(all, items(content).subList(PORTS, PORTS + all.size()));
    }
}
