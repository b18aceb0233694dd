package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.PacketOut;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;

/// Who waits for whom on the ofproto thread, over real sockets: nobody but the one who asked, and
/// nothing is kept without a bound for somebody who does not do his part.
@Timeout(60)
class WaitingTest {
    @TempDir Path directory;
    private TestSwitch sw;
    private InetSocketAddress address;

    @BeforeEach
    void start() throws Exception {
        sw = new TestSwitch(directory, OfprotoConfig.FailMode.SECURE, "ptcp:0:127.0.0.1");
        address = sw.ofproto.tcpListeners().getFirst();
    }

    @AfterEach
    void stop() {
        sw.close();
    }

    private void slow() {
        sw.run(() -> sw.forwarding.slow = true);
    }

    private void settled() {
        sw.run(() -> {
            sw.forwarding.settled();
            return null;
        });
    }

    @Test
    void barrierWaitsForItsChangesAndOthersDoNot() throws Exception {
        try (TestController a = TestController.connect(address, Version.OF13);
                TestController b = TestController.connect(address, Version.OF13)) {
            slow();
            a.send(new Message.BarrierRequest());
            a.send(new Message.EchoRequest(Bytes.EMPTY)); // behind it
            for (int i = 0; i < 50; i++) {
                assertInstanceOf(
                        Message.EchoReply.class, b.ask(new Message.EchoRequest(Bytes.EMPTY)));
            }
            assertFalse(a.gets(Message.BarrierReply.class), "its changes are not effective");
            settled();
            a.next(Message.BarrierReply.class);
            a.next(Message.EchoReply.class);
        }
    }

    @Test
    void statisticsWaitForTheAskersChanges() throws Exception {
        try (TestController a = TestController.connect(address, Version.OF13)) {
            slow();
            a.send(new StatsRequest.Desc());
            assertFalse(a.gets(StatsReply.Desc.class));
            settled();
            a.next(StatsReply.Desc.class);
        }
    }

    @Test
    void connectionThatEndsWhileItWaitsHarmsNobody() throws Exception {
        slow();
        try (TestController a = TestController.connect(address, Version.OF13)) {
            a.send(new Message.BarrierRequest());
            assertFalse(a.gets(Message.BarrierReply.class));
        }
        settled();
        try (TestController b = TestController.connect(address, Version.OF13)) {
            assertInstanceOf(Message.BarrierReply.class, b.ask(new Message.BarrierRequest()));
        }
        assertEquals(0, sw.run(() -> sw.forwarding.faults().total()));
    }

    @Test
    void packetOutLongerThanTheLongestFrameIsRefused() throws Exception {
        try (TestController a = TestController.connect(address, Version.OF13)) {
            assertNull(a.tell(packetOut(2048)));
            assertEquals(ErrorCode.OFPBRC_BAD_PACKET, a.tell(packetOut(2049)));
            assertEquals(ErrorCode.OFPBRC_BAD_PACKET, a.tell(packetOut(65_000)));
        }
        try (TestController a = TestController.connect(address, Version.OF10)) {
            assertEquals(ErrorCode.OFPBRC_BAD_LEN, a.tell(packetOut(2049)));
        }
    }

    private static PacketOut packetOut(int length) {
        return new PacketOut(
                -1,
                Match.builder().exact(Field.IN_PORT, 1).build(),
                List.of(new Action.Output(2, 0)),
                Bytes.of(new byte[length]));
    }

    @Test
    void thousandsWhoSayNothingKeepNobodyOut() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1500; i++) {
                silent.add(new Socket(address.getAddress(), address.getPort()));
            }
            try (TestController a = TestController.connect(address, Version.OF13)) {
                assertInstanceOf(Message.BarrierReply.class, a.ask(new Message.BarrierRequest()));
            }
            assertTrue(sw.run(() -> sw.forwarding.faults().total()) >= 500, "those that had to go");
        } finally {
            for (Socket s : silent) {
                s.close();
            }
        }
    }

    @Test
    void whoAsksForMoreThanHeReadsIsNotServedFurther() throws Exception {
        try (Socket greedy = new Socket(address.getAddress(), address.getPort());
                TestController b = TestController.connect(address, Version.OF13)) {
            greedy.getOutputStream().write(new byte[] {4, 0, 0, 8, 0, 0, 0, 1});
            byte[] echo = new byte[60_000];
            echo[0] = 4;
            echo[1] = 2;
            echo[2] = (byte) (echo.length >>> 8);
            echo[3] = (byte) echo.length;
            Thread asks =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < 2000; i++) {
                                        greedy.getOutputStream().write(echo);
                                    }
                                } catch (IOException e) {
                                    // Closed at the end.
                                }
                            });
            Thread.sleep(1000);
            assertTrue(asks.isAlive(), "it could send 120 MB and read nothing");
            assertInstanceOf(Message.BarrierReply.class, b.ask(new Message.BarrierRequest()));
        }
    }
}
