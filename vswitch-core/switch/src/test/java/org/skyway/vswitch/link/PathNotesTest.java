package org.skyway.vswitch.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

class PathNotesTest {
    private static final long OWNER = 0x1234_5678_9abcL;

    @TempDir Path directory;
    private final Map<Long, Object> byTag = new HashMap<>();

    private FlowEntry entry(CounterMemory memory) {
        FlowCounters counters = new FlowCounters(memory, 1);
        FlowEntry entry = new FlowEntry(FlowText.parse("actions=drop"), 0, 0, counters);
        byTag.put(counters.tag(), entry);
        return entry;
    }

    private FlowCounters group(CounterMemory memory) {
        FlowCounters counters = new FlowCounters(memory, 1);
        byTag.put(counters.tag(), counters);
        return counters;
    }

    private PatchPort patch(CounterMemory memory) {
        PatchPort port = new PatchPort(1, 1, memory);
        byTag.put(port.traffic().tag(), port);
        return port;
    }

    /// All of the switch before is here still, as it was.
    private final class Same implements LinkRecords.Counting {
        @Override
        public FlowEntry entry(long tag) {
            return (FlowEntry) byTag.get(tag);
        }

        @Override
        public FlowCounters group(long tag) {
            return (FlowCounters) byTag.get(tag);
        }

        @Override
        public PatchPort patch(long tag) {
            return (PatchPort) byTag.get(tag);
        }

        @Override
        public DpdkrPort end(int tag) {
            return null;
        }
    }

    private LinkPath path(Random random, CounterMemory memory) {
        List<LinkPath.Hop> hops = new ArrayList<>();
        PatchPort in = null;
        for (int left = random.nextInt(4); left >= 0; left--) {
            PatchPort out = left == 0 ? null : patch(memory);
            List<FlowEntry> entries = new ArrayList<>();
            List<FlowCounters> groups = new ArrayList<>();
            List<Integer> lookups = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                entries.add(entry(memory));
                lookups.add(random.nextInt(255));
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                groups.add(group(memory));
            }
            hops.add(new LinkPath.Hop(in, entries, lookups, groups, out));
            in = left == 0 ? null : patch(memory);
        }
        return new LinkPath(hops);
    }

    @Test
    void pathsOverSeveralBridgesAreReadAsTheyWereNoted() throws IOException {
        Random random = new Random(7);
        Path file = directory.resolve("counters");
        CounterMemory memory = CounterMemory.create(file, _ -> {});
        PathNotes notes = new PathNotes(memory);
        Map<PathNotes.Note, LinkPath> written = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            LinkPath path = path(random, memory);
            written.put(notes.write(path, OWNER + i), path);
        }
        SavedCounters saved = SavedCounters.read(file, true);
        written.forEach((note, path) -> {
            long owner = OWNER;
            while (PathNotes.read(saved, note.block(), owner) == null) {
                owner++;
            }
            PathNotes.Tags tags = PathNotes.read(saved, note.block(), owner);
            assertEquals(path, tags.path(new Same()));
            assertNull(PathNotes.read(saved, note.block(), owner + 1000), "another link's");
        });
    }

    @Test
    void whatIsNotWholeIsNotRead() throws IOException {
        Random random = new Random(8);
        for (int round = 0; round < 300; round++) {
            Path file = directory.resolve("counters-" + round);
            CounterMemory memory = CounterMemory.create(file, _ -> {});
            PathNotes.Note note = new PathNotes(memory).write(path(random, memory), OWNER);
            assertNotNull(PathNotes.read(SavedCounters.read(file, true), note.block(), OWNER));
            long at = (long) CounterMemory.LINE * note.block();
            // Its tag tells whose the block is, and is nobody's business here.
            int word = random.nextInt(16);
            word = word == 3 ? 0 : word;
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.allocate(8).putLong(random.nextLong()).flip();
                channel.write(bytes, at + 8L * word);
            }
            // Words behind its end are not looked at, and whatever it reads, it ends.
            PathNotes.Tags tags =
                    PathNotes.read(SavedCounters.read(file, true), note.block(), OWNER);
            if (word == 0 || word == 1) {
                assertNull(tags);
            }
        }
    }
}
