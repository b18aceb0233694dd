package org.skyway.vnf.tester;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.skyway.vnf.frame.Addresses;
import org.skyway.vnf.frame.FrameSizes;
import org.skyway.vnf.frame.SyntheticFrames;
import org.skyway.vnf.run.CountedPort;

/// What a tester's ports do from `go` to `report`. Set up by the thread that reads commands, polled
/// by the data thread.
final class Round {
    private static final long END_MILLIS = 5_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<CountedPort> ports;
    private final List<Task> tasks = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean sending = true;
    private volatile boolean ending;

    /// A port at work.
    ///
    /// @param index of the port
    private record Task(int index, CountedPort port, long rxBefore, long txBefore, Duty duty) {}

    Round(List<CountedPort> ports) {
        this.ports = ports;
    }

    /// @param words `start INDEX ROLE [RATE FLOWS SIZE]`
    void role(CountedPort port, String[] words) {
        int index = Integer.parseInt(words[1]);
        Duty duty =
                switch (words[2]) {
                    case "exchange" -> exchange(port, index, words);
                    case "flood" -> {
                        FrameSizes sizes = FrameSizes.parse(words[5]);
                        if (!words[5].equals(Integer.toString(sizes.largest()))) {
                            throw new IllegalArgumentException("flood has frames of one size");
                        }
                        yield Duty.flood(port, sizes.largest());
                    }
                    case "sink" -> Duty.sink(port);
                    case "reflect" -> Duty.reflect(port);
                    default ->
                            throw new IllegalArgumentException(
                                    "no role %s; there are exchange, flood, sink, reflect"
                                            .formatted(words[2]));
                };
        tasks.add(new Task(index, port, port.rxPackets(), port.txPackets(), duty));
    }

    private static Duty exchange(CountedPort port, int index, String[] words) {
        FrameSizes sizes = FrameSizes.parse(words[5]);
        var headers =
                new SyntheticFrames.Headers(
                        Addresses.mac("02:00:00:00:00:01"),
                        Addresses.mac("02:00:00:00:00:02"),
                        Addresses.ipv4("10.0.0.1"),
                        Addresses.ipv4("10.0.0.2"),
                        5000);
        int id = (int) ProcessHandle.current().pid() + index & 0xffff;
        var frames =
                new SyntheticFrames(headers, id, sizes, Integer.parseInt(words[4]), Duty.BURST);
        return Duty.exchange(port, frames, Double.parseDouble(words[3]));
    }

    int poll() {
        if (ending) {
            ended.countDown();
            return 0;
        }
        boolean send = sending;
        int moved = 0;
        for (int i = 0; i < tasks.size(); i++) {
            moved += tasks.get(i).duty.poll(send);
        }
        return moved;
    }

    void stop() {
        sending = false;
    }

    void end() {
        ending = true;
    }

    void awaitEnd() throws InterruptedException {
        if (!ended.await(END_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IllegalArgumentException("the data thread does not come to an end");
        }
    }

    /// After the end.
    ObjectNode report() {
        ObjectNode report = JSON.createObjectNode().put("event", "report");
        ArrayNode list = report.putArray("ports");
        for (Task t : tasks) {
            ObjectNode node =
                    list.addObject()
                            .put("index", t.index)
                            .put("port", ports.get(t.index).port().name())
                            .put("received", t.port.rxPackets() - t.rxBefore)
                            .put("sent", t.port.txPackets() - t.txBefore);
            t.duty.describe(node);
            t.duty.close();
        }
        return report;
    }
}
