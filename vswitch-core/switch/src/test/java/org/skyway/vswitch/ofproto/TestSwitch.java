package org.skyway.vswitch.ofproto;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;

/// An OpenFlow side on a run directory, with ports 1 to 3 and LOCAL, over a [MemoryForwarding]. The
/// addresses are those that Open vSwitch gives dummy ports, so that the two can be compared.
final class TestSwitch implements AutoCloseable {
    final MemoryForwarding forwarding = new MemoryForwarding();
    final Ofproto ofproto;
    final Path directory;

    TestSwitch(Path directory, OfprotoConfig.FailMode failMode, String... targets)
            throws Exception {
        this(new OfprotoConfig("br0", 1, directory, List.of(targets), failMode));
    }

    TestSwitch(OfprotoConfig config) throws Exception {
        directory = config.runDirectory();
        ofproto = new Ofproto(config, forwarding);
        forwarding.ofproto = ofproto;
        ofproto.start();
        run(() -> {
            for (int i = 1; i <= 3; i++) {
                port(i, "p" + i);
            }
            port(OfPort.LOCAL, "br0");
            return null;
        });
    }

    private void port(int number, String name) {
        forwarding.port(
                PortState.of(
                        number,
                        name,
                        number == OfPort.LOCAL
                                ? 0xaabbcc0000ffL
                                : 0xaa55aa550000L | (number + 1) % 3 + 1));
    }

    /// Does something on the ofproto thread and waits for it.
    <T> T run(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, ofproto.executor()).join();
    }

    Path management() {
        return directory.resolve("br0.mgmt");
    }

    @Override
    public void close() {
        ofproto.close();
    }
}
