package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.ring.Mark;
import org.skyway.ivshmem.region.Region;

/// Two ports with a link between them, the test being the data thread of both and their switch.
abstract class LinkedPorts {
    static final int CELLS = 512;
    static final int SENDER_SLOT = 2;
    static final int RECEIVER_SLOT = 7;

    @TempDir Path dir;
    PortRig sender;
    PortRig receiver;
    Region link;

    @BeforeEach
    void open() throws Exception {
        sender = new PortRig(dir, "sender", CELLS);
        receiver = new PortRig(dir, "receiver", CELLS);
        link = PortRig.createLink(dir, "link", CELLS);
        sender.attach(SENDER_SLOT, link, true);
        receiver.attach(RECEIVER_SLOT, link, false);
    }

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
        link.close();
    }

    long toBypass(int epoch) {
        long command = ControlBlock.command(Mode.BYPASS, SENDER_SLOT, epoch);
        sender.control.command(command);
        return command;
    }

    long toNormal(int epoch) {
        long command = ControlBlock.command(Mode.NORMAL, 0, epoch);
        sender.control.command(command);
        return command;
    }

    /// As the switch does when the sender's mark gets to the receiver.
    void startReading(int epoch) {
        assertTrue(receiver.toVnf.mark(Mark.of(Mark.Kind.TO_BYPASS, RECEIVER_SLOT, epoch)));
    }
}
