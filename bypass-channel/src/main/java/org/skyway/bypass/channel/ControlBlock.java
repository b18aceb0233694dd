package org.skyway.bypass.channel;

import java.lang.invoke.VarHandle;
import org.skyway.ivshmem.region.Memory;

/// The control block of a port region: what the switch tells the VNF's driver to do, and what that
/// has done. Offsets are from [RegionHeader#CONTROL_OFFSET]; little-endian.
///
/// ```
/// offset  size  field      writer  ordering
///      0     8  txCommand  switch  release T, acquired by the VNF once per burst
///      8     8  rxCommand  switch  release R, acquired by the VNF once per burst: counts changes of rxLimit
///     16     8  txLimit    switch  plain, before X: a cursor of the bypass ring that the VNF writes
///     24     8  txRead     switch  plain, before X: packets of the epoch that its reader has read at least
///     32     8  txCut      switch  release X, acquired by the VNF when it leaves: bits 0 to 31 an epoch that
///                                  the switch has ended without it, from 32 on a [Cut]
///    128     8  txObeyed   VNF     release O, acquired by the switch: the last command obeyed
///    136     8  rxObeyed   VNF     release N, acquired by the switch: the last rxCommand taken notice of
///    256  8*16  rxEnded    VNF     release E, acquired by the switch: by slot, the epoch that the VNF has
///                                  read to its end last: to its END mark, or to its limit
///    384     8  alive      VNF     opaque: counts polls in large steps, for whoever wonders
///    512 16*16  rxLimit    switch  by slot: a cursor, plain before L, and an epoch, release L: the VNF
///                                  delivers nothing of that epoch from that cursor of its bypass ring on
/// ```
///
/// The limit is the switch's own word to the receiver: whatever a sender does after it was told to
/// leave, nothing that it writes from then on is delivered. An honest sender's END mark lies before
/// the limit, which then makes no difference.
///
/// Who is stopped in the middle of a burst publishes it behind the limit when it goes on. So a
/// sender whose epoch was *cut* finds that when it leaves, said in two steps: first that it is,
/// then, when its receiver has taken notice, from where on it has to send again: from the limit on,
/// but not what the receiver had read behind that before it took notice. Both sides put a full
/// fence between what they write and what they read: the switch between [#cutting] and the ring's
/// cursor, the sender between that and [#cut]. Either the limit lies behind all that was written,
/// or the sender knows that it may not.
///
/// A transmit command is one word, so that it is read and obeyed as a whole: bits 0 to 7 the mode,
/// 8 to 15 the slot of the link, 32 to 63 the epoch. Epochs only grow; a command with a new epoch
/// is obeyed once.
public final class ControlBlock {
    /// How many links one port may have at a time.
    public static final int SLOTS = 16;

    private static final int TX_COMMAND = 0;
    private static final int TX_LIMIT = 16;
    private static final int TX_READ = 24;
    private static final int TX_CUT = 32;
    private static final int TX_OBEYED = 128;
    private static final int RX_COMMAND = 8;
    private static final int RX_OBEYED = 136;
    private static final int RX_ENDED = 256;
    private static final int ALIVE = 384;
    private static final int RX_LIMIT = 512;

    private final long base;

    /// What a transmit command tells the sender.
    public enum Mode {
        /// Send to the switch. Coming from [#BYPASS], end the bypass ring with a mark first.
        NORMAL,
        /// Put a mark into the normal ring and then send into the bypass ring of the slot.
        BYPASS,
        /// The reader of the bypass is gone: send to the switch, without touching the bypass ring
        /// again.
        ABANDON
    }

    /// What became of an epoch that the sender leaves, as the switch has it.
    public enum Cut {
        /// The sender ends it.
        NONE,
        /// The switch ends it; how is not known yet.
        BEGUN,
        /// What the sender wrote from [#cutAt] on was not read beyond [#cutRead] and will not be:
        /// it sends it again.
        RETURNED,
        /// It may be read, as the receiver does not answer: the sender leaves it.
        LOST
    }

    /// The control block of a mapped port region.
    ///
    /// @param regionBase address of the region
    public ControlBlock(long regionBase) {
        base = regionBase + RegionHeader.CONTROL_OFFSET;
    }

    /// Composes a transmit command.
    ///
    /// @param mode what to do
    /// @param slot the link's slot at this port
    /// @param epoch larger than that of any earlier command
    /// @return the word
    public static long command(Mode mode, int slot, int epoch) {
        return (long) epoch << 32 | (long) slot << 8 | mode.ordinal();
    }

    /// The mode of a command. The VNF trusts its switch, but a mode that nobody defined is as good
    /// as [Mode#NORMAL].
    ///
    /// @param command a word
    /// @return the mode
    public static Mode mode(long command) {
        return switch ((int) command & 0xff) {
            case 1 -> Mode.BYPASS;
            case 2 -> Mode.ABANDON;
            default -> Mode.NORMAL;
        };
    }

    /// The slot of a command.
    ///
    /// @param command a word
    /// @return 0 to 255
    public static int slot(long command) {
        return (int) (command >>> 8) & 0xff;
    }

    /// The epoch of a command.
    ///
    /// @param command a word
    /// @return the epoch
    public static int epoch(long command) {
        return (int) (command >>> 32);
    }

    /// Gives a command. Switch only.
    ///
    /// @param command the word
    public void command(long command) {
        Memory.putLongRelease(base + TX_COMMAND, command); // T
    }

    /// The command in force. VNF: once per burst.
    ///
    /// @return the word; 0 (normal, epoch 0) in a new region
    public long command() {
        return Memory.getLongAcquire(base + TX_COMMAND); // T
    }

    /// Says that a command has been obeyed: nothing more is sent the old way. VNF only.
    ///
    /// @param command the word
    public void obeyed(long command) {
        Memory.putLongRelease(base + TX_OBEYED, command); // O
    }

    /// The last command that the VNF has obeyed; its statistics up to there are visible.
    ///
    /// @return the word
    public long obeyed() {
        return Memory.getLongAcquire(base + TX_OBEYED); // O
    }

    /// Says that an epoch is about to be ended without its sender. Switch only; before it reads how
    /// far the sender has written.
    ///
    /// @param epoch the epoch
    public void cutting(int epoch) {
        cut(Cut.BEGUN, epoch);
        VarHandle.fullFence();
    }

    /// Says what becomes of what the sender of such an epoch has written too late. Switch only; of
    /// one word after the other the sender obeys the first.
    ///
    /// @param cut [Cut#RETURNED] once the receiver has taken notice of its limit, or [Cut#LOST]
    /// @param epoch the epoch
    /// @param cursor of the bypass ring, in cells: the receiver's limit
    /// @param read how many packets of the epoch the receiver has read by now
    public void cut(Cut cut, int epoch, long cursor, long read) {
        Memory.putLong(base + TX_LIMIT, cursor);
        Memory.putLong(base + TX_READ, read);
        cut(cut, epoch);
    }

    private void cut(Cut cut, int epoch) {
        Memory.putLongRelease(base + TX_CUT, (long) cut.ordinal() << 32 | epoch & 0xffffffffL); // X
    }

    /// Whether an epoch was ended by the switch. VNF only; after its END mark is in.
    ///
    /// @param epoch the epoch
    /// @return what the switch says by now
    public Cut cut(int epoch) {
        VarHandle.fullFence();
        final long word = Memory.getLongAcquire(base + TX_CUT); // X
        if ((int) word != epoch) {
            return Cut.NONE;
        }
        return switch ((int) (word >>> 32)) {
            case 1 -> Cut.BEGUN;
            case 2 -> Cut.RETURNED;
            case 3 -> Cut.LOST;
            default -> Cut.NONE;
        };
    }

    /// From where on the sender sends again. To be asked after [#cut].
    ///
    /// @return a cursor of its bypass ring
    public long cutAt() {
        return Memory.getLong(base + TX_LIMIT);
    }

    /// How many packets of the epoch were read, even if that is behind [#cutAt]. To be asked after
    /// [#cut].
    ///
    /// @return packets
    public long cutRead() {
        return Memory.getLong(base + TX_READ);
    }

    /// Limits what the VNF may deliver of an epoch. Switch only; once for each epoch.
    ///
    /// @param slot the link's slot at the receiver
    /// @param epoch the epoch
    /// @param cursor of the bypass ring, in cells: nothing from there on is delivered
    /// @param command larger than any before
    public void limit(int slot, int epoch, long cursor, long command) {
        Memory.putLong(base + RX_LIMIT + 16L * slot, cursor);
        Memory.putLongRelease(base + RX_LIMIT + 16L * slot + 8, epoch); // L
        Memory.putLongRelease(base + RX_COMMAND, command); // R
    }

    /// Counts the limits that were given. VNF: once per burst.
    ///
    /// @return the last limit's command; 0 in a new region
    public long rxCommand() {
        return Memory.getLongAcquire(base + RX_COMMAND); // R
    }

    /// The epoch that a slot's limit is about.
    ///
    /// @param slot 0 to [#SLOTS] - 1
    /// @return the epoch, or 0
    public int limitedEpoch(int slot) {
        return (int) Memory.getLongAcquire(base + RX_LIMIT + 16L * slot + 8); // L
    }

    /// Where that epoch ends at the latest. To be asked after [#limitedEpoch].
    ///
    /// @param slot 0 to [#SLOTS] - 1
    /// @return a cursor of the slot's bypass ring
    public long limit(int slot) {
        return Memory.getLong(base + RX_LIMIT + 16L * slot);
    }

    /// Says that limits were taken notice of: nothing beyond them is delivered. VNF only.
    ///
    /// @param command what [#rxCommand] said before the limits were read
    public void rxObeyed(long command) {
        Memory.putLongRelease(base + RX_OBEYED, command); // N
    }

    /// The last limit that the VNF has taken notice of.
    ///
    /// @return its command
    public long rxObeyed() {
        return Memory.getLongAcquire(base + RX_OBEYED); // N
    }

    /// Says that an epoch has been read to its end. VNF only.
    ///
    /// @param slot the link's slot
    /// @param epoch the epoch
    public void ended(int slot, int epoch) {
        Memory.putLongRelease(base + RX_ENDED + 8L * slot, epoch); // E
    }

    /// The epoch that the VNF has read to its end last on a slot.
    ///
    /// @param slot 0 to [#SLOTS] - 1
    /// @return the epoch, or 0
    public int ended(int slot) {
        return (int) Memory.getLongAcquire(base + RX_ENDED + 8L * slot); // E
    }

    /// Forgets what was ended on a slot, before a link is attached there. Switch only, while the
    /// VNF knows of no link on it.
    ///
    /// @param slot 0 to [#SLOTS] - 1
    public void clearEnded(int slot) {
        Memory.putLongRelease(base + RX_ENDED + 8L * slot, 0);
    }

    /// Shows a sign of life. VNF only.
    ///
    /// @param value any other than before
    public void alive(long value) {
        Memory.putLongOpaque(base + ALIVE, value);
    }

    /// The last sign of life.
    ///
    /// @return what the VNF wrote
    public long alive() {
        return Memory.getLongOpaque(base + ALIVE);
    }
}
