package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.LearnSpec;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.SubField;

/// What a `learn` action makes of a packet: the rule to be installed.
final class Learning {
    private static final int FIRST_RESERVED = 0xff00; // of 16-bit port numbers

    private Learning() {}

    /// Makes the rule.
    ///
    /// @param learn the action
    /// @param packet the packet, of which the fields that are copied are examined
    /// @return the rule
    static FlowRule rule(Action.Learn learn, PipelinePacket packet) {
        Match.Builder match = Match.builder();
        List<Action> actions = new ArrayList<>();
        if (learn.finIdleTimeout() != 0 || learn.finHardTimeout() != 0) {
            actions.add(new Action.FinTimeout(learn.finIdleTimeout(), learn.finHardTimeout()));
        }
        for (LearnSpec spec : learn.specs()) {
            int done = 0;
            // In pieces of up to 32 bits, which fit any half of a wide field.
            while (done < spec.bits()) {
                int bits = Math.min(32, spec.bits() - done);
                long value = bits(spec, done, bits, packet);
                switch (spec.kind()) {
                    case MATCH -> match(match, part(spec.target(), done, bits), value);
                    case LOAD ->
                            actions.add(new Action.Load(part(spec.target(), done, bits), value));
                    case OUTPUT -> output(spec, value, actions);
                }
                done += bits;
            }
        }
        return new FlowRule(
                learn.table(),
                learn.priority(),
                match.build(),
                Instructions.apply(actions),
                learn.cookie(),
                learn.idleTimeout(),
                learn.hardTimeout(),
                learn.flags() & FlowRule.SEND_FLOW_REMOVED,
                0);
    }

    // Where a packet came from may be no port that one could send to.
    private static void output(LearnSpec spec, long value, List<Action> actions) {
        int port = (int) value;
        boolean reserved = spec.bits() <= 16 && port >= FIRST_RESERVED;
        int wide = reserved ? port | 0xffff_0000 : port;
        boolean possible =
                switch (wide) {
                    case OfPort.IN_PORT, OfPort.FLOOD, OfPort.LOCAL, OfPort.ALL -> true;
                    default -> wide >= 0 && wide < FIRST_RESERVED;
                };
        if (possible) {
            actions.add(new Action.Output(wide, 0));
        }
    }

    private static SubField part(SubField field, int offset, int bits) {
        return new SubField(field.field(), field.offset() + offset, bits);
    }

    private static long bits(LearnSpec spec, int offset, int bits, PipelinePacket packet) {
        if (spec.source() != null) {
            packet.examine(spec.source().field());
            return packet.read(part(spec.source(), offset, bits));
        }
        long value = 0;
        int length = spec.immediate().length();
        for (int bit = offset + bits - 1; bit >= offset; bit--) {
            int at = length - 1 - bit / 8;
            value = value << 1 | (at < 0 ? 0 : spec.immediate().at(at) >> bit % 8 & 1);
        }
        return value;
    }

    private static void match(Match.Builder match, SubField target, long value) {
        long ones = target.bits() == 64 ? -1L : (1L << target.bits()) - 1;
        int offset = target.offset();
        if (target.field() == Field.IN_PORT) {
            // A learned match has it as OpenFlow 1.0 numbers ports; on some of its bits it can't
            // be.
            if (offset == 0 && target.bits() >= 16) {
                long port = target.bits() == 16 ? OfPort.of16((int) value) : value;
                match.exact(target.field(), port & 0xffff_ffffL);
            }
        } else if (target.field().wide() && offset >= 64) {
            match.masked(target.field(), value << offset - 64, 0, ones << offset - 64, 0);
        } else if (target.field().wide()) {
            long high = offset == 0 ? 0 : value >>> 64 - offset;
            long highMask = offset == 0 ? 0 : ones >>> 64 - offset;
            match.masked(target.field(), high, value << offset, highMask, ones << offset);
        } else {
            match.masked(target.field(), value << offset, ones << offset);
        }
    }
}
