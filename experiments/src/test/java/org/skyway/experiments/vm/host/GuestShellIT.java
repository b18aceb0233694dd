package org.skyway.experiments.vm.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.vm.image.GuestImage;

/// The shell of a real guest.
@Timeout(300)
class GuestShellIT {
    private static final int VISITS = 60;

    /// Nobody is there for a while, each time a little longer, in which the guest's shell ends and
    /// another one begins.
    @Test
    void whoeverConnectsAtWhateverMomentIsAnswered() throws Exception {
        Path qemu = Path.of("/usr/bin/qemu-system-x86_64");
        assumeTrue(Files.isExecutable(qemu), "there is no QEMU; apt-get install qemu-system-x86");
        ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
        GuestImage image = GuestImage.linux(GuestImage.defaultCache());
        try (RunFolder folder = new RunFolder();
                QemuGuest _ =
                        QemuGuest.start("visited", folder.path(), log::add, image, List.of())) {
            for (int i = 0; i < VISITS; i++) {
                try (GuestShell shell =
                        new GuestShell("visited", folder.path().resolve("visited.shell"))) {
                    assertEquals("visit " + i, shell.run("echo visit " + i).strip());
                }
                Thread.sleep(i % 37 * 3L);
            }
        }
    }
}
