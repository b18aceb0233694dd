package org.skyway.experiments.vm.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.vswitch.daemon.ControlClient;

/// Guests on the ports of a running switch.
public final class Chain {
    private static final String CLIENT = "dpdkvhostuserclient";
    private static final String SERVER = "dpdkvhostuser";

    private final ControlClient control;
    private final Images images;
    private final Path directory;

    /// Guests for a switch.
    ///
    /// @param control of the switch
    /// @param images what they boot
    /// @param directory where their consoles and channels are; with a short name
    public Chain(ControlClient control, Images images, Path directory) {
        this.control = control;
        this.images = images;
        this.directory = directory;
    }

    /// Describes a guest; ports that the switch lacks are added.
    ///
    /// @param name the guest's
    /// @param arguments the VNF program and its options
    /// @param ports the ports that it drives
    /// @param core the host's core that it is bound to; -1 for none
    /// @return the guest
    /// @throws IOException if the switch is not one for virtual machines, or the image can't be
    ///   built
    /// @throws InterruptedException if interrupted while the image is built
    public GuestSpec guest(String name, List<String> arguments, List<String> ports, int core)
            throws IOException, InterruptedException {
        boolean stock = arguments.getFirst().equals(Images.LINUX);
        List<GuestSpec.Port> own = new ArrayList<>();
        for (String port : ports) {
            own.add(stock ? stock(port) : new GuestSpec.Port(port, region(port)));
        }
        return new GuestSpec(name, images.of(arguments), arguments, own, directory, core);
    }

    /// Looks whether guests can have their ports.
    ///
    /// @param guest a guest's name
    /// @param ports the ports that it is to drive
    /// @throws IOException if somebody else has one of them
    void checkFree(String guest, List<String> ports) throws IOException {
        for (JsonNode machine : control.ask(ControlClient.request("machines"))) {
            String port = machine.path("port").asText();
            String domain = machine.path("domain").asText();
            if (ports.contains(port) && !domain.equals(guest)) {
                throw new IOException(
                        "guest %s can't have port %s: domain %s has it"
                                .formatted(guest, port, domain));
            }
        }
        for (String name : ports) {
            JsonNode port = port(name);
            if (port != null && port.path("pid").asLong() != 0) {
                throw new IOException(
                        "guest %s can't have port %s: process %d drives it"
                                .formatted(guest, name, port.path("pid").asLong()));
            }
        }
    }

    /// What ports the switch will be given.
    ///
    /// @param ports those that a guest is to drive
    /// @return a sentence; null if it has them all
    String newPorts(List<String> ports) {
        List<String> there = new ArrayList<>();
        control.ask(ControlClient.request("ports")).forEach(p -> there.add(p.get("name").asText()));
        List<String> missing = ports.stream().filter(p -> !there.contains(p)).toList();
        return missing.isEmpty()
                ? null
                : "the switch has no port %s and gets it now; its ports were %s"
                        .formatted(
                                String.join(", ", missing),
                                there.isEmpty() ? "none" : String.join(", ", there));
    }

    // QEMU listens unless the switch does: so it finds the next switch as well.
    private GuestSpec.Port stock(String name) throws IOException {
        JsonNode port = port(name);
        if (port == null) {
            Files.createDirectories(directory);
            String type = CLIENT + ",socket=" + directory.resolve(name + ".vhost");
            control.ask(ControlClient.request("port-add").put("type", type).put("name", name));
            port = port(name);
        }
        String type = port.path("type").asText();
        if (!type.equals(CLIENT) && !type.equals(SERVER)) {
            throw new IOException(
                    "port %s is of type %s, and a plain Linux can't drive that; remove it with `skyway ctl port del`, or name another"
                            .formatted(name, type));
        }
        Path socket = Path.of(port.path("socket").asText());
        return new GuestSpec.Port(name, null, socket, type.equals(CLIENT));
    }

    private Path region(String name) throws IOException {
        JsonNode port = port(name);
        if (port == null) {
            control.ask(ControlClient.request("port-add").put("type", "dpdkr").put("name", name));
            port = port(name);
        }
        JsonNode region = port.path("region");
        if (!region.isTextual()) {
            throw new IOException(
                    "port %s is not for virtual machines; start the switch with --vms"
                            .formatted(name));
        }
        return Path.of(region.textValue());
    }

    private JsonNode port(String name) {
        for (JsonNode port : control.ask(ControlClient.request("ports"))) {
            if (port.get("name").asText().equals(name)) {
                return port;
            }
        }
        return null;
    }
}
