package org.skyway.experiments.vm.chain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.skyway.experiments.vm.image.GuestImage;

/// What guests boot, by what they run; each is built when it is first asked for.
///
/// @param home the root of the built project
public record Images(Path home) {
    /// The program that is no VNF program of ours.
    static final String TESTPMD = "testpmd";

    /// The image with a program.
    ///
    /// @param arguments the program and its options
    /// @return the image
    /// @throws IOException if it can't be built
    /// @throws InterruptedException if interrupted meanwhile
    public GuestImage of(List<String> arguments) throws IOException, InterruptedException {
        return arguments.getFirst().equals(TESTPMD)
                ? GuestImage.testpmd(home, GuestImage.defaultCache())
                : GuestImage.build(home, GuestImage.defaultCache());
    }
}
