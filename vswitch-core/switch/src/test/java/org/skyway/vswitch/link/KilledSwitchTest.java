package org.skyway.vswitch.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.link.KilledSwitch.Killed;
import org.skyway.vswitch.link.KilledSwitch.Life;
import org.skyway.vswitch.link.KilledSwitch.Way;

/// A switch that is killed before or after any of the writes that the next one reads: every packet
/// that went past it is counted, and counted once.
class KilledSwitchTest {
    @TempDir Path folder;

    private interface Story {
        void run(KilledSwitch bed, Life life);
    }

    private static void untilActive(KilledSwitch bed, Life life) {
        for (int i = 0; i < 10; i++) {
            life.turn();
            bed.obey(life);
        }
        bed.send(life, 7);
        life.turn();
    }

    private static void revoke(KilledSwitch bed, Life life) {
        life.links.revoke(life.links.list(), "the rules changed");
        for (int i = 0; i < 10; i++) {
            bed.send(life, 3);
            bed.obey(life);
            life.turn();
        }
    }

    private static void begin(KilledSwitch bed, Life life, Way way) {
        life.links.want(life.left, life.right, life.path(way));
        untilActive(bed, life);
    }

    private void everywhere(String name, Story story) throws IOException {
        everywhere(name, KilledSwitch.PATIENT, story);
    }

    private void everywhere(String name, long deadlineNanos, Story story) throws IOException {
        int writes = 0;
        for (boolean done : new boolean[] {false, true}) {
            for (int at = 0; killedAt(name, deadlineNanos, story, at, done); at++) {
                writes++;
            }
        }
        System.out.printf("KilledSwitchTest: %s, killed at %d places%n", name, writes);
        assertTrue(writes > 40, () -> "a story of a link has more writes");
    }

    /// @return false if it had so few writes that nothing was killed
    private boolean killedAt(String name, long deadlineNanos, Story story, int at, boolean done)
            throws IOException {
        Path own = Files.createDirectory(folder.resolve(name + (done ? "-after-" : "-at-") + at));
        try (KilledSwitch bed = new KilledSwitch(own)) {
            Life first = bed.new Life(1, deadlineNanos);
            bed.killAt(at, done);
            boolean killed = false;
            try {
                story.run(bed, first);
            } catch (Killed e) {
                killed = true;
            }
            bed.spare();
            String what = "%s, killed %s write %d".formatted(name, done ? "after" : "at", at);
            // What was told before the end is obeyed, and the VNFs go on without a switch.
            bed.obey(first);
            bed.send(first, 11);
            Life next = bed.after(first, 2);
            assertEquals(bed.sent(), next.counted(), what + ", as it begins");
            if (at % 2 == 0) { // else the rules do not make it a link any more
                next.links.want(next.left, next.right, next.path(Way.FIRST));
            }
            next.links.endAdoption();
            assertEquals(bed.sent(), next.counted(), what + ", when the rules were looked at");
            revoke(bed, next);
            assertEquals(bed.sent(), next.counted(), what + ", at the end");
            assertTrue(next.links.leaving().isEmpty(), what);
            boolean failed =
                    next.links.list().stream().anyMatch(l -> l.state() == LinkState.FAILED);
            if (!next.left.isGone() && !failed) { // that is tried again only after a while
                long before = bed.sent();
                begin(bed, next, Way.SECOND);
                assertTrue(bed.sent() > before, what + ": there is no link any more");
                revoke(bed, next);
            }
            assertEquals(bed.sent(), next.counted(), what + ", after another link");
            assertEquals(bed.sentBytes(), next.countedBytes(), what);
            return killed;
        }
    }

    @Test
    void linkThatComesAndGoes() throws IOException {
        everywhere(
                "comes and goes",
                (bed, life) -> {
                    begin(bed, life, Way.FIRST);
                    revoke(bed, life);
                    begin(bed, life, Way.FIRST);
                    revoke(bed, life);
                });
    }

    @Test
    void linkWhoseEntriesChange() throws IOException {
        everywhere(
                "entries change",
                (bed, life) -> {
                    begin(bed, life, Way.FIRST);
                    life.links.want(life.left, life.right, life.path(Way.SECOND));
                    bed.send(life, 5);
                    life.links.want(life.left, life.right, life.path(Way.FIRST));
                    bed.send(life, 5);
                    revoke(bed, life);
                });
    }

    @Test
    void senderThatEnds() throws IOException {
        everywhere(
                "sender ends",
                (bed, life) -> {
                    begin(bed, life, Way.FIRST);
                    revoke(bed, life);
                    begin(bed, life, Way.FIRST);
                    life.left.markGone();
                    life.links.gone(life.left, "its process ended");
                });
    }

    @Test
    void senderThatIsCutOff() throws IOException {
        everywhere(
                "cut off",
                KilledSwitch.IMPATIENT,
                (bed, life) -> {
                    begin(bed, life, Way.FIRST);
                    cutOff(bed, life);
                    bed.obey(life);
                    life.turn();
                    life.turn();
                });
    }

    private static void cutOff(KilledSwitch bed, Life life) {
        life.links.revoke(life.links.list(), "the rules changed");
        LockSupport.parkNanos(2 * KilledSwitch.IMPATIENT);
        for (int i = 0; i < 5; i++) {
            life.turn();
            bed.notice(life);
        }
    }

    /// The switch before waited for it, and so does this one, as long as it was told to.
    @Test
    void senderThatIsOnItsWayOffHasTheDeadlineOfTheNextSwitch() throws IOException {
        try (KilledSwitch bed = new KilledSwitch(folder)) {
            Life first = bed.new Life(1, KilledSwitch.PATIENT);
            begin(bed, first, Way.FIRST);
            first.links.revoke(first.links.list(), "the rules changed");
            Life next = bed.after(first, 2, KilledSwitch.IMPATIENT);
            next.links.endAdoption();
            long end = System.nanoTime() + 20_000_000_000L;
            while (!next.links.leaving().isEmpty()) {
                assertTrue(System.nanoTime() - end < 0, "it is still waited for");
                next.turn();
                bed.notice(next);
            }
        }
    }

    @Test
    void whatASenderThatWasCutOffPublishesAfterTheKillIsCountedAsLost() throws IOException {
        try (KilledSwitch bed = new KilledSwitch(folder)) {
            Life first = bed.new Life(1, KilledSwitch.IMPATIENT);
            for (int i = 0; bed.sent() == 0; i++) { // on a busy machine even this is too slow
                assertTrue(i < 100, "there is no link");
                begin(bed, first, Way.FIRST);
            }
            cutOff(bed, first);
            Life second = bed.after(first, 2);
            second.links.endAdoption();
            Life third = bed.after(second, 3); // nothing has been published yet
            third.links.endAdoption();
            bed.publishLate(third, 4);
            third.turn();
            assertEquals(0, bed.lost(), "it is not known yet that this is all");
            assertTrue(third.links.concerns(third.left));
            bed.obey(third);
            third.turn();
            assertEquals(4, bed.lost());
            Life fourth = bed.after(third, 4);
            fourth.turn();
            assertEquals(4, bed.lost(), "it is counted once");
            assertEquals(bed.sent(), fourth.counted());
        }
    }

    @Test
    void recordsOfManyChannelsOutliveTheSwitch() throws IOException {
        try (KilledSwitch bed = new KilledSwitch(folder)) {
            Life first = bed.new Life(1, KilledSwitch.PATIENT);
            int many = 1500;
            for (int i = 1; i <= many; i++) {
                first.records.take(i, 1024, first.left, i % 16, first.right, i % 16);
            }
            Life next = bed.new Life(2, KilledSwitch.PATIENT);
            SavedCounters saved = SavedCounters.read(first.file, true);
            assertTrue(
                    next.records.resume(saved, first.records.block(), first.records.tag(), _ -> 0));
            List<LinkRecords.Record> all = next.records.taken();
            assertEquals(many, all.size());
            assertTrue(
                    next.records.resume(saved, first.records.block(), first.records.tag(), _ -> 0));
            assertEquals(many, next.records.taken().size(), "what is known is not taken twice");
            for (int i = 1; i <= many; i++) {
                assertEquals(i, all.get(i - 1).region());
            }
        }
    }

    @Test
    void channelThatCanNotBeNotedIsNotMade() throws IOException {
        try (KilledSwitch bed = new KilledSwitch(folder)) {
            Life life = bed.new Life(1, KilledSwitch.PATIENT);
            CounterMemory small =
                    CounterMemory.create(
                            folder.resolve("small"), 1, Memory::putLongRelease, _ -> {});
            LinkRecords records = new LinkRecords(small);
            int taken = 0;
            IOException refused = null;
            while (refused == null) {
                try {
                    records.take(++taken, 1024, life.left, 0, life.right, 0);
                } catch (IOException e) {
                    refused = e;
                }
            }
            assertTrue(taken > 3000, "only " + taken);
            assertEquals(
                    "no room to note channel left<->right for the next switch, so it is not made; free some in the state directory and restart the switch",
                    refused.getMessage());
            records.all().getFirst().free();
            records.take(taken, 1024, life.left, 0, life.right, 0);
        }
    }
}
