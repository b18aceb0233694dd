package org.skyway.vnf.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skyway.vnf.run.BadInputException;

class FirewallTest {
    private final PacketMaker packets = new PacketMaker();

    @TempDir Path dir;

    @AfterEach
    void close() {
        packets.close();
    }

    @Test
    void firstRuleThatMatchesDecides() {
        Firewall firewall =
                parse(
                        "deny udp from 10.0.0.0/8 to any port 53",
                        "allow udp from 10.0.0.0/8",
                        "default deny");
        assertTrue(!passes(firewall, 17, 0x0a010203, 1000, 0x01020304, 53));
        assertTrue(passes(firewall, 17, 0x0a010203, 1000, 0x01020304, 54));
        assertTrue(!passes(firewall, 17, 0x0b010203, 1000, 0x01020304, 54));
        assertTrue(!passes(firewall, 6, 0x0a010203, 1000, 0x01020304, 54));
    }

    @Test
    void portRangesHaveBothTheirEnds() {
        Firewall firewall = parse("allow tcp from any port 1024-2000 to any port 80");
        assertTrue(passes(firewall, 6, 1, 1024, 2, 80));
        assertTrue(passes(firewall, 6, 1, 2000, 2, 80));
        assertTrue(!passes(firewall, 6, 1, 1023, 2, 80));
        assertTrue(!passes(firewall, 6, 1, 2001, 2, 80));
        assertTrue(!passes(firewall, 6, 1, 1024, 2, 81));
    }

    @Test
    void prefixesOfAllLengths() {
        assertTrue(passes(parse("allow ip from 0.0.0.0/0"), 17, -1, 1, 2, 3));
        assertTrue(passes(parse("allow ip to 255.255.255.255"), 17, 1, 1, -1, 3));
        assertTrue(!passes(parse("allow ip to 255.255.255.254/32"), 17, 1, 1, -1, 3));
        assertTrue(passes(parse("allow ip to 128.0.0.0/1"), 17, 1, 1, -1, 3));
        assertTrue(!passes(parse("allow ip to ::/0"), 17, 1, 1, -1, 3));
    }

    @Test
    void otherFramesMeetAnyArpAndTheDefault() {
        assertEquals(1, parse("allow arp").apply(packets.arp(), packets.lengths(), 1));
        assertEquals(1, parse("allow any").apply(packets.arp(), packets.lengths(), 1));
        assertEquals(0, parse("allow ip").apply(packets.arp(), packets.lengths(), 1));
        assertEquals(1, parse("default allow").apply(packets.arp(), packets.lengths(), 1));
        assertEquals(0, parse("").apply(packets.arp(), packets.lengths(), 1));
    }

    @Test
    void whatPassesKeepsItsOrderAndTheRestIsCounted() {
        Firewall firewall = parse("deny udp to any port 2", "default allow");
        long[] addresses = new long[6];
        int[] lengths = new int[6];
        for (int i = 0; i < 6; i++) {
            addresses[i] = packets.ipv4(i, 17, 1, 1, 1, 1 + i % 2);
            lengths[i] = 60 + i;
        }
        long[] before = addresses.clone();
        assertEquals(3, firewall.apply(addresses, lengths, 6));
        for (int i = 0; i < 3; i++) {
            assertEquals(before[2 * i], addresses[i]);
            assertEquals(60 + 2 * i, lengths[i]);
        }
        var report = new ObjectMapper().createObjectNode();
        firewall.describe(report, "forth");
        assertEquals(3, report.get("forthDenied").asInt());
    }

    @Test
    void ipv6Prefixes() {
        Firewall firewall = parse("allow udp from 2001:db8::/33 to 2001:db8::2");
        assertEquals(1, firewall.apply(packets.ipv6(0x20010db8_00000000L), packets.lengths(), 1));
        assertEquals(0, firewall.apply(packets.ipv6(0x20010db8_80000000L), packets.lengths(), 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permit tcp | neither allow nor deny",
                "allow | no protocol",
                "allow tpc | no protocol",
                "allow 256 | no protocol",
                "allow tcp from | is missing",
                "allow tcp from 10.0.0.0/33 | no address",
                "allow tcp from 10.0.0.300 | no address",
                "allow tcp from localhost | no address",
                "allow tcp from 10.0.0.1/8 | bits set",
                "allow tcp from any port | is missing",
                "allow tcp from any port 70000 | no port",
                "allow tcp from any port 20-10 | no port",
                "allow tcp from any port 1-2-3 | no port",
                "allow icmp from any port 1 | ports are for",
                "allow arp from 10.0.0.1 | no addresses",
                "allow tcp to any from any | not expected",
                "default maybe | neither allow nor deny"
            })
    void errorsNameTheLineAndTheWord(String line, String says) {
        var e =
                assertThrows(
                        BadInputException.class,
                        () -> Firewall.parse("rules", List.of("# a comment", "", line)));
        assertTrue(e.getMessage().startsWith("rules, line 3: "), e.getMessage());
        assertTrue(e.getMessage().contains(says), e.getMessage());
    }

    @Test
    void twoDefaultsAreAnError() {
        assertThrows(BadInputException.class, () -> parse("default allow", "default deny"));
    }

    @Test
    void fileIsReadAndErrorsNameIt() throws IOException {
        Path file = Files.writeString(dir.resolve("r"), "default allow # all\n");
        assertTrue(passes(Firewall.load(file), 17, 1, 1, 1, 1));
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
        var e = assertThrows(BadInputException.class, () -> Firewall.load(file));
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertThrows(BadInputException.class, () -> Firewall.load(dir.resolve("none")));
    }

    private static Firewall parse(String... lines) {
        return Firewall.parse("rules", List.of(lines));
    }

    private boolean passes(
            Firewall firewall, int protocol, int source, int sourcePort, int to, int toPort) {
        long[] addresses = {packets.ipv4(0, protocol, source, sourcePort, to, toPort)};
        return firewall.apply(addresses, packets.lengths(), 1) == 1;
    }
}
