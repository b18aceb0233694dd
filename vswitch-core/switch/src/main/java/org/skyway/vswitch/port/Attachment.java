package org.skyway.vswitch.port;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.ivshmem.region.Region;

/// A VNF that is attached to a dpdkr port, from the first line of its driver to its end. A VNF that
/// comes back is another attachment, with a region of its own. Ofproto thread.
public final class Attachment {
    private final String portName;
    private final DpdkrPort port;
    private final Region region;
    private final RegionHeader header;
    private final ControlBlock control;
    private final StatisticsBlock statistics;
    private final long pid;
    private final String program;
    private final BitSet slots = new BitSet(ControlBlock.SLOTS);
    private final Map<Integer, RegionRef> links = new HashMap<>(); // by slot
    private boolean gone;
    private boolean paused;
    private boolean silent;
    private long lastSign; // of life, when it fell silent
    private int silences; // since it last did as it was told for a while
    private long lastCommand; // that it was given
    private long lastLimit; // command of the last limit that it was given
    private CompletableFuture<Void> here = CompletableFuture.completedFuture(null);

    /// An attachment.
    ///
    /// @param portName the port's name
    /// @param port the port
    /// @param region its region
    /// @param header what that is
    /// @param pid the VNF's process, or 0
    /// @param program what the VNF calls itself
    public Attachment(
            String portName,
            DpdkrPort port,
            Region region,
            RegionHeader header,
            long pid,
            String program) {
        this.header = header;
        this.portName = portName;
        this.port = port;
        this.region = region;
        this.pid = pid;
        this.program = program;
        control = new ControlBlock(region.address());
        statistics = new StatisticsBlock(region.address());
    }

    /// The port's name.
    ///
    /// @return its name
    public String portName() {
        return portName;
    }

    /// The port.
    ///
    /// @return the datapath's port
    public DpdkrPort port() {
        return port;
    }

    /// Its region, mapped as long as the attachment is in use.
    ///
    /// @return the port region
    public Region region() {
        return region;
    }

    /// The id of its region.
    ///
    /// @return the id
    public long regionId() {
        return header.id();
    }

    /// How long the rings of its region are.
    ///
    /// @return cells of each
    public int cells() {
        return header.cells();
    }

    /// The control block of its region.
    ///
    /// @return the block
    public ControlBlock control() {
        return control;
    }

    /// The statistics block of its region.
    ///
    /// @return the block
    public StatisticsBlock statistics() {
        return statistics;
    }

    /// The VNF's process.
    ///
    /// @return its id; 0 in a virtual machine
    public long pid() {
        return pid;
    }

    /// Whether it is in a virtual machine.
    ///
    /// @return true if so
    public boolean isGuest() {
        return pid == 0;
    }

    /// What the VNF calls itself.
    ///
    /// @return its name
    public String program() {
        return program;
    }

    /// Whether the VNF is gone.
    ///
    /// @return true once [#markGone] was called
    public boolean isGone() {
        return gone;
    }

    /// Notes that the VNF is gone. Its region stays mapped until everyone has let go of it.
    public void markGone() {
        gone = true;
        here.complete(null);
    }

    /// Whether the VNF's machine is paused, so that nothing can be expected of it for now.
    ///
    /// @return true if so
    public boolean isPaused() {
        return paused;
    }

    /// Notes that the VNF's machine was paused or runs again.
    ///
    /// @param value whether it is paused
    public void paused(boolean value) {
        paused = value;
    }

    /// Gives the VNF a transmit command.
    ///
    /// @param command the word; only the last one counts
    public void command(long command) {
        lastCommand = command;
        control.command(command);
    }

    /// Whether the VNF says that it has obeyed its last transmit command.
    ///
    /// @return true if so, or if it was never given one
    public boolean hasObeyed() {
        return lastCommand == 0 || control.obeyed() == lastCommand;
    }

    /// A command for the next limit.
    ///
    /// @return for [#limit] and [#hasNoticed]
    public long nextLimit() {
        return ++lastLimit;
    }

    /// Has the VNF deliver nothing of an epoch beyond a cursor of the bypass ring.
    ///
    /// @param slot the link's slot
    /// @param epoch the epoch
    /// @param cursor in cells
    /// @param limit what [#nextLimit] returned, to this switch or to the one before
    public void limit(int slot, int epoch, long cursor, long limit) {
        lastLimit = Math.max(lastLimit, limit);
        control.limit(slot, epoch, cursor, lastLimit);
    }

    /// Goes on where another switch has left it: the VNF has its region and does what it was told,
    /// but its driver has not connected yet.
    public void adopt() {
        lastCommand = control.command();
        lastLimit = control.rxCommand();
        here = new CompletableFuture<>();
    }

    /// Whether it was taken over from another switch and its driver has not connected yet.
    ///
    /// @return true if so
    public boolean isAwaited() {
        return !here.isDone();
    }

    /// Its driver has connected, or will not any more.
    public void arrived() {
        here.complete(null);
    }

    /// When its driver can be asked for something.
    ///
    /// @return done when it is connected, or gone
    public CompletableFuture<Void> here() {
        return here;
    }

    /// Whether the VNF says that it has taken notice of a limit.
    ///
    /// @param limit what [#nextLimit] returned
    /// @return true if so
    public boolean hasNoticed(long limit) {
        return control.rxObeyed() - limit >= 0;
    }

    /// How often the VNF has fallen silent lately. Who does so again and again is tried again ever
    /// later.
    ///
    /// @return a count
    public int silences() {
        return silences;
    }

    /// Forgives it its silences.
    public void forgive() {
        silences = 0;
    }

    /// Notes that the VNF did not do what it was told to: from now on nobody waits for it.
    public void silent() {
        silent = true;
        silences++;
        lastSign = control.alive();
    }

    /// Whether nothing is to be expected of the VNF for now.
    ///
    /// @return true if its machine is paused, or it fell silent
    public boolean isResting() {
        return paused || silent;
    }

    /// Whether a VNF that fell silent has shown a sign of life since. Says so once.
    ///
    /// @return true if from now on it can be waited for again
    public boolean isAwake() {
        if (silent && !gone && control.alive() != lastSign) {
            silent = false;
            return true;
        }
        return false;
    }

    /// Takes a free slot.
    ///
    /// @return 0 to [ControlBlock#SLOTS] - 1, or -1 if all are taken
    public int takeSlot() {
        int slot = slots.nextClearBit(0);
        if (slot >= ControlBlock.SLOTS) {
            return -1;
        }
        slots.set(slot);
        return slot;
    }

    /// Takes a certain slot, which a link of the switch before has.
    ///
    /// @param slot 0 to [ControlBlock#SLOTS] - 1
    public void takeSlot(int slot) {
        slots.set(slot);
    }

    /// Notes what the VNF was told to map, or has been told by the switch before.
    ///
    /// @param slot the link's slot
    /// @param region its region
    public void maps(int slot, RegionRef region) {
        links.put(slot, region);
    }

    /// What the VNF may have mapped.
    ///
    /// @return link regions by slot
    public Map<Integer, RegionRef> links() {
        return Map.copyOf(links);
    }

    /// Gives a slot back.
    ///
    /// @param slot which
    public void freeSlot(int slot) {
        slots.clear(slot);
        links.remove(slot);
    }

    @Override
    public String toString() {
        return portName + (pid == 0 ? "" : " (process " + pid + ")");
    }
}
