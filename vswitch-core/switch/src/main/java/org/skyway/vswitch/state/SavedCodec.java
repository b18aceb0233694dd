package org.skyway.vswitch.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.OfPort;

/// What is remembered as bytes: a type, and then its fields; what OpenFlow has a message for is in
/// that message.
final class SavedCodec {
    private static final int FLOW = 1;
    private static final int GROUP = 2;
    private static final int METER = 3;
    private static final int PORT = 4;
    private static final int TABLE = 5;
    private static final int SWITCH = 6;
    private static final int SHARED = 7;
    private static final int NO_FLOW = 101;
    private static final int NO_GROUP = 102;
    private static final int NO_METER = 103;
    private static final int NO_PORT = 104;
    private static final int NO_FLOWS = 105;

    private SavedCodec() {}

    /// Reads changes.
    interface Reader {
        void put(Saved item);

        void remove(Object key);

        /// Something is there that controllers could not say: it is left out.
        void refused(OpenFlowException reason);
    }

    static void put(DataOutput out, Saved item) throws IOException {
        switch (item) {
            case Saved.Flow f -> {
                FlowRule r = f.rule();
                byte[] frame = SavedMessage.write(flowMod(r));
                out.writeByte(FLOW);
                bytes(out, frame);
                out.writeInt(r.priority());
                out.writeInt(r.flags());
                out.writeInt(r.importance());
                out.writeLong(f.createdNanos());
                out.writeLong(f.modifiedNanos());
                out.writeLong(f.usedNanos());
                block(out, f.counters());
            }
            case Saved.Group g -> {
                byte[] frame = SavedMessage.write(SavedMessage.add(g.entry()));
                out.writeByte(GROUP);
                bytes(out, frame);
                out.writeLong(g.createdNanos());
                out.writeInt(g.counters().size());
                for (Saved.Block b : g.counters()) {
                    block(out, b);
                }
            }
            case Saved.OfMeter m -> {
                byte[] frame = SavedMessage.write(new MeterMod(0, m.meter()));
                out.writeByte(METER);
                bytes(out, frame);
                out.writeLong(m.createdNanos());
                block(out, m.counters());
            }
            case Saved.Port p -> port(out, p);
            case Saved.Table t -> {
                out.writeByte(TABLE);
                out.writeInt(t.table());
                out.writeBoolean(t.eviction());
                out.writeBoolean(t.vacancyEvents());
                out.writeInt(t.vacancyDown());
                out.writeInt(t.vacancyUp());
                out.writeInt(t.miss());
                out.writeUTF(t.name());
            }
            case Saved.Switch s -> {
                out.writeByte(SWITCH);
                out.writeInt(s.fragmentHandling());
                out.writeBoolean(s.hasGeneration());
                out.writeLong(s.generation());
            }
            case Saved.Shared s -> {
                out.writeByte(SHARED);
                block(out, s.tables());
                block(out, s.links());
            }
        }
    }

    private static void port(DataOutput out, Saved.Port p) throws IOException {
        out.writeByte(PORT);
        out.writeUTF(p.name());
        out.writeInt(p.number());
        out.writeUTF(p.type());
        out.writeBoolean(p.asked());
        out.writeInt(p.config());
        block(out, p.counters());
        out.writeBoolean(p.vnf() != null);
        if (p.vnf() != null) {
            out.writeLong(p.vnf().regionId());
            out.writeInt(p.vnf().cells());
            out.writeLong(p.vnf().pid());
            out.writeUTF(p.vnf().program());
        }
    }

    static void remove(DataOutput out, Object key) throws IOException {
        switch (key) {
            case Saved.FlowKey f -> {
                out.writeByte(NO_FLOW);
                out.writeLong(f.counters());
            }
            case Saved.AllFlows _ -> out.writeByte(NO_FLOWS);
            case Saved.GroupKey g -> {
                out.writeByte(NO_GROUP);
                out.writeInt(g.id());
            }
            case Saved.MeterKey m -> {
                out.writeByte(NO_METER);
                out.writeInt(m.id());
            }
            case Saved.PortKey p -> {
                out.writeByte(NO_PORT);
                out.writeUTF(p.name());
            }
            default -> throw new IllegalArgumentException("no removal of " + key);
        }
    }

    /// Reads one change.
    ///
    /// @throws IOException if there is none of this format
    static void read(DataInput in, Reader to) throws IOException {
        int type = in.readUnsignedByte();
        switch (type) {
            case FLOW -> message(to, () -> flow(in));
            case GROUP -> message(to, () -> group(in));
            case METER -> message(to, () -> meter(in));
            case PORT -> to.put(port(in));
            case TABLE ->
                    to.put(
                            new Saved.Table(
                                    in.readInt(),
                                    in.readBoolean(),
                                    in.readBoolean(),
                                    in.readInt(),
                                    in.readInt(),
                                    in.readInt(),
                                    in.readUTF()));
            case SWITCH -> to.put(new Saved.Switch(in.readInt(), in.readBoolean(), in.readLong()));
            case SHARED -> to.put(new Saved.Shared(block(in), block(in)));
            case NO_FLOW -> to.remove(new Saved.FlowKey(in.readLong()));
            case NO_FLOWS -> to.remove(new Saved.AllFlows());
            case NO_GROUP -> to.remove(new Saved.GroupKey(in.readInt()));
            case NO_METER -> to.remove(new Saved.MeterKey(in.readInt()));
            case NO_PORT -> to.remove(new Saved.PortKey(in.readUTF()));
            default -> throw new IOException("a record of type %d is not known".formatted(type));
        }
    }

    private interface Item {
        Saved read() throws IOException;
    }

    private static void message(Reader to, Item item) throws IOException {
        try {
            to.put(item.read());
        } catch (OpenFlowException e) {
            to.refused(e);
        }
    }

    /// Reads what follows the type of an entry; the message last, which may be refused.
    static Saved.Flow flow(DataInput in) throws IOException {
        byte[] frame = frame(in);
        int priority = in.readInt();
        int flags = in.readInt();
        int importance = in.readInt();
        long created = in.readLong();
        long modified = in.readLong();
        long used = in.readLong();
        Saved.Block counters = block(in);
        FlowMod m = (FlowMod) SavedMessage.read(frame);
        FlowRule rule =
                new FlowRule(
                        m.table(),
                        priority,
                        m.match(),
                        m.instructions(),
                        m.newCookie(),
                        m.idleTimeout(),
                        m.hardTimeout(),
                        flags,
                        importance);
        return new Saved.Flow(rule, created, modified, used, counters);
    }

    private static Saved.Group group(DataInput in) throws IOException {
        byte[] frame = frame(in);
        long created = in.readLong();
        List<Saved.Block> counters = new ArrayList<>();
        for (int n = in.readInt(); n > 0; n--) {
            counters.add(block(in));
        }
        return new Saved.Group(((GroupMod) SavedMessage.read(frame)).entry(), created, counters);
    }

    private static Saved.OfMeter meter(DataInput in) throws IOException {
        byte[] frame = frame(in);
        long created = in.readLong();
        Saved.Block counters = block(in);
        return new Saved.OfMeter(((MeterMod) SavedMessage.read(frame)).meter(), created, counters);
    }

    private static Saved.Port port(DataInput in) throws IOException {
        return new Saved.Port(
                in.readUTF(),
                in.readInt(),
                in.readUTF(),
                in.readBoolean(),
                in.readInt(),
                block(in),
                in.readBoolean()
                        ? new Saved.Vnf(in.readLong(), in.readInt(), in.readLong(), in.readUTF())
                        : null);
    }

    private static FlowMod flowMod(FlowRule r) {
        return new FlowMod(
                FlowMod.Command.ADD,
                r.match(),
                r.priority(),
                r.table(),
                0,
                0,
                r.cookie(),
                true,
                r.idleTimeout(),
                r.hardTimeout(),
                0,
                -1,
                OfPort.ANY,
                GroupMod.ANY,
                0,
                r.instructions());
    }

    private static byte[] frame(DataInput in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    private static void bytes(DataOutput out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void block(DataOutput out, Saved.Block b) throws IOException {
        out.writeInt(b.block());
        out.writeLong(b.tag());
    }

    private static Saved.Block block(DataInput in) throws IOException {
        return new Saved.Block(in.readInt(), in.readLong());
    }
}
