package org.skyway.vswitch.datapath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.tables.Policing;

/// A port as the poll threads see it. One thread receives from it; any may send to it.
public abstract class DatapathPort {
    private static final VarHandle USER;

    static {
        try {
            USER = MethodHandles.lookup().findVarHandle(DatapathPort.class, "user", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int number;
    private final Traffic traffic;
    private volatile PortTaps taps; // null, unless somebody looks
    private volatile Policer policer; // null, unless it may send so much only
    private volatile EgressQueues egress; // null, unless it may be sent so much only
    private int user; // poll thread that sends to it now, counted from 1; 0: none

    /// A port.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    protected DatapathPort(int number, int threads) {
        this(number, threads, CounterMemory.ofProcess());
    }

    /// A port.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    protected DatapathPort(int number, int threads, CounterMemory memory) {
        this.number = number;
        traffic = new Traffic(memory, threads);
    }

    /// Has somebody see its packets, too. Ofproto thread.
    ///
    /// @param tap who
    public final void tap(Tap tap) {
        taps = PortTaps.with(taps, tap);
    }

    /// Undoes that. A poll thread that is in the middle of a burst may still call it. Ofproto
    /// thread.
    ///
    /// @param tap who
    public final void untap(Tap tap) {
        taps = PortTaps.without(taps, tap);
    }

    /// Says how much may come from it. What is more is dropped and counted. Ofproto thread.
    ///
    /// @param limit how much
    public final void police(Policing limit) {
        policer = limit.equals(Policing.NONE) ? null : new Policer(limit, System.nanoTime());
    }

    /// Says how much may be sent to it. What is more is dropped and counted. Ofproto thread.
    ///
    /// @param queues what decides; null for nothing
    public final void limit(EgressQueues queues) {
        egress = queues;
    }

    /// What decides how much may be sent to it.
    ///
    /// @return null for nothing
    public final EgressQueues egress() {
        return egress;
    }

    /// Who drops what is too much; null for nobody.
    final Policer policer() {
        return policer;
    }

    /// Who sees its packets; null for nobody.
    final PortTaps taps() {
        return taps;
    }

    /// Its OpenFlow number.
    ///
    /// @return 1 or more
    public final int number() {
        return number;
    }

    /// What went through it.
    ///
    /// @return its counters
    public final Traffic traffic() {
        return traffic;
    }

    /// What can be read when packets have come, if to ask for them costs a system call: a port that
    /// was silent for a while is not asked before.
    ///
    /// @return a file descriptor, always the same, open as long as a poll thread has the port; -1
    ///   if to ask costs next to nothing
    protected int descriptor() {
        return -1;
    }

    /// Receives packets in place. The port's poll thread only.
    ///
    /// @param addresses receives where each packet is, valid until [#rxRelease]; readable up to the
    ///   next multiple of 64 bytes
    /// @param lengths receives its length in bytes
    /// @param max how many at most
    /// @return how many
    protected abstract int rxBurst(long[] addresses, int[] lengths, int max);

    /// Whether its VNF may leave a packet's checksum, or to cut it into segments, to others, so
    /// that [#rxWhole] is worth asking.
    ///
    /// @return always the same
    protected boolean leavesToOthers() {
        return false;
    }

    /// Receives packets in place as [#rxBurst] does, but as their sender left them, if all go to a
    /// port that takes them so by [#txWhole]. The port's poll thread only.
    ///
    /// @param addresses receives where each packet is, for 32 or more
    /// @param lengths receives its length in bytes, which may be more than a frame has
    /// @param received receives how many
    /// @param to the port
    /// @return what is left to be done to each; null if they can't go there as they are, and then
    ///   nothing was received
    protected long[] rxWhole(long[] addresses, int[] lengths, int[] received, DatapathPort to) {
        return null;
    }

    /// Copies packets out, with what is left to be done. Never called by two threads at a time.
    ///
    /// @param sender the port whose [#rxWhole] showed them
    /// @param addresses where each packet is
    /// @param lengths its length in bytes
    /// @param left what is left to be done
    /// @param count how many
    /// @return how many were taken
    protected int txWhole(
            DatapathPort sender, long[] addresses, int[] lengths, long[] left, int count) {
        throw new IllegalStateException("port " + number + " takes complete packets only");
    }

    /// Gives back what the last [#rxBurst] or [#rxWhole] showed.
    protected abstract void rxRelease();

    /// Notes up to where the last [#rxBurst] has read, for the switch that comes after this one if
    /// this is killed now. A port whose sender does not outlive the switch, or that can't tell, has
    /// nothing to note.
    ///
    /// @param log notes it
    protected void noteReceived(BurstLog log) {
        log.received(0, 0);
    }

    /// Whether what it is sent is seen by nobody before [#txShow].
    ///
    /// @return always the same
    protected boolean holdsBack() {
        return false;
    }

    /// Notes up to where has been sent what [#txShow] will show.
    ///
    /// @param log notes it
    protected void noteSent(BurstLog log) {}

    /// Shows what it holds back to its receiver. Never called by two threads at a time.
    protected void txShow() {}

    /// Copies packets out. Never called by two threads at a time.
    ///
    /// @param addresses where each packet is; readable up to the next multiple of 64 bytes
    /// @param lengths its length in bytes
    /// @param from index of the first
    /// @param count how many
    /// @return how many were taken
    protected abstract int txBurst(long[] addresses, int[] lengths, int from, int count);

    /// The switch-over mark that the last [#rxBurst] stopped at.
    ///
    /// @return the mark, or 0
    protected long rxMark() {
        return 0;
    }

    /// Takes that mark; [#rxRelease] gives it back.
    protected void takeRxMark() {
        throw new IllegalStateException("port " + number + " has no marks");
    }

    /// Sends a mark. Never called by two threads at a time.
    ///
    /// @param mark the mark
    /// @return false if there is no room now; true if it was sent, or there is nobody to send it to
    protected boolean txMark(long mark) {
        return true;
    }

    /// Whether packets can come from it at all.
    ///
    /// @return false if there is nobody who could send
    protected boolean mayReceive() {
        return true;
    }

    /// Whether all that comes from it is one sender's, who says with a mark that it sends elsewhere
    /// from now on.
    ///
    /// @return false if others' packets may come all the same
    protected boolean hasOneSender() {
        return false;
    }

    /// Where a mark of an epoch goes.
    ///
    /// @param epoch the mark's epoch
    /// @return its route, or null if there is none
    protected MarkRoute markRoute(int epoch) {
        return null;
    }

    /// Sends packets, counts them, and counts what was not taken as dropped.
    ///
    /// @return how many were taken
    final int send(OpenBurst burst, long[] addresses, int[] lengths, int from, int count) {
        if (!holdsBack()) {
            return sendAtOnce(burst, addresses, lengths, from, count);
        }
        burst.take(this);
        final int sent = txBurst(addresses, lengths, from, count);
        traffic.add(burst.log(), Traffic.TX_PACKETS, sent, bytes(lengths, from, sent));
        countDropped(burst, count - sent);
        return sent;
    }

    private int sendAtOnce(OpenBurst burst, long[] addresses, int[] lengths, int from, int count) {
        int sent;
        burst.lockAlone(this);
        try {
            sent = txBurst(addresses, lengths, from, count);
        } finally {
            burst.unlock(this);
        }
        countSent(burst, lengths, from, count, sent);
        return sent;
    }

    /// The same with packets that are not complete.
    final void sendWhole(
            OpenBurst burst,
            DatapathPort sender,
            long[] addresses,
            int[] lengths,
            long[] left,
            int count) {
        int sent;
        burst.lockAlone(this);
        try {
            sent = txWhole(sender, addresses, lengths, left, count);
        } finally {
            burst.unlock(this);
        }
        countSent(burst, lengths, 0, count, sent);
    }

    // They are gone, whether the burst will have happened or not.
    private void countSent(OpenBurst burst, int[] lengths, int from, int count, int sent) {
        traffic.addForGood(burst.thread(), Traffic.TX_PACKETS, sent);
        traffic.addForGood(burst.thread(), Traffic.TX_BYTES, bytes(lengths, from, sent));
        countDropped(burst, count - sent);
    }

    private void countDropped(OpenBurst burst, int packets) {
        if (packets > 0) {
            traffic.add(burst.log(), Traffic.TX_DROPPED, packets);
        }
    }

    private static long bytes(int[] lengths, int from, int count) {
        long bytes = 0;
        for (int i = from; i < from + count; i++) {
            bytes += lengths[i];
        }
        return bytes;
    }

    /// Looks whether the memory that the port shares is still there, and does without it if not: a
    /// thread was told by an [InternalError] that some port's is not. Any thread.
    protected void checkMemory() {}

    final boolean sendMark(OpenBurst burst, long mark) {
        burst.take(this);
        return txMark(mark);
    }

    /// Which poll thread sends to it now, as far as the calling one is concerned.
    final int user() {
        return (int) USER.getOpaque(this);
    }

    /// @param thread counted from 1; 0 for none
    final void user(int thread) {
        USER.setRelease(this, thread);
    }

    /// Makes it a thread's if it is nobody's.
    final boolean tryUse(int thread) {
        return (int) USER.getOpaque(this) == 0 && USER.compareAndSet(this, 0, thread);
    }
}
