package org.skyway.vswitch.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.agent.PortAccess;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;

class PortUsersTest {
    @TempDir Path dir;

    private List<PortConfig> ports(String port) throws Exception {
        Path file = dir.resolve("skyway.yaml");
        Files.writeString(file, "ports:\n  - {number: 2, type: dpdkr, name: vnf1" + port + "}\n");
        return SwitchConfig.read(file).ports();
    }

    private String secret(String text) throws Exception {
        return Files.writeString(dir.resolve("secret"), text).toString();
    }

    private static String error(org.junit.jupiter.api.function.Executable work) {
        return assertThrows(ConfigException.class, work).getMessage();
    }

    @Test
    void usersOfAPortAreThoseOfTheFile() throws Exception {
        assumeTrue(RunDirectory.uid() == 0, "needs to run as root, to let others in");
        var ports = ports(", users: [nobody], secret-file: " + secret("0123456789\n"));
        PortAccess access = PortUsers.access(ports);
        var users = FileSystems.getDefault().getUserPrincipalLookupService();
        var nobody = users.lookupPrincipalByName("nobody");
        assertNull(access.refusal(nobody, "vnf1", "0123456789"));
        assertNotNull(access.refusal(nobody, "vnf1", "012345678"));
        assertNotNull(access.refusal(nobody, "vnf2", "0123456789"));
        assertNotNull(access.refusal(users.lookupPrincipalByName("daemon"), "vnf1", "0123456789"));
    }

    @Test
    void whatIsMissingIsSaid() throws Exception {
        String secret = secret("0123456789");
        assertTrue(error(() -> ports(", users: [nobody]")).contains("both users and a secret"));
        assertTrue(error(() -> ports(", secret-file: x")).contains("both users and a secret"));
        var unknown = ports(", users: [no-such-user], secret-file: " + secret);
        assertEquals(
                "port vnf1 names user no-such-user, but there is no such user",
                error(() -> PortUsers.access(unknown)));
        var missing = ports(", users: [nobody], secret-file: " + dir.resolve("none"));
        assertTrue(error(() -> PortUsers.access(missing)).contains("can't read the secret"));
        var brief = ports(", users: [nobody], secret-file: " + secret("1234567"));
        assertTrue(error(() -> PortUsers.access(brief)).contains("has 7 characters"));
    }
}
