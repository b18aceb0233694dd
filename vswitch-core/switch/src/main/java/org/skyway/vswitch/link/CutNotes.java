package org.skyway.vswitch.link;

import java.util.ArrayList;
import java.util.List;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.port.Attachment;

/// Senders that were cut off and may still publish what nobody will deliver, noted for the next
/// switch. Ofproto thread.
///
/// ```
/// offset      bytes  field of the block
///     24          8  tag (CounterMemory)
///     64 + 64i    8  note i: id of the sender's region + 1; 0 if the note is free
///     72 + 64i    8  number of its port
///     80 + 64i    8  packets that its statistics block may say: what is more was lost
///     88 + 64i    8  packets that an honest one can have lost
/// ```
///
/// Of senders for which there is no note left, the next switch does not know.
final class CutNotes {
    /// How many senders can be noted at once.
    static final int NOTES = 64;

    /// Stands for a sender that is not noted.
    static final int NONE = -1;

    private static final int PORT = 8;
    private static final int COUNTED = 16;
    private static final int MOST = 24;

    private final CounterMemory memory;
    private final int block;
    private List<Note> taken = List.of(); // over from another switch

    /// What is noted of a sender.
    ///
    /// @param region id of its region
    /// @param port number of its port
    /// @param counted packets that its statistics block may say
    /// @param most packets that an honest one can have lost
    record Note(long region, int port, long counted, long most) {}

    CutNotes(CounterMemory memory) {
        this.memory = memory;
        block = memory.allocate(this, 1 + NOTES);
    }

    int block() {
        return block;
    }

    long tag() {
        return memory.tag(block);
    }

    /// Notes a sender.
    ///
    /// @param changes what the note is made together with
    /// @return number of the note, or [#NONE]
    int add(Attachment sender, long counted, long most, RedoLog changes) {
        for (int i = 0; i < NOTES; i++) {
            if (Memory.getLong(address(i)) == 0) {
                changes.put(address(i) + PORT, sender.port().number());
                changes.put(address(i) + COUNTED, counted);
                changes.put(address(i) + MOST, most);
                changes.put(address(i), sender.regionId() + 1);
                return i;
            }
        }
        return NONE;
    }

    /// Frees a note.
    ///
    /// @param note its number, or [#NONE]
    void remove(int note) {
        if (note != NONE) {
            memory.store(address(note), 0);
        }
    }

    /// Reads what another switch has left.
    void resume(SavedCounters saved, int savedBlock, long savedTag) {
        if (!saved.has(savedBlock, savedTag)) {
            return;
        }
        List<Note> all = new ArrayList<>();
        for (int i = 0; i < NOTES; i++) {
            int at = offset(i);
            long region = saved.word(savedBlock, savedTag, at);
            if (region != 0) {
                all.add(
                        new Note(
                                region - 1,
                                (int) saved.word(savedBlock, savedTag, at + PORT),
                                saved.word(savedBlock, savedTag, at + COUNTED),
                                saved.word(savedBlock, savedTag, at + MOST)));
            }
        }
        // Of several bridges that had memory of their own, all.
        all.addAll(taken);
        taken = all.stream().distinct().toList();
    }

    /// What was taken over, once.
    List<Note> taken() {
        List<Note> all = taken;
        taken = List.of();
        return all;
    }

    private static int offset(int note) {
        return CounterMemory.LINE * (1 + note);
    }

    private long address(int note) {
        return memory.address(block) + offset(note);
    }
}
