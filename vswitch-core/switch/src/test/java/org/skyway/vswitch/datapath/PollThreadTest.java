package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.Translation;

@Timeout(60)
class PollThreadTest {
    private static byte[] udp(int port) {
        byte[] frame =
                HexFormat.of()
                        .parseHex(
                                "0200000000020200000000010800"
                                        + "4500002000000000401166cb0a0000010a000002"
                                        + "03e807d0000c000061626364");
        frame[36] = (byte) (port >>> 8);
        frame[37] = (byte) port;
        return Arrays.copyOf(frame, 60);
    }

    private static void fail(Class<? extends Throwable> type) {
        try {
            PollThreadTest.<RuntimeException>sneak(type.getConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable e) throws T {
        throw (T) e;
    }

    private static final List<Class<? extends Throwable>> KINDS =
            List.of(
                    StackOverflowError.class,
                    OutOfMemoryError.class,
                    InternalError.class,
                    AssertionError.class,
                    IllegalStateException.class,
                    IOException.class);

    @Test
    void packetThatThrowsIsDroppedAloneAndNotLookedAtAgain() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("priority=1,in_port=1,actions=output:2"));
            bed.add(FlowText.parse("priority=9,in_port=1,udp,tp_dst=666,actions=CONTROLLER"));
            for (Class<? extends Throwable> kind : KINDS) {
                bed.onPacketIn = () -> fail(kind);
                bed.vnf(1).send(udp(1));
                bed.vnf(1).send(udp(666));
                bed.vnf(1).send(udp(666));
                bed.vnf(1).send(udp(2));
                bed.poll();
                List<byte[]> got = bed.vnf(2).receive();
                assertEquals(2, got.size(), kind.getName());
                assertArrayEquals(udp(2), got.get(1));
            }
            Traffic t = bed.vnf(1).port.traffic();
            assertEquals(2L * KINDS.size(), t.sum(Traffic.RX_DROPPED));
            assertEquals(4L * KINDS.size(), t.sum(Traffic.RX_PACKETS));
            assertEquals(2L * KINDS.size(), bed.faults.total());
            assertEquals("poll thread: packet", bed.faults.list().getFirst().where());
        }
    }

    @Test
    void portThatThrowsDoesNotStarveTheOthers() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            ScriptedPort bad = new ScriptedPort(3);
            bed.add(bad);
            bed.add(FlowText.parse("in_port=1,actions=output:2"));
            for (Class<? extends Throwable> kind : KINDS) {
                bad.onReceive =
                        () -> {
                            fail(kind);
                            return 0;
                        };
                bed.vnf(1).send(udp(1));
                bed.poll();
                assertEquals(1, bed.vnf(2).receive().size(), kind.getName());
            }
            assertTrue(bed.faults.total() >= KINDS.size());
        }
    }

    @Test
    void whatIsLeftIsPolledWhenThePortsBeforeItHaveGone() throws IOException {
        try (TestBed bed = new TestBed(1)) {
            List<ScriptedPort> ports = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ScriptedPort port = new ScriptedPort(10 + i);
                port.onReceive =
                        () -> PollThread.BURST; // so that another one is the first each time
                ports.add(port);
                bed.add(port);
            }
            for (int i = 0; i < 5; i++) {
                bed.datapath.pollOnce();
            }
            ports.removeLast();
            ports.forEach(bed.datapath::removePort);
            bed.vnf(1).send(udp(1));
            bed.datapath.pollOnce();
            assertEquals(1, bed.vnf(1).port.traffic().sum(Traffic.RX_PACKETS));
            assertEquals(0, bed.faults.total());
        }
    }

    @Test
    void portThatCantSendHarmsOnlyWhatIsSentToIt() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            ScriptedPort bad = new ScriptedPort(3);
            bed.add(bad);
            bad.onSend =
                    () -> {
                        throw new IllegalArgumentException("length 60, longest 32");
                    };
            bed.add(FlowText.parse("priority=1,in_port=1,actions=output:2"));
            bed.add(FlowText.parse("priority=9,in_port=1,udp,tp_dst=3,actions=output:3"));
            bed.add(FlowText.parse("priority=9,in_port=1,udp,tp_dst=4,actions=output:3,output:2"));
            for (int port : new int[] {1, 3, 2, 4, 3, 5}) {
                bed.vnf(1).send(udp(port));
            }
            bed.poll();
            assertEquals(4, bed.vnf(2).receive().size());
            assertEquals(3, bad.traffic().sum(Traffic.TX_DROPPED));
            assertEquals(0, bad.traffic().sum(Traffic.TX_PACKETS));
            assertEquals(0, bed.vnf(1).port.traffic().sum(Traffic.RX_DROPPED));
            assertEquals("poll thread: sending", bed.faults.list().getFirst().where());
        }
    }

    @Test
    void lengthThatCantBeIsNeverCopied() throws IOException {
        for (int length : new int[] {2049, 65535, Integer.MAX_VALUE, 0, -1, Integer.MIN_VALUE}) {
            for (String rule : List.of("in_port=3,actions=output:2", "udp,actions=output:2")) {
                try (TestBed bed = new TestBed(2)) {
                    ScriptedPort bad = new ScriptedPort(3);
                    bed.add(bad);
                    bed.add(FlowText.parse(rule));
                    AtomicInteger once = new AtomicInteger(5);
                    bad.onReceive = () -> once.getAndSet(0);
                    bad.length = length;
                    bed.poll();
                    assertEquals(5, bad.traffic().sum(Traffic.RX_DROPPED));
                    assertEquals(0, bad.traffic().sum(Traffic.RX_PACKETS));
                    assertEquals(0, bed.vnf(2).receive().size());
                    assertEquals(5, bed.faults.total());
                }
            }
        }
    }

    @Test
    void passStartsAtAnotherPortWhileOneHasMoreThanABurst() throws IOException {
        try (TestBed bed = new TestBed(0)) {
            List<Integer> order = new ArrayList<>();
            int[] received = {PollThread.BURST};
            for (int i = 1; i <= 3; i++) {
                ScriptedPort port = new ScriptedPort(i);
                port.onReceive =
                        () -> {
                            order.add(port.number());
                            return received[0];
                        };
                bed.add(port);
            }
            bed.datapath.settle();
            order.clear();
            for (int pass = 0; pass < 3; pass++) {
                bed.datapath.pollOnce();
            }
            assertEquals(9, order.size());
            assertEquals(
                    List.of(1, 2, 3),
                    List.of(order.get(0), order.get(3), order.get(6)).stream().sorted().toList());
            received[0] = 0;
            bed.datapath.pollOnce();
            order.clear();
            bed.datapath.pollOnce();
            assertEquals(List.of(1, 2, 3), order, "else in the order of the ports");
        }
    }

    @Test
    void programThatThrowsDoesNotKeepTheNextFromRunning() throws IOException {
        try (TestBed bed = new TestBed(1)) {
            int[] calls = {0};
            bed.onPacketIn =
                    () -> {
                        if (calls[0]++ == 0) {
                            throw new StackOverflowError();
                        }
                    };
            bed.add(FlowText.parse("actions=CONTROLLER"));
            var program = new Translation(bed.tables, new long[FlowKey.WORDS], 0).run();
            bed.datapath.run(program, udp(1));
            bed.datapath.run(program, udp(2));
            bed.datapath.settle();
            assertArrayEquals(udp(2), bed.packetIns.getFirst());
            assertEquals("poll thread: command", bed.faults.list().getFirst().where());
        }
    }

    @Test
    void packetsOfControllersAreDroppedWhenThousandsWaitButPortsFindRoom() throws IOException {
        try (TestBed bed = new TestBed(1)) {
            bed.datapath.settle();
            var nothing = Megaflow.of().program;
            int taken = 0;
            for (int i = 0; i < CommandQueue.MOST_WAITING + 10; i++) {
                taken += bed.datapath.run(nothing, udp(1)) ? 1 : 0;
            }
            assertEquals(CommandQueue.MOST_WAITING, taken);
            assertEquals(10, bed.datapath.programsDropped());
            ScriptedPort port = new ScriptedPort(7);
            AtomicInteger polled = new AtomicInteger();
            port.onReceive =
                    () -> {
                        polled.incrementAndGet();
                        return 0;
                    };
            long ticket = bed.add(port);
            bed.datapath.pollOnce();
            assertEquals(0, polled.get()); // a pass carries out only so many
            while (!bed.datapath.isSettled(ticket)) {
                Thread.onSpinWait();
            }
            assertTrue(polled.get() > 0);
            assertTrue(bed.datapath.run(nothing, udp(1)));
        }
    }

    private static int block(CountDownLatch entered, CountDownLatch leave, int answer) {
        entered.countDown();
        try {
            leave.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return answer;
    }

    @Test
    void ticketIsSettledOnlyWhenCommandsBeforeItHaveRun() throws IOException, InterruptedException {
        try (TestBed bed = new TestBed(1)) {
            ScriptedPort slow = new ScriptedPort(9);
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            bed.add(FlowText.parse("actions=output:9"));
            slow.onSend = () -> block(entered, leave, 1);
            bed.add(slow);
            bed.datapath.start(List.of());
            bed.datapath.settle();
            bed.datapath.run(Megaflow.of(new DatapathAction.Output(9)).program, udp(1));
            long ticket = bed.datapath.ticket();
            entered.await();
            Thread.sleep(20);
            assertFalse(bed.datapath.isSettled(ticket));
            String why = bed.datapath.waitsFor(ticket);
            assertTrue(
                    why.matches(
                            "poll thread 0 has been in one pass for [1-9]\\d* ms, between ports; 1 commands wait"),
                    why);
            IllegalStateException late =
                    assertThrows(
                            IllegalStateException.class,
                            () -> bed.datapath.await(ticket, 20_000_000));
            assertTrue(late.getMessage().startsWith("poll thread 0"), late.getMessage());
            leave.countDown();
            bed.datapath.await(ticket, 60_000_000_000L);
            // The pass that comes next has seen the ticket a moment after its beginning.
            String last = bed.datapath.waitsFor(ticket);
            for (int i = 0; i < 20_000 && last != null; i++) {
                Thread.sleep(1);
                last = bed.datapath.waitsFor(ticket);
            }
            assertNull(last);
            assertEquals(1, slow.sent);
        }
    }

    @Test
    void waitingNamesThePortThatDoesNotReturn() throws IOException, InterruptedException {
        try (TestBed bed = new TestBed(0)) {
            ScriptedPort slow = new ScriptedPort(9);
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            slow.onReceive = () -> block(entered, leave, 0);
            bed.datapath.start(List.of());
            bed.add(slow);
            entered.await();
            long ticket = bed.datapath.ticket();
            String why = bed.datapath.waitsFor(ticket);
            assertTrue(why.contains("at port 9"), why);
            leave.countDown();
        }
    }

    @Test
    void threadEndsOnlyWhenToldTo() throws IOException, InterruptedException {
        try (TestBed bed = new TestBed(0)) {
            ScriptedPort bad = new ScriptedPort(1);
            AtomicInteger turns = new AtomicInteger();
            bad.onReceive =
                    () -> {
                        fail(KINDS.get(turns.getAndIncrement() % KINDS.size()));
                        return 0;
                    };
            bed.add(bad);
            bed.datapath.start(List.of());
            while (turns.get() < 1000) {
                Thread.sleep(1);
            }
            bad.onReceive = () -> 0;
            bed.datapath.settle();
            assertTrue(bed.faults.total() >= 1000);
            assertTrue(
                    Thread.getAllStackTraces().keySet().stream()
                            .anyMatch(t -> t.getName().equals("poll-0")));
        }
    }
}
