package org.skyway.experiments.report;

import java.io.PrintStream;
import java.util.Locale;

/// How far a run has come, and how long it will still take: a bar that is drawn over and over on a
/// terminal, else a line every now and then. One thread.
public final class Progress {
    private static final int WIDTH = 30;
    private static final long SELDOM_NANOS = 15_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final double planned;
    private final long start = System.nanoTime();
    private double done;
    private long lastLine = start - SELDOM_NANOS;

    /// Nothing is done yet.
    ///
    /// @param out where to draw
    /// @param terminal whether that is a terminal
    /// @param plannedSeconds how long it should take; what is left is corrected as it goes
    public Progress(PrintStream out, boolean terminal, double plannedSeconds) {
        this.out = out;
        this.terminal = terminal;
        planned = Math.max(1, plannedSeconds);
    }

    /// Something was done.
    ///
    /// @param seconds that were planned for it
    /// @param next what comes now
    public void advance(double seconds, String next) {
        done = Math.min(planned, done + seconds);
        long now = System.nanoTime();
        String text = text((now - start) / 1e9, next);
        if (terminal) {
            out.print("\r\u001b[K" + text);
            out.flush();
        } else if (now - lastLine >= SELDOM_NANOS) {
            out.println(text);
            lastLine = now;
        }
    }

    /// Bar, share, time left and what is being done.
    ///
    /// @param secondsSoFar since the start
    /// @param next what is being done
    /// @return a line
    String text(double secondsSoFar, String next) {
        double share = done / planned;
        int full = (int) Math.round(share * WIDTH);
        // Until a tenth is done, the plan knows better than the clock.
        double left = share < 0.1 ? planned - secondsSoFar : secondsSoFar / share * (1 - share);
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %%, %s left: %s",
                "=".repeat(full),
                " ".repeat(WIDTH - full),
                100 * share,
                time(Math.max(0, left)),
                next);
    }

    private static String time(double seconds) {
        long s = Math.round(seconds);
        return "%d:%02d".formatted(s / 60, s % 60);
    }

    /// Everything is done.
    public void end() {
        if (terminal) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }
}
