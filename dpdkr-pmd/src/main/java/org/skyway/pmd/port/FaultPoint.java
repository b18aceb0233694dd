package org.skyway.pmd.port;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Steps in the life of a port's links at which a driver can be made to stand still, so that
/// whoever tries faults can end it, stop it or take memory away from it right there. With
/// `-Dskyway.fault.point=NAME` and `-Dskyway.fault.file=FILE` the thread that comes to that step
/// first makes the file and waits until somebody has deleted it. Without, nothing is asked and
/// nothing is left of this in compiled code.
public enum FaultPoint {
    /// A link was announced and is not mapped yet. Control thread.
    ATTACHING,
    /// It is mapped, and the switch not told. Control thread.
    ATTACHED,
    /// The sender has read a command, and done nothing about it.
    TX_TOLD,
    /// A burst is in the bypass ring and counted, and not shown.
    TX_WRITTEN,
    /// TO_BYPASS is in the normal ring, and the command not said to be obeyed.
    TX_MARKED,
    /// It is.
    TX_OBEYED,
    /// END is in the bypass ring, and TO_NORMAL nowhere.
    TX_ENDED,
    /// TO_NORMAL is in the normal ring, and the command not said to be obeyed.
    TX_LEFT,
    /// The receiver has taken TO_BYPASS, and not read the bypass ring.
    RX_BEGUN,
    /// It was told of a limit, and has not looked at it.
    RX_LIMITED,
    /// It has read END, and not said so.
    RX_ENDED,
    /// The switch wants a link back that is still mapped. Control thread.
    DETACHING,
    /// It is not mapped any more, and the switch not told. Control thread.
    DETACHED;

    private static final FaultPoint CHOSEN = chosen();
    private static final AtomicBoolean REACHED = new AtomicBoolean();
    private static final long LOOK_NANOS = 1_000_000;

    private static FaultPoint chosen() {
        String name = System.getProperty("skyway.fault.point");
        return name == null ? null : valueOf(name);
    }

    /// The calling thread has come here.
    public void reached() {
        if (this == CHOSEN && REACHED.compareAndSet(false, true)) {
            hold();
        }
    }

    private static void hold() {
        Path file = Path.of(System.getProperty("skyway.fault.file"));
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new IllegalStateException("can't make -Dskyway.fault.file " + file, e);
        }
        while (Files.exists(file)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
