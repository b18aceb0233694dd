package org.skyway.pmd.control;

import java.io.IOException;
import java.nio.file.Path;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage.Introduce;

/// A virtio-serial port of this guest.
///
/// @param device like `/dev/virtio-ports/org.skyway.pmd.0`
public record VirtioSerialTransport(Path device) implements ControlTransport {
    /// The first part of the port names; the number of the VNF's port follows.
    public static final String NAME_PREFIX = "org.skyway.pmd.";

    private static final long ABSENT_MILLIS = 50;

    /// The device of the n-th port of a guest.
    ///
    /// @param index from 0
    /// @return the transport
    public static VirtioSerialTransport of(int index) {
        return new VirtioSerialTransport(Path.of("/dev/virtio-ports", NAME_PREFIX + index));
    }

    @Override
    public ControlChannel open() throws IOException {
        return new ControlChannel(VirtioSerialPort.open(device));
    }

    /// As long as nobody has opened the port on the host, reading it yields its end.
    @Override
    public void awaitSwitch() throws IOException, InterruptedException {
        try (ControlChannel channel = open()) {
            while (true) {
                switch (channel.receive()) {
                    case null -> Thread.sleep(ABSENT_MILLIS);
                    case Introduce _ -> {
                        return;
                    }
                    default -> {
                        // Meant for whoever held the port before.
                    }
                }
            }
        }
    }

    @Override
    public boolean inGuest() {
        return true;
    }
}
