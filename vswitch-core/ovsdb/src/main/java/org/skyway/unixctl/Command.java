package org.skyway.unixctl;

import java.util.List;
import java.util.concurrent.CompletionStage;

/// What a client may ask for.
///
/// @param name for instance `fdb/show`
/// @param usage of its arguments, for instance `bridge`; empty for none; or [#UNLISTED]
/// @param least how many arguments it must have
/// @param most how many it may have
/// @param work does it
public record Command(String name, String usage, int least, int most, Work work) {
    /// The usage of one that is not listed: another name of one that is.
    public static final String UNLISTED = "unlisted";

    /// Does what a client asks for.
    @FunctionalInterface
    public interface Work {
        /// Does it.
        ///
        /// @param arguments without the command's name
        /// @return what the client is to see; fails with a [UnixctlException] if it can't be done
        CompletionStage<String> run(List<String> arguments);
    }
}
