package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.RunDirectory;

class PeerCredentialsTest {
    @Test
    void areThoseOfTheProcessThatConnected(@TempDir Path dir) throws Exception {
        var address = UnixDomainSocketAddress.of(dir.resolve("s"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            try (SocketChannel client = SocketChannel.open(address);
                    SocketChannel peer = server.accept()) {
                PeerCredentials of = PeerCredentials.of(peer);
                assertEquals(ProcessHandle.current().pid(), of.pid());
                assertEquals(RunDirectory.uid(), of.uid());
                assertEquals(of, PeerCredentials.of(client), "and of the one that listens");
            }
        }
    }
}
