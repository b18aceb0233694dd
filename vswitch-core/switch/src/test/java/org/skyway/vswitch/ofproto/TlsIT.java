package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.message.Version;

/// `ovs-ofctl` over TLS, with certificates made for the test.
class TlsIT {
    @TempDir Path directory;

    private void openssl(String... arguments) throws Exception {
        OvsTool.Result r = OvsTool.run(directory, 60, arguments);
        assertEquals(0, r.status(), r.output());
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void selfSigned(String name) throws Exception {
        openssl(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file(name + ".key"),
                "-out",
                file(name + ".pem"));
    }

    private OfprotoConfig config(String target, OfprotoConfig.Tls tls) {
        return new OfprotoConfig(
                "br0",
                1,
                directory,
                List.of(target),
                OfprotoConfig.FailMode.SECURE,
                Set.of(Version.values()),
                OfprotoConfig.Description.DEFAULT,
                new ControllerSettings(5, 8),
                java.util.Map.of(),
                false,
                tls);
    }

    @Test
    void aToolWithATrustedCertificateIsServed() throws Exception {
        assumeTrue(OvsTool.installed("openssl"), "needs openssl: apt-get install openssl");
        assumeTrue(
                OvsTool.installed("ovs-ofctl"),
                "needs ovs-ofctl: apt-get install openvswitch-common");
        selfSigned("switch");
        selfSigned("tool");
        selfSigned("stranger");
        OfprotoConfig.Tls tls =
                new OfprotoConfig.Tls(
                        directory.resolve("switch.key"),
                        directory.resolve("switch.pem"),
                        directory.resolve("tool.pem"));
        try (TestSwitch sw = new TestSwitch(config("pssl:0:127.0.0.1", tls))) {
            String target = "ssl:127.0.0.1:" + sw.ofproto.tcpListeners().getFirst().getPort();
            OvsTool.Result served = show(target, "tool");
            assertEquals(0, served.status(), served.output());
            assertTrue(served.output().contains("dpid:0000000000000001"), served.output());
            OvsTool.Result refused = show(target, "stranger");
            assertEquals(1, refused.status(), refused.output());
        }
    }

    private OvsTool.Result show(String target, String who) throws Exception {
        return OvsTool.run(
                directory,
                20,
                "ovs-ofctl",
                "--private-key=" + file(who + ".key"),
                "--certificate=" + file(who + ".pem"),
                "--ca-cert=" + file("switch.pem"),
                "show",
                target);
    }

    @Test
    void withoutKeysNothingIsOpened() {
        IOException e =
                assertThrows(
                        IOException.class, () -> new TestSwitch(config("pssl:0:127.0.0.1", null)));
        assertTrue(e.getMessage().contains("needs a private key"), e.getMessage());
    }
}
