package org.skyway.vswitch.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.skyway.vswitch.fault.Faults;

/// Browsers that watch, by server-sent events. Once a second, and only if there are any, the switch
/// is asked how it is; all get the same bytes. Whoever does not take them misses them, and is hung
/// up on after a while.
final class Watchers implements AutoCloseable {
    /// How many there may be.
    static final int MOST = 256;

    private static final int PERIOD_MILLIS = 1000;
    private static final int MOST_EVENTS = 100; // kept, and told of in a second
    private static final int LONGEST_EVENT = 4096;
    private static final int PATIENCE = 20; // periods

    private final Switchboard board;
    private final Faults faults;
    private final Map<Channel, Watcher> watchers = new ConcurrentHashMap<>();
    private final Map<String, PageState> states = new HashMap<>(); // by bridge; the thread's
    private final Deque<String> recent = new ArrayDeque<>(); // lock
    private final List<String> fresh = new ArrayList<>(); // lock
    private long skipped; // lock
    private final Thread thread;
    private volatile boolean running = true;

    /// A browser.
    ///
    /// @param bridge which it watches; empty for the first, or only one
    /// @param missed what it did not take, in a row
    private record Watcher(String bridge, AtomicInteger missed) {}

    Watchers(Switchboard board, Faults faults) {
        this.board = board;
        this.faults = faults;
        thread = Thread.ofPlatform().daemon().name("http-watchers").start(this::run);
    }

    /// Takes another one, whose headers were sent.
    ///
    /// @param bridge which it watches; null for the first, or only one
    /// @return false if there are too many
    boolean add(Channel channel, String bridge) {
        if (watchers.size() >= MOST) {
            return false;
        }
        watchers.put(channel, new Watcher(bridge == null ? "" : bridge, new AtomicInteger()));
        channel.closeFuture().addListener(_ -> watchers.remove(channel));
        StringBuilder first = new StringBuilder();
        synchronized (recent) {
            recent.forEach(line -> message(first, "journal", line));
        }
        send(channel, Unpooled.copiedBuffer(first, StandardCharsets.UTF_8));
        return true;
    }

    /// How many there are.
    int count() {
        return watchers.size();
    }

    /// Notes what happened.
    ///
    /// @param lines events, one JSON record a line
    void happened(String lines) {
        int from = lines.length();
        List<String> last = new ArrayList<>();
        while (from > 0 && last.size() < MOST_EVENTS) {
            int start = lines.lastIndexOf('\n', from - 1);
            String line = lines.substring(start + 1, from);
            if (line.length() <= LONGEST_EVENT) {
                last.add(line);
            }
            from = start;
        }
        long unseen = from <= 0 ? 0 : lines.substring(0, from).lines().count();
        synchronized (recent) {
            skipped += unseen;
            for (String line : last.reversed()) {
                recent.addLast(line);
                fresh.add(line);
            }
            while (recent.size() > MOST_EVENTS) {
                recent.removeFirst();
            }
            if (fresh.size() > MOST_EVENTS) {
                int over = fresh.size() - MOST_EVENTS;
                skipped += over;
                fresh.subList(0, over).clear();
            }
        }
    }

    private void run() {
        long next = System.nanoTime();
        while (running) {
            try {
                if (watchers.isEmpty()) {
                    states.clear();
                    synchronized (recent) {
                        fresh.clear();
                        skipped = 0;
                    }
                } else {
                    tell();
                }
            } catch (Throwable e) {
                faults.record("http: watchers", e);
            }
            next += PERIOD_MILLIS * 1_000_000L;
            long wait = next - System.nanoTime();
            if (wait <= 0) {
                next = System.nanoTime();
                wait = 1_000_000;
            }
            try {
                Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
            } catch (InterruptedException e) {
                return; // that is how it ends
            }
        }
    }

    private void tell() {
        Map<String, Map<Channel, Watcher>> byBridge = new HashMap<>();
        watchers.forEach((channel, w) ->
                byBridge.computeIfAbsent(w.bridge, _ -> new HashMap<>()).put(channel, w));
        states.keySet().retainAll(byBridge.keySet());
        Map<String, ObjectNode> all = new HashMap<>();
        byBridge.keySet()
                .forEach(bridge ->
                        all.put(
                                bridge,
                                states.computeIfAbsent(bridge, _ -> stateOf(bridge)).now()));
        StringBuilder events = new StringBuilder();
        long lost;
        synchronized (recent) {
            fresh.forEach(line -> message(events, "journal", line));
            fresh.clear();
            lost = skipped;
            skipped = 0;
        }
        all.forEach((bridge, now) -> {
            now.put("watchers", watchers.size());
            now.put("eventsSkipped", lost);
            StringBuilder text = new StringBuilder(events);
            message(text, "state", now.toString());
            tell(byBridge.get(bridge), Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        });
    }

    private PageState stateOf(String bridge) {
        return new PageState(board, bridge.isEmpty() ? null : bridge);
    }

    private static void tell(Map<Channel, Watcher> some, ByteBuf bytes) {
        try {
            some.forEach((channel, w) -> {
                if (channel.isWritable()) {
                    w.missed.set(0);
                    send(channel, bytes.retainedDuplicate());
                } else if (w.missed.incrementAndGet() > PATIENCE) {
                    channel.close();
                }
            });
        } finally {
            bytes.release();
        }
    }

    private static void send(Channel channel, ByteBuf bytes) {
        channel.writeAndFlush(new DefaultHttpContent(bytes));
    }

    private static void message(StringBuilder text, String event, String data) {
        text.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
    }

    /// What a page would be told now, for who does not watch.
    ///
    /// @param bridge which; null for the first, or only one
    JsonNode once(String bridge) {
        return new PageState(board, bridge).now();
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
        watchers.keySet().forEach(Channel::close);
    }
}
