package org.skyway.vswitch.state;

import java.util.List;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;

/// One thing that a switch remembers. Times are those of [System#nanoTime]; counters are named by
/// their block and its tag.
public sealed interface Saved {
    /// What it takes the place of, if there is such a thing already.
    ///
    /// @return a key with an equality of its own
    Object key();

    /// A flow entry.
    ///
    /// @param rule what was installed
    /// @param createdNanos when it was added
    /// @param modifiedNanos when it was last added or modified
    /// @param usedNanos when an entry that it has replaced was last hit, or made
    /// @param counters what it counts
    record Flow(
            FlowRule rule, long createdNanos, long modifiedNanos, long usedNanos, Block counters)
            implements Saved {
        @Override
        public Object key() {
            return new FlowKey(counters.tag());
        }
    }

    /// The place of a flow entry, which is known by what it counts: a modified one counts on.
    ///
    /// @param counters tag of its counters
    record FlowKey(long counters) {}

    /// The places of all flow entries.
    record AllFlows() {}

    /// A group.
    ///
    /// @param entry what was installed
    /// @param createdNanos when it was made
    /// @param counters the whole group's and then each bucket's
    record Group(GroupEntry entry, long createdNanos, List<Block> counters) implements Saved {
        @Override
        public Object key() {
            return new GroupKey(entry.id());
        }
    }

    /// The place of a group.
    ///
    /// @param id its id
    record GroupKey(int id) {}

    /// A meter.
    ///
    /// @param meter what was installed
    /// @param createdNanos when it was made
    /// @param counters what it counts
    record OfMeter(Meter meter, long createdNanos, Block counters) implements Saved {
        @Override
        public Object key() {
            return new MeterKey(meter.id());
        }
    }

    /// The place of a meter.
    ///
    /// @param id its id
    record MeterKey(int id) {}

    /// A port.
    ///
    /// @param name its name
    /// @param number its OpenFlow number
    /// @param type its type, as in the configuration
    /// @param asked whether somebody added it while the switch ran, and no configuration names it
    /// @param config OFPPC_ bits that controllers have set
    /// @param counters what it counts
    /// @param vnf who has it; null if nobody
    record Port(
            String name,
            int number,
            String type,
            boolean asked,
            int config,
            Block counters,
            Vnf vnf)
            implements Saved {
        @Override
        public Object key() {
            return new PortKey(name);
        }
    }

    /// The place of a port.
    ///
    /// @param name its name
    record PortKey(String name) {}

    /// A VNF.
    ///
    /// @param regionId of its port region; 0 for a stock VNF, which has none
    /// @param cells of each ring of the region
    /// @param pid its process, by the kernel's word; 0 in a virtual machine, or if that is not seen
    /// @param program what it calls itself
    record Vnf(long regionId, int cells, long pid, String program) {}

    /// What controllers can set of a table.
    ///
    /// @param table its number
    /// @param eviction make room by evicting
    /// @param vacancyEvents tell when it gets full or empty
    /// @param vacancyDown percent
    /// @param vacancyUp percent
    /// @param miss what becomes of packets that no entry matches: its place in
    ///   [org.skyway.vswitch.tables.TableMiss]
    /// @param name its name
    record Table(
            int table,
            boolean eviction,
            boolean vacancyEvents,
            int vacancyDown,
            int vacancyUp,
            int miss,
            String name)
            implements Saved {
        @Override
        public Object key() {
            return new TableKey(table);
        }
    }

    /// The place of a table.
    ///
    /// @param table its number
    record TableKey(int table) {}

    /// What controllers can set of the whole switch.
    ///
    /// @param fragmentHandling OFPC_FRAG_ bits
    /// @param hasGeneration whether controllers have elected one of them
    /// @param generation the newest election
    record Switch(int fragmentHandling, boolean hasGeneration, long generation) implements Saved {
        @Override
        public Object key() {
            return Switch.class;
        }
    }

    /// What is there once for the whole switch, in the mapped file.
    ///
    /// @param tables look-ups and hits of all tables
    /// @param links records of links
    record Shared(Block tables, Block links) implements Saved {
        @Override
        public Object key() {
            return Shared.class;
        }
    }

    /// Counters in the mapped file.
    ///
    /// @param block number of the block
    /// @param tag the block's tag
    record Block(int block, long tag) {}
}
