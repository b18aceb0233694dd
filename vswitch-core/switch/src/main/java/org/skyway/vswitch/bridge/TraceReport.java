package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.Prerequisite;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.pipeline.PacketTrace;
import org.skyway.vswitch.pipeline.Translation;
import org.skyway.vswitch.tables.Tables;

/// What the switch would do with one packet, in the manner of Open vSwitch's `ofproto/trace`:
/// nothing is sent, counted or installed. As there, it ends where the packet has to be read anew.
final class TraceReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TraceReport() {}

    /// Follows a packet.
    ///
    /// @param key as it comes in
    static ObjectNode of(Tables tables, String bridge, long[] key) {
        PacketTrace trace = new PacketTrace();
        Translation translation = new Translation(tables, key, System.nanoTime());
        translation.trace(trace);
        DatapathProgram program = translation.run();
        ObjectNode report = JSON.createObjectNode().put("flow", FlowText.printKey(key));
        report.put("bridge", bridge);
        trace.lines().forEach(report.putArray("steps")::add);
        report.put("finalFlow", finalFlow(key, translation.key()));
        report.put("megaflow", megaflow(key, translation.examined()));
        report.put("datapathActions", actions(program));
        return report;
    }

    private static String finalFlow(long[] before, long[] after) {
        long[] now = after.clone();
        Field.ACTSET_OUTPUT.set(now, Field.ACTSET_OUTPUT.get(before));
        return Arrays.equals(before, now) ? "unchanged" : FlowText.printKey(now);
    }

    private static String megaflow(long[] key, long[] examined) {
        long[] values = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.PACKET_WORDS; w++) {
            values[w] = key[w] & examined[w];
        }
        long[] masks = Arrays.copyOf(examined, FlowKey.WORDS);
        Match match = Match.of(values, masks);
        String ports = "";
        if (!Prerequisite.TCP.isMetBy(match)
                && !Prerequisite.UDP.isMetBy(match)
                && !Prerequisite.SCTP.isMetBy(match)
                && !Prerequisite.ICMPV4.isMetBy(match)
                && !Prerequisite.ICMPV6.isMetBy(match)) {
            // Ports that were asked for although this packet has none.
            ports = bits("tp_src", values, masks, 48) + bits("tp_dst", values, masks, 32);
            values[FlowKey.TRANSPORT] &= 0xffffffffL;
            masks[FlowKey.TRANSPORT] &= 0xffffffffL;
        }
        return FlowText.print(Match.of(values, masks)) + ports;
    }

    private static String bits(String name, long[] values, long[] masks, int shift) {
        long mask = masks[FlowKey.TRANSPORT] >>> shift & 0xffff;
        long value = values[FlowKey.TRANSPORT] >>> shift & 0xffff;
        return mask == 0
                ? ""
                : ",%s=%d%s".formatted(name, value, mask == 0xffff ? "" : "/0x%x".formatted(mask));
    }

    /// What a program does, in the manner of Open vSwitch's datapath actions.
    static String actions(DatapathProgram program) {
        List<String> parts = new ArrayList<>();
        for (DatapathAction action : program.actions()) {
            parts.add(
                    switch (action) {
                        case DatapathAction.Output(int port) -> Integer.toString(port);
                        case DatapathAction.Enqueue(int port, int queue) ->
                                "set(skb_priority(0x%x)),%d".formatted(queue, port);
                        case DatapathAction.Truncate(int length) ->
                                "trunc(" + Integer.toUnsignedString(length) + ")";
                        case DatapathAction.Rewrite(long[] values, long[] masks) ->
                                "set(" + rewritten(values, masks) + ")";
                        case DatapathAction.PushVlan(int type, int tci) ->
                                "push_vlan(tpid=0x%04x,vid=%d,pcp=%d)"
                                        .formatted(type, tci & 0xfff, tci >> 13);
                        case DatapathAction.PopVlan() -> "pop_vlan";
                        case DatapathAction.PushMpls(int type, int entry) ->
                                "push_mpls(eth_type=0x%04x,label=%d,tc=%d,ttl=%d,bos=%d)"
                                        .formatted(
                                                type,
                                                entry >>> 12,
                                                entry >> 9 & 7,
                                                entry & 255,
                                                entry >> 8 & 1);
                        case DatapathAction.PopMpls(int type) ->
                                "pop_mpls(eth_type=0x%04x)".formatted(type);
                        case DatapathAction.ToController c ->
                                "controller(reason=%d,max_len=%d,id=%d)"
                                        .formatted(c.reason(), c.maxLength(), c.controllerId());
                        case DatapathAction.Metered _ -> "meter";
                        case DatapathAction.Learned learned ->
                                "learn(" + FlowText.print(learned.rule()) + ")";
                        case DatapathAction.Recirculate _ -> "recirc";
                        case DatapathAction.IfLonger(int length, _) ->
                                "longer than %d:".formatted(length);
                        case DatapathAction.Skip _ -> "else:";
                        case DatapathAction.Save() -> "clone(";
                        case DatapathAction.Restore() -> ")";
                    });
        }
        String text = String.join(",", parts).replace("(,", "(").replace(",)", ")");
        return text.isEmpty() ? "drop" : text;
    }

    // The fields' names depend on the packet's protocols, which are not written.
    private static String rewritten(long[] values, long[] masks) {
        long[] bits = new long[FlowKey.WORDS];
        long[] where = new long[FlowKey.WORDS];
        where[FlowKey.ETH_DST_TYPE] = Field.ETH_TYPE.ones() << Field.ETH_TYPE.shift();
        if (Field.IP_PROTO.prerequisite().isMetBy(values, where)) {
            where[FlowKey.IP_MISC] = Field.IP_PROTO.ones() << Field.IP_PROTO.shift();
        }
        for (int w = 0; w < FlowKey.PACKET_WORDS; w++) {
            bits[w] = values[w] & where[w];
        }
        String protocols = FlowText.print(Match.of(bits.clone(), where.clone()));
        for (int w = 0; w < FlowKey.PACKET_WORDS; w++) {
            where[w] |= masks[w];
            bits[w] = values[w] & where[w];
        }
        String all = FlowText.print(Match.of(bits, where));
        return all.startsWith(protocols + ",") ? all.substring(protocols.length() + 1) : all;
    }

    /// The report as lines for a reader.
    static String text(ObjectNode report) {
        StringBuilder text = new StringBuilder();
        text.append("Flow: ").append(report.get("flow").asText()).append("\n\n");
        String title = "bridge(\"%s\")".formatted(report.get("bridge").asText());
        text.append(title).append("\n").append("-".repeat(title.length())).append("\n");
        report.get("steps").forEach(line -> text.append(line.asText()).append("\n"));
        text.append("\nFinal flow: ").append(report.get("finalFlow").asText());
        text.append("\nMegaflow: ").append(report.get("megaflow").asText());
        text.append("\nDatapath actions: ").append(report.get("datapathActions").asText());
        return text.toString();
    }
}
