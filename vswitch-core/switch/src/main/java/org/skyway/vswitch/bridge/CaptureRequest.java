package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.openflow.text.FlowSyntaxException;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.bridge.Observers.Observer;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.observe.Capture;
import org.skyway.vswitch.observe.PcapngWriter;

/// `ctl capture`: the first part says what to capture, each further one asks for what there is by
/// then, and the end of the connection ends it. On the client's thread but for its begin and end.
final class CaptureRequest implements PartedRequest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_SNAP_LENGTH = 65_535;
    private static final long BEGIN_SECONDS = 15;
    private static final long WAIT_NANOS = 200_000_000;
    private static final long LOOK_NANOS = 2_000_000;

    /// Of pcapng in one answer, more or less.
    private static final int ENOUGH_BYTES = 1 << 18;

    /// In the last answer: all that there is room for in a capture.
    private static final int MOST_LAST_BYTES = 1 << 23;

    private static final int PACKETS_AT_ONCE = 64;

    private final Bridge bridge;
    private final PcapngWriter out = new PcapngWriter();
    private Observer observer;
    private Capture capture;
    private Match match = Match.ANY;
    private int number;
    private long matched;
    private volatile String ended; // why there is nothing more to come; null while there is

    CaptureRequest(Bridge bridge) {
        this.bridge = bridge;
    }

    @Override
    public void take(JsonNode part) {
        if (observer == null) {
            begin(part);
        }
    }

    private void begin(JsonNode part) {
        int snapLength = part.path("snapLength").asInt(MOST_SNAP_LENGTH);
        if (snapLength < 1 || snapLength > MOST_SNAP_LENGTH) {
            throw new ConfigException(
                    "the length to keep is 1 to %d, not %d"
                            .formatted(MOST_SNAP_LENGTH, snapLength));
        }
        try {
            match = FlowText.parseMatch(part.path("match").asText(""));
        } catch (FlowSyntaxException e) {
            throw new ConfigException("match: " + e.getMessage(), e);
        }
        capture = new Capture(snapLength);
        String name = part.path("port").asText();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        bridge.owner()
                .execute(() -> {
                    try {
                        BridgePort port = Requests.port(bridge, name);
                        Observer fresh =
                                new Observer(
                                        port,
                                        null,
                                        capture,
                                        () -> ended = "port " + name + " was removed");
                        bridge.observers().add(fresh);
                        number = port.config().number();
                        observer = fresh;
                        bridge.forwarding().whenSettled(null, () -> begun.complete(null));
                    } catch (RuntimeException e) {
                        begun.completeExceptionally(e);
                    }
                });
        try {
            begun.get(BEGIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ConfigException c
                    ? new ConfigException(c.getMessage(), c)
                    : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new ConfigException(
                    "the bypasses of port %s were not taken back within %d s; try again"
                            .formatted(name, BEGIN_SECONDS),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException("the switch is ending", e);
        }
        out.begin(name, snapLength);
    }

    /// What there is, or comes within a moment.
    @Override
    public JsonNode part() {
        long end = System.nanoTime() + WAIT_NANOS;
        while (true) {
            while (out.size() < ENOUGH_BYTES && capture.read(this::packet, PACKETS_AT_ONCE) > 0) {
                // until there is enough, or nothing left
            }
            if (out.size() > 0 || ended != null || System.nanoTime() - end > 0) {
                return answer();
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void packet(long timeNanos, boolean received, int length, byte[] data) {
        if (match == Match.ANY || match.matches(FrameParser.parse(data, number))) {
            matched++;
            out.packet(timeNanos, received, length, data);
        }
    }

    private ObjectNode answer() {
        return JSON.createObjectNode()
                .put("pcapng", out.take())
                .put("captured", matched)
                .put("seen", capture.seen())
                .put("dropped", capture.dropped())
                .put("ended", ended);
    }

    @Override
    public JsonNode end() {
        while (out.size() < MOST_LAST_BYTES && capture.read(this::packet, PACKETS_AT_ONCE) > 0) {
            // what is left
        }
        out.statistics(
                TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()),
                capture.seen(),
                capture.dropped());
        return answer();
    }

    @Override
    public void close() {
        bridge.owner()
                .execute(() -> {
                    if (observer != null) {
                        bridge.observers().remove(observer);
                    }
                });
    }
}
