package org.skyway.vnf.relay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vnf.frame.NativeBuffer;
import org.skyway.vnf.run.BadInputException;
import org.skyway.vnf.run.Burst;
import org.skyway.vnf.run.CountedPort;
import org.skyway.vnf.run.Work;

/// Moves packets between two ports, both ways, with one copy each, two if a filter needs one of its
/// own. When the far ring is full the rest of the burst waits, and nothing more is received on that
/// side: so the pressure goes back to the source and nothing is lost here.
public final class RelayWork implements Work {
    private final CountedPort a;
    private final CountedPort b;
    private final Direction forth;
    private final Direction back;
    private final Consumer<ObjectNode> describe;

    /// A relay.
    ///
    /// @param a one port
    /// @param b another
    /// @param forth looks at what goes from a to b
    /// @param back looks at what goes from b to a
    /// @param burst packets at a time
    /// @param describe adds to reports; must be safe while the data thread runs
    /// @throws BadInputException if the ports take frames of different sizes
    public RelayWork(
            CountedPort a,
            CountedPort b,
            PacketFilter forth,
            PacketFilter back,
            int burst,
            Consumer<ObjectNode> describe) {
        if (a.port().maxFrame() != b.port().maxFrame()) {
            throw new BadInputException(
                    "port %s takes frames of %d bytes and port %s of %d; they must be alike"
                            .formatted(
                                    a.port().name(),
                                    a.port().maxFrame(),
                                    b.port().name(),
                                    b.port().maxFrame()));
        }
        this.a = a;
        this.b = b;
        this.forth = new Direction(a, b, forth, burst);
        this.back = new Direction(b, a, back, burst);
        this.describe = describe;
    }

    @Override
    public int poll() {
        return forth.poll() + back.poll();
    }

    @Override
    public int drain() {
        return poll();
    }

    @Override
    public boolean isDone() {
        return false;
    }

    @Override
    public List<CountedPort> ports() {
        return List.of(a, b);
    }

    @Override
    public void describe(ObjectNode report, boolean last) {
        describe.accept(report);
    }

    @Override
    public void close() {
        forth.close();
        back.close();
    }

    private static final class Direction {
        private final CountedPort in;
        private final CountedPort out;
        private final PacketFilter filter;
        private final Burst burst;
        private final int stride;
        private final NativeBuffer copies; // null: packets are forwarded from where they lie

        Direction(CountedPort in, CountedPort out, PacketFilter filter, int burst) {
            this.in = in;
            this.out = out;
            this.filter = filter;
            this.burst = new Burst(burst);
            stride = in.port().maxFrame() + 63 & -64;
            copies = filter.needsCopy() ? new NativeBuffer((long) burst * stride) : null;
        }

        int poll() {
            int received = 0;
            if (burst.isEmpty()) {
                received = in.receive(burst);
                if (received == 0) {
                    return 0;
                }
                if (copies != null) {
                    copy(received);
                }
                burst.to = filter.apply(burst.addresses, burst.lengths, received);
            } else {
                in.port().poll(); // what it holds must stay, but it still has to obey
            }
            return burst.isEmpty() ? received : out.send(burst);
        }

        private void copy(int count) {
            long to = copies.address();
            for (int i = 0; i < count; i++, to += stride) {
                Memory.copyPacket(burst.addresses[i], to, burst.lengths[i]);
                burst.addresses[i] = to;
            }
        }

        void close() {
            if (copies != null) {
                copies.close();
            }
        }
    }
}
