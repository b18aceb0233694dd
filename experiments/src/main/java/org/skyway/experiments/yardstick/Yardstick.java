package org.skyway.experiments.yardstick;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.skyway.experiments.process.Dialogue;
import org.skyway.experiments.process.Program;

/// The reference in C, running, and silent unless it is asked: see `yardstick.c`. One thread.
public final class Yardstick implements AutoCloseable {
    /// The program's name.
    public static final String NAME = "yardstick";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int FRAME_MILLIS = 300;

    private final Dialogue dialogue;

    /// Builds and starts it.
    ///
    /// @param folder for source and program
    /// @param first core of its sender
    /// @param second core of its receiver, another one
    public Yardstick(Path folder, int first, int second) {
        Path built = CProgram.build(Yardstick.class, NAME, folder, List.of());
        dialogue =
                new Dialogue(
                        NAME,
                        folder,
                        _ -> {},
                        List.of(
                                built.toString(),
                                Integer.toString(first),
                                Integer.toString(second)),
                        Map.of(),
                        line -> !line.equals("ready"),
                        PATIENCE);
        dialogue.awaitReady("ready", PATIENCE);
    }

    /// The bare ring: what frames a round.
    ///
    /// @return Mpps
    public double ring() {
        return mpps(dialogue.ask("ring " + FRAME_MILLIS));
    }

    /// A hop with the layout, the checks and the end work of the product's.
    ///
    /// @param millis how long
    /// @param size of frames: a number or `imix`
    /// @return Mpps
    public double hop(int millis, String size) {
        return mpps(dialogue.ask("hop " + millis + " " + size));
    }

    /// Reads an answer of this program and of its counterpart in Java.
    ///
    /// @param answer `Mpps X`
    /// @return X
    public static double mpps(String answer) {
        return Double.parseDouble(answer.substring("Mpps ".length()));
    }

    /// Its process.
    ///
    /// @return the program
    public Program program() {
        return dialogue.program();
    }

    @Override
    public void close() {
        dialogue.close();
    }
}
