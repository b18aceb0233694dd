package org.skyway.experiments.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A program that is asked on its standard input. One thread.
public final class Dialogue implements Conversation {
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final String name;
    private final Duration patience;
    private final Program program;

    /// Starts it.
    ///
    /// @param name for messages
    /// @param folder its run directory
    /// @param log gets all that it says
    /// @param command program and arguments
    /// @param environment more variables for it
    /// @param isAnswer which of its lines are answers
    /// @param patience how long an answer may take
    public Dialogue(
            String name,
            Path folder,
            Consumer<String> log,
            List<String> command,
            Map<String, String> environment,
            Predicate<String> isAnswer,
            Duration patience) {
        this.name = name;
        this.patience = patience;
        program =
                Program.start(
                        name,
                        folder,
                        line -> {
                            log.accept(line);
                            if (isAnswer.test(line)) {
                                answers.add(line);
                            }
                        },
                        command,
                        environment);
    }

    @Override
    public String ask(String question) {
        program.say(question);
        return answer(question);
    }

    /// Waits for a line that says that it is ready.
    ///
    /// @param line the whole of it; no answer
    /// @param patience how long
    public void awaitReady(String line, Duration patience) {
        try {
            program.await(l -> l.equals(line), patience, "it is ready");
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    private String answer(String question) {
        try {
            String line = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null || line.startsWith("error ")) {
                throw new ExperimentException(
                        "%s answers \"%s\" with: %s"
                                .formatted(
                                        name,
                                        question,
                                        line == null
                                                ? "nothing within " + patience.toSeconds() + " s"
                                                : line));
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    /// Its process.
    ///
    /// @return the program
    public Program program() {
        return program;
    }

    @Override
    public void close() {
        program.close();
    }
}
