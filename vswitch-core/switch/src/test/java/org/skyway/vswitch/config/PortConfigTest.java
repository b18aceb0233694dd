package org.skyway.vswitch.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortConfigTest {
    @Test
    void flagsSayWhatOthersSayAndTypesAreReadAgain() {
        for (String text :
                List.of(
                        "2:dpdkr:vnf1",
                        "3:netdev:eth0",
                        "4:memif:m",
                        "4:memif:m,socket=/run/a:b.sock,id=4294967295,role=client,ring-size=64,buffer-size=128",
                        "5:memif:m,socket=x.sock,owner=root,group=kvm,mode=660,secret-file=/etc/s",
                        "6:memif:m,secret-file=/etc/s",
                        "7:dpdkvhostuser:v",
                        "7:dpdkvhostuser:v,owner=libvirt-qemu,group=kvm,mode=660",
                        "7:dpdkvhostuserclient:v,socket=/run/v.sock")) {
            PortConfig p = PortConfig.parse(text);
            assertEquals(p, PortConfig.ofTyped(p.number(), p.typed(), p.name()), text);
            int options = text.indexOf(',');
            String flag = options < 0 ? "" : text.substring(options);
            assertEquals(
                    p,
                    PortConfig.parse(
                            p.number() + ":" + p.typed().split(",")[0] + ":" + p.name() + flag));
        }
        assertEquals(0, PortConfig.parse("memif:m,socket=/run/a:b").number());
        assertEquals(0, PortConfig.parse("dpdkr:vnf").number());
    }

    @Test
    void whatCantBeIsRefused() {
        String[][] wrong = {
            {"1:dpdkr:v,socket=/x", "has no socket"},
            {"1:memif:m,role=client", "needs to know where"},
            {"1:memif:m,role=boss", "neither server nor client"},
            {"1:memif:m,ring-size=64", "rings and buffers are a client's"},
            {"1:memif:m,socket=/x,role=client,mode=660", "the socket is a server's"},
            {"1:memif:m,socket=/x,role=client,ring-size=63", "no power of two"},
            {"1:memif:m,socket=/x,role=client,buffer-size=100", "no multiple of 64"},
            {"1:memif:m,id=4294967296", "interface id"},
            {"1:memif:m,id=-1", "interface id"},
            {"1:memif:m,id=x", "must be numbers"},
            {"1:memif:m,mode=999", "octal"},
            {"1:memif:m,colour=red", "is no option"},
            {"1:memif:m,id=1,id=2", "is no option"},
            {"1:memif:m,", "is no option"},
            {
                "1:tap:m",
                "there are dpdkr, netdev, internal, patch, memif, dpdkvhostuser, dpdkvhostuserclient"
            },
            {"1:dpdkvhostuserclient:v", "needs to know where QEMU"},
            {"1:dpdkvhostuserclient:v,socket=/x,mode=660", "it can have socket"},
            {"1:dpdkvhostuser:v,id=1", "it can have socket, owner"},
            {"1:dpdkvhostuser:v,secret-file=/x", "a secret"},
            {"x:dpdkr:m", "is not NUMBER:TYPE:NAME"},
            {"1:patch:p", "peer=NAME"},
            {"1:dpdkr:p,peer=q", "has no peer"},
        };
        for (String[] w : wrong) {
            ConfigException e =
                    assertThrows(ConfigException.class, () -> PortConfig.parse(w[0]), w[0]);
            assertTrue(e.getMessage().contains(w[1]), w[0] + ": " + e.getMessage());
        }
    }

    @Test
    void aPathThatCouldNotBeReadAgainIsRefused(@TempDir Path dir) throws IOException {
        String text = "ports: [{type: dpdkvhostuser, name: v, socket: '/run/a,b'}]";
        Path file = Files.writeString(dir.resolve("skyway.yaml"), text);
        ConfigException e = assertThrows(ConfigException.class, () -> SwitchConfig.read(file));
        assertTrue(e.getMessage().contains("has a comma"), e.getMessage());
    }

    @Test
    void filesSayTheSame(@TempDir Path dir) throws IOException {
        Path file =
                Files.writeString(
                        dir.resolve("skyway.yaml"),
                        """
                        ports:
                          - {number: 4, type: memif, name: m, socket: /x.sock, id: 7, role: client, ring-size: 64}
                          - {number: 5, type: memif, name: n, secret-file: /etc/s, mode: "660"}
                        """);
        assertEquals(
                List.of(
                        PortConfig.parse("4:memif:m,socket=/x.sock,id=7,role=client,ring-size=64"),
                        PortConfig.parse("5:memif:n,secret-file=/etc/s,mode=660")),
                SwitchConfig.read(file).ports());
    }
}
