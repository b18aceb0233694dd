package org.skyway.experiments.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Introduce;
import org.skyway.bypass.control.ControlMessage.Ping;
import org.skyway.bypass.control.ControlMessage.Welcome;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.pmd.control.UnixTransport;

/// A VNF without a driver: it holds its port and maps what it is told to, and everything else is up
/// to whoever has it. What a hostile VNF can touch, this one shows. Its control connection has a
/// thread of its own; the rest is for one thread.
public final class RawVnf implements AutoCloseable {
    private final ControlChannel channel;
    private final Region region;
    private final RegionHeader header;
    private final Map<Integer, Link> links = new ConcurrentHashMap<>();
    private final List<Region> mapped = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private volatile Answers answers = Answers.AT_ONCE;

    /// How it answers what the switch asks of it.
    public enum Answers {
        /// As a driver does.
        AT_ONCE,
        /// After some seconds, when nobody waits any more.
        LATE,
        /// Not at all, though it does what it is told.
        NEVER,
        /// It says that it could not, and has.
        FAILED,
        /// It says everything twice.
        TWICE,
        /// It answers what nobody asked.
        ASTRAY
    }

    /// A link that was attached.
    ///
    /// @param region its region
    /// @param out offset of the ring that this VNF writes
    /// @param in offset of the ring that it reads
    /// @param header as it was when the link came
    public record Link(Region region, long out, long in, RegionHeader header) {
        /// The writing end of its ring, going on where it is.
        ///
        /// @return a ring end as an honest driver has it
        /// @throws IOException if its cursors can't be
        public RingProducer producer() throws IOException {
            return RingProducer.known(
                    region.address() + out, header.cells(), header.maxFrame(), "raw");
        }

        /// The reading end of its ring, going on where it is.
        ///
        /// @return a ring end as an honest driver has it
        public RingConsumer consumer() {
            return RingConsumer.known(
                    region.address() + in, header.cells(), header.maxFrame(), "raw");
        }
    }

    private RawVnf(ControlChannel channel, Region region, RegionHeader header) {
        this.channel = channel;
        this.region = region;
        mapped.add(region);
        this.header = header;
        reader = Thread.ofPlatform().daemon().name("raw-vnf").start(this::serve);
    }

    /// Takes a port.
    ///
    /// @param runDirectory the switch's
    /// @param port the port's name
    /// @return a VNF that does nothing yet
    /// @throws IOException if the switch refuses
    public static RawVnf open(Path runDirectory, String port) throws IOException {
        ControlChannel channel =
                new UnixTransport(runDirectory.resolve(RunDirectory.PMD_SOCKET)).open();
        try {
            channel.send(
                    new Hello(
                            1, ControlMessage.VERSION, port, ProcessHandle.current().pid(), "raw"));
            switch (channel.receive()) {
                case Welcome w -> {
                    Region region = Region.open(Path.of(w.region().path()), w.region().sizeBytes());
                    RegionHeader header =
                            RegionHeader.read(
                                    region.address(),
                                    region.sizeBytes(),
                                    RegionHeader.PORT_MAGIC,
                                    port);
                    return new RawVnf(channel, region, header);
                }
                case Failed f -> throw new IOException(f.reason());
                case null -> throw new IOException("the switch hung up");
                default -> throw new IOException("the switch answered a hello with something else");
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Its port region, all of it writable.
    ///
    /// @return the region
    public Region region() {
        return region;
    }

    /// What the region's header said when it was mapped.
    ///
    /// @return the header
    public RegionHeader header() {
        return header;
    }

    /// The control block.
    ///
    /// @return the block
    public ControlBlock control() {
        return new ControlBlock(region.address());
    }

    /// The statistics block.
    ///
    /// @return the block
    public StatisticsBlock statistics() {
        return new StatisticsBlock(region.address());
    }

    /// The writing end of the normal channel.
    ///
    /// @return a ring end as an honest driver has it
    /// @throws IOException if its cursors can't be
    public RingProducer toSwitch() throws IOException {
        return RingProducer.known(
                region.address() + header.firstRing(), header.cells(), header.maxFrame(), "raw");
    }

    /// The reading end of the normal channel.
    ///
    /// @return a ring end as an honest driver has it
    public RingConsumer fromSwitch() {
        return RingConsumer.known(
                region.address() + header.secondRing(), header.cells(), header.maxFrame(), "raw");
    }

    /// The links attached now.
    ///
    /// @return a copy, by slot
    public Map<Integer, Link> links() {
        return new HashMap<>(links);
    }

    /// Whether the switch still talks to it.
    ///
    /// @return false once the connection has ended
    public boolean isConnected() {
        return reader.isAlive();
    }

    /// The control connection, for messages of one's own.
    ///
    /// @return the channel
    public ControlChannel channel() {
        return channel;
    }

    /// How it answers from now on.
    ///
    /// @param how from the next request on
    public void answers(Answers how) {
        answers = how;
    }

    private void answer(long id) throws IOException {
        switch (answers) {
            case AT_ONCE -> channel.send(new Done(id));
            case FAILED -> channel.send(new Failed(id, "no"));
            case ASTRAY -> channel.send(new Done(id + 1_000_000));
            case NEVER -> {}
            case TWICE -> {
                channel.send(new Done(id));
                channel.send(new Done(id));
            }
            case LATE ->
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    Thread.sleep(1000 + id % 7 * 1000);
                                    channel.send(new Done(id));
                                } catch (IOException | InterruptedException e) {
                                    Thread.currentThread().interrupt(); // too late for that, too
                                }
                            });
        }
    }

    private void serve() {
        try {
            while (true) {
                switch (channel.receive()) {
                    case Attach a -> {
                        Region r = Region.open(Path.of(a.region().path()), a.region().sizeBytes());
                        RegionHeader h =
                                RegionHeader.read(
                                        r.address(),
                                        r.sizeBytes(),
                                        RegionHeader.LINK_MAGIC,
                                        a.link());
                        mapped.add(r);
                        links.put(
                                a.slot(),
                                new Link(
                                        r,
                                        a.sideA() ? h.firstRing() : h.secondRing(),
                                        a.sideA() ? h.secondRing() : h.firstRing(),
                                        h));
                        answer(a.id());
                    }
                    case Detach d -> {
                        links.remove(d.slot()); // stays mapped: who is hostile lets go of nothing
                        answer(d.id());
                    }
                    case Ping p -> answer(p.id());
                    case null -> {
                        return;
                    }
                    case Hello _,
                            Welcome _,
                            Introduce _,
                            ControlMessage.State _,
                            ControlMessage.Unknown _,
                            Done _,
                            Failed _ -> {}
                }
            }
        } catch (IOException | RuntimeException e) {
            // The switch has hung up, or this side has; or a region was cut short meanwhile.
            return;
        }
    }

    /// Hangs up. What is mapped stays mapped until the process ends.
    @Override
    public void close() throws IOException {
        channel.close();
        try {
            reader.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets go of all memory, for a process that has many of these one after the other. After
    /// [#close], when no thread uses any of it any more.
    public void unmap() {
        mapped.forEach(Region::close);
        mapped.clear();
    }
}
