package org.skyway.vnf.tester;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.skyway.vnf.run.Burst;
import org.skyway.vnf.run.CountedPort;
import org.skyway.vnf.run.Work;

/// The work of a tester: what it is told to do, round after round. Answers each command with a line
/// of JSON:
///
/// ```
/// hello                              says that it is there
/// start PORT ROLE [RATE FLOWS SIZE]  what a port does from the next `go` on: exchange, flood, sink or reflect
/// go                                 begins
/// mark                               counters of all ports, and when they were read
/// stop                               ends sending; what comes is still taken
/// report                             ends all, and says what came of it
/// quit                               ends the program
/// ```
public final class TesterWork implements Work {
    private static final int BURST = 32;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<CountedPort> ports;
    private final Commands commands;
    private final Burst discarded = new Burst(BURST);
    private Round next; // of the thread that reads commands
    private volatile Round round; // null: nothing to do
    private volatile boolean over;
    private volatile String failure;

    /// Begins to obey.
    ///
    /// @param ports to do it on; commands name them by their places
    /// @param commands where they come from
    public TesterWork(List<CountedPort> ports, Commands commands) {
        this.ports = ports;
        this.commands = commands;
        next = new Round(ports);
        Thread.ofPlatform().daemon().name("commands").start(this::serve);
    }

    @Override
    public int poll() {
        Round current = round;
        return current == null ? drain() : current.poll();
    }

    // Nothing to do: but rules may change, and the switch waits for those who must obey and who
    // must read a link to its end.
    @Override
    public int drain() {
        int moved = 0;
        for (CountedPort port : ports) {
            moved += port.receive(discarded);
        }
        return moved;
    }

    @Override
    public boolean isDone() {
        return over;
    }

    @Override
    public List<CountedPort> ports() {
        return ports;
    }

    @Override
    public void describe(ObjectNode report, boolean last) {
        // What came of a round was told when it ended.
    }

    @Override
    public String failure() {
        return failure;
    }

    private void serve() {
        try {
            for (String line; (line = commands.next()) != null; ) {
                try {
                    if (!obey(line.strip().split(" ")) || over) {
                        return;
                    }
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    say(JSON.createObjectNode().put("error", line + ": " + e.getMessage()));
                }
            }
        } catch (IOException e) {
            failure = "can't read commands: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over = true;
        }
    }

    private boolean obey(String[] words) throws IOException, InterruptedException {
        switch (words[0]) {
            case "hello" -> say(event("ready"));
            case "start" -> {
                next.role(ports.get(Integer.parseInt(words[1])), words);
                say(event("told"));
            }
            case "go" -> {
                round = next;
                next = new Round(ports);
                say(event("going"));
            }
            case "mark" -> say(mark());
            case "stop" -> {
                present().stop();
                say(mark());
            }
            case "report" -> {
                Round last = present();
                last.end();
                last.awaitEnd();
                round = null;
                say(last.report());
            }
            case "quit" -> {
                return false;
            }
            default ->
                    throw new IllegalArgumentException(
                            "no such command; there are hello, start, go, mark, stop, report, quit");
        }
        return true;
    }

    private Round present() {
        if (round == null) {
            throw new IllegalArgumentException("no round is under way; go begins one");
        }
        return round;
    }

    private ObjectNode mark() {
        ObjectNode node = event("mark");
        ArrayNode rx = node.putArray("rx");
        ArrayNode tx = node.putArray("tx");
        for (CountedPort port : ports) {
            rx.add(port.rxPackets());
            tx.add(port.txPackets());
        }
        return node.put("nanos", System.nanoTime());
    }

    private static ObjectNode event(String name) {
        return JSON.createObjectNode().put("event", name);
    }

    private void say(ObjectNode node) throws IOException {
        commands.answer(node.toString());
    }

    @Override
    public void close() {
        over = true; // the thread that reads may wait for ever; it ends with the process
    }
}
