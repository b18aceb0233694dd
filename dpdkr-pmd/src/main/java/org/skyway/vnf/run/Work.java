package org.skyway.vnf.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// What a VNF program does, without how it is run. All but [#ports] and [#describe] happens on the
/// data thread.
public interface Work {
    /// One pass over the ports.
    ///
    /// @return packets moved; 0 lets the thread idle
    int poll();

    /// Whether the work has come to its end by itself.
    ///
    /// @return true ends the program
    boolean isDone();

    /// One pass that begins nothing new: what is under way is taken, or passed on. When the program
    /// ends, its neighbours may still be sending.
    ///
    /// @return packets moved
    int drain();

    /// The ports it uses.
    ///
    /// @return at least one
    List<CountedPort> ports();

    /// Adds what it knows beyond the counters of its ports.
    ///
    /// @param report receives fields
    /// @param last false while the data thread runs: only what may be read from another thread then
    void describe(ObjectNode report, boolean last);

    /// What its user should know before it begins.
    ///
    /// @return a sentence; null if there is nothing
    default String remark() {
        return null;
    }

    /// What it was to check.
    ///
    /// @return what did not hold, for people; null if all is well. After the data thread has ended.
    default String failure() {
        return null;
    }

    /// Frees what it holds. After the data thread has ended.
    default void close() {}
}
