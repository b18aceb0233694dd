package org.skyway.vnf.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowTableTest {
    private final PacketMaker packets = new PacketMaker();

    @AfterEach
    void close() {
        packets.close();
    }

    @Test
    void countsAreThoseOfAMap() {
        FlowCensus table = new FlowCensus(1000);
        Map<String, Long> model = new HashMap<>();
        Random random = new Random(3);
        for (int i = 0; i < 50_000; i++) {
            int source = random.nextInt(10);
            int port = random.nextInt(30);
            int protocol = random.nextBoolean() ? 6 : 17;
            long frame = packets.ipv4(0, protocol, source, port, 7, 80);
            assertEquals(1, table.apply(new long[] {frame}, packets.lengths(), 1));
            model.merge("0.0.0." + source + " " + port + " " + protocol, 1L, Long::sum);
        }
        ObjectNode report = report(table, 1000);
        assertEquals(model.size(), report.get("flowCount").asInt());
        assertEquals(model.size(), report.get("flows").size());
        long before = Long.MAX_VALUE;
        for (JsonNode flow : report.get("flows")) {
            String key =
                    flow.get("source").asText()
                            + " "
                            + flow.get("sourcePort").asInt()
                            + " "
                            + flow.get("protocol").asInt();
            long count = flow.get("packets").asLong();
            assertEquals(model.remove(key), count, key);
            assertEquals(64 * count, flow.get("bytes").asLong());
            assertEquals(true, count <= before, "largest first");
            before = count;
        }
    }

    @Test
    void fullTableCountsTheRestTogether() {
        FlowCensus table = new FlowCensus(3);
        for (int i = 0; i < 10; i++) {
            table.apply(new long[] {packets.ipv4(0, 17, i, 1, 1, 1)}, packets.lengths(), 1);
            table.apply(new long[] {packets.ipv4(0, 17, 0, 1, 1, 1)}, packets.lengths(), 1);
        }
        ObjectNode report = report(table, 1);
        assertEquals(3, report.get("flowCount").asInt());
        assertEquals(7, report.get("unlistedPackets").asInt());
        assertEquals(1, report.get("flows").size());
        assertEquals(11, report.get("flows").get(0).get("packets").asInt());
    }

    @Test
    void ipv6AndOtherFramesAreFlowsToo() {
        FlowCensus table = new FlowCensus(10);
        table.apply(packets.arp(), packets.lengths(), 1);
        assertEquals("0x0806", report(table, 9).get("flows").get(0).get("etherType").asText());
        table.apply(packets.ipv6(0x20010db8_00000000L), packets.lengths(), 1);
        table.apply(packets.ipv6(0x20010db8_00000000L), packets.lengths(), 1);
        JsonNode flow = report(table, 9).get("flows").get(0);
        assertEquals("2001:db8:0:0:0:0:0:1", flow.get("source").asText());
        assertEquals("2001:db8:0:0:0:0:0:2", flow.get("destination").asText());
    }

    private static ObjectNode report(FlowCensus table, int most) {
        ObjectNode report = new ObjectMapper().createObjectNode();
        table.describe(report, most);
        return report;
    }
}
