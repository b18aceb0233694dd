package org.skyway.vswitch.port;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.PeerCredentials;
import org.skyway.ivshmem.sys.UnixSocket;
import org.skyway.vhost.VhostDevice;
import org.skyway.vhost.VhostException;
import org.skyway.vhost.VhostMessage;
import org.skyway.vhost.VhostQueues;

/// A conversation with one front end, from its first message to the end of its connection. The
/// thread of the sockets.
///
/// A message that changes what poll threads use waits until they have let go; what comes after it
/// waits in the socket.
final class VhostSession implements PortSockets.User {
    private static final int MESSAGES_AT_ONCE = 16;
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final String GONE = "the other side is gone";

    private final PortSockets sockets;
    private final UnixSocket socket;
    private final VhostUserPort port;
    private final VhostDevice device;
    private final ReturningGuests returning;
    private final Runnable ended;
    private final byte[] header = new byte[VhostMessage.HEADER_BYTES];
    private byte[] payload; // of the message that arrives; null before its header is there
    private int arrived; // bytes of header or payload
    private List<Descriptor> attached = new ArrayList<>(); // to that message
    private long waitsSince = System.nanoTime(); // for the rest of a message
    private boolean waits; // for that, or for the first message of one who connected
    private boolean resting; // until poll threads have let go
    private VhostQueues shown; // to poll threads
    private StockPort.Peer told; // to the watch; null if it was not
    private final HeldEvents held = new HeldEvents();
    private boolean over;

    /// @param returning those that the switch before served
    /// @param speaksFirst whether it has to say something soon: who connects keeps others out, who
    ///   listens speaks when it comes to it
    /// @param ended is called when it is over
    VhostSession(
            PortSockets sockets,
            UnixSocket socket,
            VhostUserPort port,
            String name,
            ReturningGuests returning,
            boolean speaksFirst,
            Runnable ended) {
        this.sockets = sockets;
        this.socket = socket;
        this.port = port;
        this.returning = returning;
        this.ended = ended;
        waits = speaksFirst;
        device = new VhostDevice(name, RegionHeader.MAX_FRAME, port.leavesToOthers());
    }

    @Override
    public Descriptor descriptor() {
        return resting ? null : socket.descriptor();
    }

    @Override
    public void ready() {
        guarded(() -> {
            for (int i = 0; i < MESSAGES_AT_ONCE && !over && !resting; i++) {
                VhostMessage message = receive();
                if (message == null) {
                    return;
                }
                List<Descriptor> with = attached;
                attached = new ArrayList<>();
                handle(message, with);
            }
        });
    }

    private interface Work {
        void run() throws VhostException, IOException;
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (VhostException | IOException e) {
            leave(e.getMessage());
        } catch (InternalError e) {
            leave("its memory was cut short while it was looked at");
        } catch (RuntimeException | Error e) {
            leave("the switch failed: " + e);
            throw e;
        }
    }

    // The next message; null if it is not all there yet, or there is none.
    private VhostMessage receive() throws VhostException, IOException {
        while (!over) {
            byte[] target = payload == null ? header : payload;
            if (arrived < target.length) {
                UnixSocket.Received got = socket.receive(target.length - arrived);
                if (got == null) {
                    return null;
                }
                attached.addAll(got.descriptors());
                if (got.isEnd()) {
                    leave(GONE);
                    return null;
                }
                if (attached.size() > UnixSocket.MOST_DESCRIPTORS) {
                    throw new VhostException(
                            "a message came with %d descriptors; %d can be"
                                    .formatted(attached.size(), UnixSocket.MOST_DESCRIPTORS));
                }
                System.arraycopy(got.bytes(), 0, target, arrived, got.bytes().length);
                arrived += got.bytes().length;
                if (!waits) {
                    waits = true;
                    waitsSince = System.nanoTime();
                }
                if (arrived < target.length) {
                    continue;
                }
            }
            if (payload == null) {
                payload = new byte[VhostMessage.payloadBytes(header)];
                arrived = 0;
                continue;
            }
            VhostMessage message = VhostMessage.of(header, payload);
            payload = null;
            arrived = 0;
            waits = false;
            return message;
        }
        return null;
    }

    private void handle(VhostMessage message, List<Descriptor> with)
            throws VhostException, IOException {
        if (!device.needsRest(message)) {
            answer(message, with);
            return;
        }
        resting = true;
        port.detach();
        shown = null;
        sockets.afterGrace(
                this::free,
                () -> {
                    resting = false;
                    if (over) {
                        with.forEach(Descriptor::close);
                        return;
                    }
                    device.rest();
                    guarded(() -> answer(message, with));
                });
    }

    private void answer(VhostMessage message, List<Descriptor> with)
            throws VhostException, IOException {
        VhostMessage answer = device.answer(message, with);
        for (EventDescriptor old : device.takeDiscarded()) {
            sockets.afterGrace(() -> HeldEvents.free(List.of(old)), old::close);
        }
        if (answer != null) {
            socket.send(answer.encode());
        }
        show();
    }

    // Poll threads get what there is now, and the watch is told what became of it.
    private void show() {
        VhostQueues now = device.live();
        if (now != shown) {
            shown = now;
            port.attach(now, !returning.holds());
            if (now != null) {
                returning.isBack(port);
            }
        }
        if (now != null && told == null) {
            PeerCredentials who = socket.peer();
            int pid = who == null ? 0 : who.pid();
            told = new StockPort.Peer(programOf(pid), pid, device.describe());
            port.peer(told);
            sockets.watch().attached(port, told);
        } else if (now == null && told != null) {
            gone("its driver has stopped");
        }
    }

    private void gone(String reason) {
        StockPort.Peer who = told;
        told = null;
        port.peer(null);
        port.trouble(reason);
        sockets.watch().gone(port, who, reason);
    }

    // The protocol has no name for the other side.
    private static String programOf(int pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm"))
                    .strip()
                    .replaceAll("[^\\x20-\\x7e]", "?");
        } catch (IOException e) {
            return "a guest";
        }
    }

    @Override
    public void tick(long nowNanos) {
        if (waits && nowNanos - waitsSince > PATIENCE_NANOS) {
            leave(
                    "it did not come to the end of a message within %d s"
                            .formatted(PATIENCE_NANOS / 1_000_000_000));
            return;
        }
        device.takeKicks();
        String fault = shown == null ? null : shown.fault();
        if (fault == null) {
            fault = held.look(device.events());
        }
        if (fault != null) {
            leave(fault);
        }
    }

    private void free() {
        HeldEvents.free(device.events());
    }

    /// Ends the conversation.
    ///
    /// @param reason a sentence
    void leave(String reason) {
        if (over) {
            return;
        }
        over = true;
        attached.forEach(Descriptor::close);
        socket.close();
        sockets.remove(this);
        port.detach();
        sockets.afterGrace(this::free, device::close);
        if (told != null) {
            gone(reason);
        } else if (!reason.equals(GONE)) {
            port.trouble(reason);
            sockets.watch().refused(port, reason);
        }
        ended.run();
    }

    @Override
    public void end() {
        leave("the switch ends");
    }
}
