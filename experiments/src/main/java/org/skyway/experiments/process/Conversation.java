package org.skyway.experiments.process;

/// Somebody who is asked a line each, and answers each with a line. One thread.
public interface Conversation extends AutoCloseable {
    /// Asks.
    ///
    /// @param question a line
    /// @return the answer
    /// @throws ExperimentException if it does not answer, or with an error
    String ask(String question);

    @Override
    void close();
}
