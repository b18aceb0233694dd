package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.message.AsyncConfig;
import org.skyway.openflow.message.AsyncMessage;
import org.skyway.openflow.message.BundleMessage;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.FlowRemoved;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.PortMod;
import org.skyway.openflow.message.Role;
import org.skyway.openflow.message.RoleMessage;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.TableMod;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.skyway.vswitch.pipeline.DatapathAction;

/// Several controllers on one [Ofproto], over real sockets.
class OfprotoTest {
    private static final byte[] FRAME = new byte[60];

    @TempDir Path directory;
    private ServerSocket server;
    private TestSwitch sw;

    @BeforeEach
    void start() throws Exception {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setSoTimeout(20_000);
        String target = "tcp:127.0.0.1:" + server.getLocalPort();
        sw =
                new TestSwitch(
                        directory,
                        OfprotoConfig.FailMode.SECURE,
                        "ptcp:0:127.0.0.1",
                        target,
                        // The same place again: as other texts, since each counts once.
                        target.replace(".1:", ".1:0"),
                        target.replace(".1:", ".1:00"));
    }

    @AfterEach
    void stop() throws IOException {
        sw.close();
        server.close();
    }

    @Test
    void rulesThatAreLearnedTogetherTakeEffectTogether() {
        int before =
                sw.run(() -> {
                    int settles = sw.forwarding.settles;
                    for (int i = 0; i < 100; i++) {
                        Match match = Match.builder().exact(Field.ETH_DST, i).build();
                        FlowRule rule = new FlowRule(5, 1, match, Instructions.DROP);
                        sw.ofproto.learned(new DatapathAction.Learned(rule, 0));
                    }
                    return settles;
                });
        sw.run(() -> null); // behind what they have begun
        assertEquals(100, sw.run(() -> sw.forwarding.entries.size()));
        assertTrue(sw.run(() -> sw.forwarding.settles) - before <= 2);
    }

    /// One of up to three controllers that the switch has connected to.
    private TestController controller(Version version) throws IOException {
        return new TestController(server.accept(), version);
    }

    /// One that has connected to the switch.
    private TestController tool(Version version) throws IOException {
        return TestController.connect(sw.ofproto.tcpListeners().getFirst(), version);
    }

    private static Match inPort(int port) {
        return Match.builder().exact(Field.IN_PORT, port).build();
    }

    private static FlowMod add(int inPort, int flags, int hardTimeout, Action... actions) {
        return new FlowMod(
                FlowMod.Command.ADD,
                inPort(inPort),
                5,
                0,
                0,
                0,
                inPort,
                false,
                0,
                hardTimeout,
                0,
                -1,
                OfPort.ANY,
                -1,
                flags,
                Instructions.apply(actions));
    }

    private static FlowMod deleteAll() {
        return new FlowMod(
                FlowMod.Command.DELETE,
                Match.ANY,
                0,
                255,
                0,
                0,
                -1,
                false,
                0,
                0,
                0,
                -1,
                OfPort.ANY,
                -1,
                0,
                Instructions.DROP);
    }

    @Test
    void aSecondaryControllerMayOnlyRead() throws IOException {
        try (TestController a = controller(Version.OF13);
                TestController b = controller(Version.OF13)) {
            RoleMessage.RoleReply r =
                    (RoleMessage.RoleReply)
                            a.ask(new RoleMessage.RoleRequest(Role.PRIMARY, true, 7));
            assertEquals(Role.PRIMARY, r.role());
            b.ask(new RoleMessage.RoleRequest(Role.PRIMARY, true, 8));
            RoleMessage.RoleStatus s = a.next(RoleMessage.RoleStatus.class);
            assertEquals(Role.SECONDARY, s.role());
            assertEquals(
                    ErrorCode.OFPBRC_IS_SECONDARY, a.tell(add(1, 0, 0, new Action.Output(2, 0))));
            assertNull(b.tell(add(1, 0, 0, new Action.Output(2, 0))));
            StatsReply.Table t = (StatsReply.Table) a.ask(new StatsRequest.Table());
            assertEquals(1, t.tables().getFirst().active());
            Message stale = a.ask(new RoleMessage.RoleRequest(Role.PRIMARY, true, 7));
            ErrorCode error =
                    ErrorCode.of(
                            Version.OF13, assertInstanceOf(Message.Failure.class, stale).numbers());
            assertEquals(ErrorCode.OFPRRFC_STALE, error);
        }
    }

    @Test
    void anErrorCarriesTheMessageAndItsTransactionId() throws IOException {
        try (TestController c = controller(Version.OF13)) {
            byte[] unknown = {4, 99, 0, 12, 1, 2, 3, 4, 9, 9, 9, 9};
            c.sendFrame(unknown);
            byte[] error = c.readFrame();
            assertEquals(1, error[1]);
            assertArrayEquals(new byte[] {1, 2, 3, 4}, java.util.Arrays.copyOfRange(error, 4, 8));
            assertArrayEquals(new byte[] {0, 1, 0, 1}, java.util.Arrays.copyOfRange(error, 8, 12));
            assertArrayEquals(unknown, java.util.Arrays.copyOfRange(error, 12, error.length));
        }
    }

    @Test
    void whatOneControllerSendsDoesNotEndAnothersConnection() throws IOException {
        try (TestController good = controller(Version.OF13)) {
            try (TestController bad = controller(Version.OF13)) {
                bad.sendFrame(new byte[] {4, 2, 0, 3, 0, 0, 0, 0});
                assertNull(bad.readFrame());
            }
            try (Socket noHello = socket()) {
                noHello.getOutputStream().write(new byte[] {4, 5, 0, 8, 0, 0, 0, 1});
                noHello.setSoTimeout(5000);
                while (noHello.getInputStream().read() >= 0) {}
            }
            try (Socket future = socket()) {
                future.getOutputStream()
                        .write(new byte[] {9, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 8, 0, 0, 2, 0});
                future.setSoTimeout(5000);
                while (future.getInputStream().read() >= 0) {}
            }
            Bytes data = Bytes.of((byte) 1, (byte) 2);
            assertEquals(new Message.EchoReply(data), good.ask(new Message.EchoRequest(data)));
        }
    }

    private Socket socket() throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), sw.ofproto.tcpListeners().getFirst().getPort());
    }

    @Test
    void theHighestCommonVersionIsSpoken() throws IOException {
        for (Version v : Version.values()) {
            try (TestController c = controller(v)) {
                Message.FeaturesReply f =
                        (Message.FeaturesReply) c.ask(new Message.FeaturesRequest());
                assertEquals(1, f.datapathId());
                assertEquals(v.atLeast(Version.OF13) ? 0 : 4, f.ports().size());
            }
        }
    }

    @Test
    void removedFlowsAreToldWithFinalCounters() throws IOException {
        try (TestController ten = controller(Version.OF10);
                TestController thirteen = controller(Version.OF13)) {
            ten.tell(new ExtensionMessage.SetFlowFormat(2), Dialect.NICIRA);
            int flag = FlowRule.SEND_FLOW_REMOVED;
            assertNull(thirteen.tell(add(1, flag, 0, new Action.Output(2, 0))));
            sw.run(() -> {
                sw.forwarding.receive(FRAME, 1);
                return null;
            });
            assertNull(thirteen.tell(deleteAll()));
            FlowRemoved r = thirteen.next(FlowRemoved.class);
            assertEquals(List.of(1L, 60L, 2L), List.of(r.packets(), r.bytes(), (long) r.reason()));
            assertEquals(inPort(1), r.match());
            assertEquals(r.packets(), ten.next(FlowRemoved.class).packets());
        }
    }

    @Test
    void whoeverConnectsByItselfIsToldOnlyWhatItAsksFor() throws IOException {
        try (TestController tool = tool(Version.OF10)) {
            Runnable packet =
                    () ->
                            sw.run(() -> {
                                sw.forwarding.receive(FRAME, 1);
                                return null;
                            });
            assertFalse(sw.run(sw.ofproto::hasController));
            packet.run();
            assertFalse(tool.gets(PacketIn.class));
            assertEquals(
                    0,
                    ((Message.GetConfigReply) tool.ask(new Message.GetConfigRequest()))
                            .missSendLength());
            assertNull(tool.tell(new Message.SetConfig(0, 64)));
            packet.run();
            assertEquals(0, tool.next(PacketIn.class).reason());
        }
    }

    @Test
    void hardTimeoutsRemoveFlows() throws IOException {
        try (TestController c = controller(Version.OF14)) {
            int flag = FlowRule.SEND_FLOW_REMOVED;
            assertNull(c.tell(add(1, flag, 1, new Action.Output(2, 0))));
            FlowRemoved r = c.next(FlowRemoved.class);
            assertEquals(1, r.reason());
            assertTrue(r.durationNanos() >= 1_000_000_000L, () -> r.durationNanos() + " ns");
            assertEquals(0, sw.run(() -> sw.forwarding.entries.size()));
        }
    }

    @Test
    void eachControllerGetsPacketsAsItWantsThem() throws IOException {
        try (TestController ten = controller(Version.OF10);
                TestController thirteen = controller(Version.OF13);
                TestController other = controller(Version.OF13)) {
            thirteen.tell(
                    new ExtensionMessage.SetPacketInFormat(PacketIn.Format.NXT_PACKET_IN),
                    Dialect.NICIRA);
            other.tell(new ExtensionMessage.SetControllerId(44), Dialect.NICIRA);
            Action toAll = new Action.Controller(0xffff, 1, 0, Bytes.EMPTY, false, 0);
            assertNull(thirteen.tell(add(1, 0, 0, toAll)));
            sw.run(() -> {
                sw.forwarding.receive(FRAME, 1);
                return null;
            });
            PacketIn a = ten.next(PacketIn.class);
            PacketIn b = thirteen.next(PacketIn.class);
            assertEquals(PacketIn.Format.STANDARD, a.format());
            assertEquals(PacketIn.Format.NXT_PACKET_IN, b.format());
            assertEquals(Bytes.of(FRAME), a.data());
            assertEquals(1, b.cookie());
            assertEquals(inPort(1), b.metadata());
            assertFalse(other.gets(PacketIn.class));
        }
    }

    @Test
    void missesGoToControllersOfOldVersionsOnly() throws IOException {
        try (TestController thirteen = controller(Version.OF13)) {
            try (TestController ten = controller(Version.OF10)) {
                sw.run(() -> {
                    sw.forwarding.receive(FRAME, 1);
                    return null;
                });
                assertEquals(0, ten.next(PacketIn.class).reason());
                assertFalse(thirteen.gets(PacketIn.class));
            }
        }
    }

    @Test
    void othersAreToldOfAPortMod() throws IOException {
        try (TestController a = controller(Version.OF13);
                TestController b = controller(Version.OF13)) {
            long mac = sw.run(() -> sw.forwarding.tables().port(1).mac());
            int down = PortState.PORT_DOWN;
            assertNull(a.tell(new PortMod(1, mac, down, down, 0)));
            Message.PortStatus s = b.next(Message.PortStatus.class);
            assertEquals(down, s.port().config());
            assertEquals(0, s.port().state());
            // What the port makes of it comes by itself, and to everybody.
            for (TestController c : List.of(a, b)) {
                Message.PortStatus after = c.next(Message.PortStatus.class);
                assertEquals(down, after.port().config());
                assertEquals(PortState.LINK_DOWN, after.port().state());
                assertFalse(c.gets(Message.PortStatus.class));
            }
            assertEquals(
                    ErrorCode.OFPPMFC_BAD_HW_ADDR, a.tell(new PortMod(1, mac + 1, 0, down, 0)));
        }
    }

    @Test
    void aPortThatCannotBeSwitchedStaysAsItIs() throws IOException {
        try (TestController a = controller(Version.OF13);
                TestController b = controller(Version.OF13)) {
            PortState port =
                    sw.run(() -> {
                        sw.forwarding.switchable = false;
                        return sw.forwarding.tables().port(1);
                    });
            int down = PortState.PORT_DOWN;
            assertNull(a.tell(new PortMod(1, port.mac(), down, down, 0)));
            assertFalse(b.gets(Message.PortStatus.class));
            assertEquals(port, sw.run(() -> sw.forwarding.tables().port(1)));
            int both = down | PortState.NO_FWD;
            assertNull(a.tell(new PortMod(1, port.mac(), both, both, 0)));
            assertEquals(PortState.NO_FWD, b.next(Message.PortStatus.class).port().config());
        }
    }

    @Test
    void thatAPortIsNotAliveIsToldBeforeTheReason() throws IOException {
        try (TestController thirteen = controller(Version.OF13);
                TestController ten = controller(Version.OF10)) {
            sw.run(() -> {
                PortState port = sw.forwarding.tables().port(1);
                PortState now =
                        port.withConfig(PortState.PORT_DOWN)
                                .withState(PortState.LINK_DOWN | PortState.HOST);
                sw.forwarding.tables().port(now);
                sw.ofproto.portChanged(port, now);
                return null;
            });
            PortState dead = thirteen.next(Message.PortStatus.class).port();
            assertEquals(0, dead.config());
            assertEquals(0, dead.state());
            for (TestController c : List.of(thirteen, ten)) {
                PortState off = c.next(Message.PortStatus.class).port();
                assertEquals(PortState.PORT_DOWN, off.config());
                assertEquals(PortState.LINK_DOWN, off.state());
                assertFalse(c.gets(Message.PortStatus.class));
            }
        }
    }

    @Test
    void aBundleThatFailsLeavesPortsAsTheyWere() throws IOException {
        try (TestController c = controller(Version.OF14)) {
            int inAnyOrder = 0; // in an atomic one there may be no port-mod
            PortState before = sw.run(() -> sw.forwarding.tables().port(1));
            assertNull(c.tell(new BundleMessage.Control(7, 0, inAnyOrder)));
            for (long mac : new long[] {before.mac(), before.mac() + 1}) {
                PortMod down = new PortMod(1, mac, PortState.PORT_DOWN, PortState.PORT_DOWN, 0);
                assertNull(c.add(7, inAnyOrder, down));
            }
            assertEquals(
                    ErrorCode.OFPBFC_MSG_FAILED,
                    c.tell(new BundleMessage.Control(7, 4, inAnyOrder)));
            assertEquals(before, sw.run(() -> sw.forwarding.tables().port(1)));
            assertEquals(List.of(), sw.run(() -> List.copyOf(sw.forwarding.configured)));
            assertFalse(c.gets(Message.PortStatus.class));
        }
    }

    @Test
    void aBundleThatFailsTellsNobodyHowFullATableWas() throws IOException {
        try (TestController c = controller(Version.OF14)) {
            AsyncConfig.Masks all = new AsyncConfig.Masks(0, 0, 0, 0, 3 << 3, 0);
            assertNull(c.tell(new AsyncMessage.SetAsync(new AsyncConfig(all, all), 3 << 8)));
            assertNull(c.tell(new TableMod(0, Vacancies.VACANCY_EVENTS, -1, 99, 99)));
            for (boolean fails : new boolean[] {true, false}) {
                assertNull(c.tell(new BundleMessage.Control(7, 0, 3)));
                for (int i = 1; i <= 10_001; i++) { // more than a hundredth of what it may hold
                    c.send(c.bundled(7, 3, add(i, 0, 0)));
                }
                if (fails) {
                    assertNull(c.add(7, 3, add(1, 0, 0, new Action.Group(77))));
                }
                assertEquals(
                        fails ? ErrorCode.OFPBFC_MSG_FAILED : null,
                        c.tell(new BundleMessage.Control(7, 4, 3)));
                assertEquals(!fails, c.gets(Message.TableStatus.class));
            }
        }
    }

    @Test
    void otherControllersAreToldOfGroupsIfTheyWant() throws IOException {
        try (TestController a = controller(Version.OF15);
                TestController b = controller(Version.OF14)) {
            AsyncConfig.Masks all = new AsyncConfig.Masks(0, 0, 0, 0, 0, 3);
            AsyncConfig config = new AsyncConfig(all, all);
            int requestForward = 3 << 10;
            assertNull(a.tell(new AsyncMessage.SetAsync(config, requestForward)));
            assertNull(b.tell(new AsyncMessage.SetAsync(config, requestForward)));
            GroupEntry g = new GroupEntry(9, GroupEntry.Type.ALL, List.of());
            GroupMod mod = new GroupMod(GroupMod.ADD, 9, 0, GroupMod.BUCKET_ALL, g);
            assertNull(a.tell(mod));
            Bytes told = b.next(Message.RequestForward.class).request();
            assertEquals(mod, OpenFlowCodec.decode(told.toArray(), false).message());
            assertFalse(a.gets(Message.RequestForward.class));
        }
    }

    @Test
    void olderControllersAreToldOfGroupsInTheirWords() throws IOException {
        try (TestController a = controller(Version.OF15);
                TestController b = controller(Version.OF13);
                TestController c = controller(Version.OF10)) {
            AsyncConfig.Masks all = new AsyncConfig.Masks(0, 0, 0, 0, 0, 3);
            AsyncMessage.SetAsync wish =
                    new AsyncMessage.SetAsync(new AsyncConfig(all, all), 3 << 10);
            assertNull(b.tell(wish, Dialect.NICIRA));
            assertNull(c.tell(wish, Dialect.NICIRA));
            GroupEntry none = new GroupEntry(9, GroupEntry.Type.ALL, List.of());
            assertNull(a.tell(new GroupMod(GroupMod.ADD, 9, 0, GroupMod.BUCKET_ALL, none)));
            GroupEntry one =
                    new GroupEntry(
                            9,
                            GroupEntry.Type.ALL,
                            List.of(new GroupEntry.Bucket(4, 0, OfPort.ANY, -1, List.of())));
            GroupMod insert = new GroupMod(GroupMod.INSERT_BUCKET, 9, 0, GroupMod.BUCKET_LAST, one);
            assertNull(a.tell(insert));
            for (TestController each : List.of(b, c)) {
                assertEquals(GroupMod.ADD, forwarded(each).command());
            }
            GroupMod now = forwarded(b);
            assertEquals(GroupMod.MODIFY, now.command());
            assertEquals(1, now.entry().buckets().size());
            assertEquals(GroupMod.INSERT_BUCKET, forwarded(c).command());
        }
    }

    private static GroupMod forwarded(TestController c) throws IOException {
        Bytes told = c.next(Message.RequestForward.class).request();
        return (GroupMod) OpenFlowCodec.decode(told.toArray(), false).message();
    }

    @Test
    void portsThatComeAndGoAreTold() throws IOException {
        try (TestController c = controller(Version.OF15)) {
            sw.run(() -> {
                PortState port = PortState.of(9, "p9", 9);
                sw.forwarding.port(port);
                sw.forwarding.tables().removePort(9);
                sw.ofproto.portChanged(port, null);
                return null;
            });
            // That it came, and then that it is alive.
            Message.PortStatus came = c.next(Message.PortStatus.class);
            assertEquals(0, came.reason());
            assertEquals(0, came.port().state());
            Message.PortStatus alive = c.next(Message.PortStatus.class);
            assertEquals(2, alive.reason());
            assertEquals(PortState.LIVE, alive.port().state());
            assertEquals(1, c.next(Message.PortStatus.class).reason());
        }
    }

    @Test
    void aSocketInUseIsNotTakenOver() {
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> new TestSwitch(directory, OfprotoConfig.FailMode.SECURE));
        assertTrue(e.getMessage().contains("br0.mgmt is in use"), e.getMessage());
    }

    @Test
    void aStandaloneBridgeWithoutControllersHasANormalFlow() throws Exception {
        Path other = Files.createDirectory(directory.resolve("standalone"));
        try (TestSwitch s = new TestSwitch(other, OfprotoConfig.FailMode.STANDALONE)) {
            FlowRule rule = s.run(() -> s.forwarding.entries.iterator().next().rule());
            assertEquals(0, rule.priority());
            assertEquals(
                    Instructions.apply(new Action.Output(OfPort.NORMAL, 0)), rule.instructions());
        }
    }

    @Test
    void aControllerThatComesBackIsConnectedAgain() throws Exception {
        Path other = Files.createDirectory(directory.resolve("dialing"));
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            String target = "tcp:127.0.0.1:" + server.getLocalPort();
            try (TestSwitch s = new TestSwitch(other, OfprotoConfig.FailMode.SECURE, target)) {
                try (TestController c = new TestController(server.accept(), Version.OF13)) {
                    assertNull(c.tell(add(1, 0, 0, new Action.Output(2, 0))));
                    assertTrue(s.run(s.ofproto::hasController));
                }
                try (TestController c = new TestController(server.accept(), Version.OF13)) {
                    StatsReply.Table t = (StatsReply.Table) c.ask(new StatsRequest.Table());
                    assertEquals(1, t.tables().getFirst().active());
                }
            }
        }
    }

    @Test
    void aSilentControllerIsProbedAndGivenUp() throws Exception {
        Path other = Files.createDirectory(directory.resolve("probing"));
        OfprotoConfig config =
                new OfprotoConfig(
                        "br0",
                        1,
                        other,
                        List.of("ptcp:0:127.0.0.1"),
                        OfprotoConfig.FailMode.SECURE,
                        java.util.Set.of(Version.OF13),
                        OfprotoConfig.Description.DEFAULT,
                        new ControllerSettings(1, 1),
                        java.util.Map.of(),
                        false,
                        null);
        try (TestSwitch s = new TestSwitch(config);
                TestController c =
                        TestController.connect(s.ofproto.tcpListeners().getFirst(), Version.OF13)) {
            c.next(Message.EchoRequest.class);
            assertNull(c.readFrame());
        }
    }

    @Test
    void remarkingIsTakenBeyondOpenVSwitchOnly() throws Exception {
        Meter.Band remark = new Meter.Band(2, 1000, 1000, 1);
        MeterMod add = new MeterMod(0, new Meter(1, 1, List.of(remark)));
        OfprotoConfig plain =
                new OfprotoConfig(
                        "br0",
                        1,
                        Files.createDirectory(directory.resolve("beyond")),
                        List.of("ptcp:0:127.0.0.1"),
                        OfprotoConfig.FailMode.SECURE);
        for (OfprotoConfig config : List.of(plain, plain.beyondOpenVSwitch())) {
            try (TestSwitch s = new TestSwitch(config);
                    TestController c =
                            TestController.connect(
                                    s.ofproto.tcpListeners().getFirst(), Version.OF13)) {
                c.send(add);
                c.send(new StatsRequest.MeterConfig(1));
                if (config.beyondOvs()) {
                    assertEquals(
                            List.of(remark),
                            c.next(StatsReply.MeterConfig.class).meters().getFirst().bands());
                } else {
                    assertEquals(
                            ErrorCode.OFPMMFC_BAD_BAND,
                            ErrorCode.of(Version.OF13, c.next(Message.Failure.class).numbers()));
                }
            }
        }
    }
}
