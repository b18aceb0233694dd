package org.skyway.experiments.vm.chain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.experiments.vm.image.GuestImage;

/// What guests boot, by what they run; each is built when it is first asked for.
///
/// @param home the root of the built project
public record Images(Path home) {
    /// A program that is no VNF program of ours.
    static final String TESTPMD = "testpmd";

    /// The program of guests that know nothing of Skyway.
    static final String LINUX = GuestSpec.LINUX;

    /// The image with a program.
    ///
    /// @param arguments the program and its options
    /// @return the image
    /// @throws IOException if it can't be built
    /// @throws InterruptedException if interrupted meanwhile
    public GuestImage of(List<String> arguments) throws IOException, InterruptedException {
        return switch (arguments.getFirst()) {
            case TESTPMD -> GuestImage.testpmd(home, GuestImage.defaultCache());
            case LINUX -> GuestImage.linux(GuestImage.defaultCache());
            default -> GuestImage.build(home, GuestImage.defaultCache());
        };
    }
}
