package org.skyway.bypass.channel;

import org.skyway.ivshmem.region.Memory;

/// The control block of a port region: what the switch tells the VNF's driver to do, and what that
/// has done. Offsets are from [RegionHeader#CONTROL_OFFSET]; little-endian.
///
/// ```
/// offset  size  field      writer  ordering
///      0     8  txCommand  switch  release T, acquired by the VNF once per burst
///    128     8  txObeyed   VNF     release O, acquired by the switch: the last command obeyed
///    256  8*16  rxEnded    VNF     release E, acquired by the switch: by slot, the epoch whose END mark
///                                  the VNF has read last
///    384     8  alive      VNF     opaque: counts polls in large steps, for whoever wonders
/// ```
///
/// A transmit command is one word, so that it is read and obeyed as a whole: bits 0 to 7 the mode,
/// 8 to 15 the slot of the link, 32 to 63 the epoch. Epochs only grow; a command with a new epoch
/// is obeyed once.
public final class ControlBlock {
    /// How many links one port may have at a time.
    public static final int SLOTS = 16;

    private static final int TX_COMMAND = 0;
    private static final int TX_OBEYED = 128;
    private static final int RX_ENDED = 256;
    private static final int ALIVE = 384;

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

    /// Says that the END mark of an epoch has been read. VNF only.
    ///
    /// @param slot the link's slot
    /// @param epoch the mark's epoch
    public void ended(int slot, int epoch) {
        Memory.putLongRelease(base + RX_ENDED + 8L * slot, epoch); // E
    }

    /// The epoch whose END mark the VNF has read last on a slot.
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
