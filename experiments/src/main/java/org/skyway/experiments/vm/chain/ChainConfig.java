package org.skyway.experiments.vm.chain;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skyway.bypass.control.JsonFault;
import org.skyway.bypass.control.KnownKeys;

/// A chain of guests, as its file has it.
///
/// ```yaml
/// libvirt-uri: qemu:///system
/// guests:
///   - {name: source, program: "source --rate 100000", ports: [vnf1], core: 0}
///   - {name: fw, program: "forward", ports: [vnf2, vnf3]}
///   - {name: sink, program: "sink", ports: [vnf4]}
/// ```
///
/// @param libvirtUri where the guests run; `qemu:///system` if not said
/// @param guests one or more
record ChainConfig(@JsonProperty("libvirt-uri") String libvirtUri, List<Guest> guests) {
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory())
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /// A guest of a chain.
    ///
    /// @param name the domain's name
    /// @param program a VNF program and its options, but not its ports
    /// @param ports one or two
    /// @param core the host's core that it is bound to, or null
    record Guest(String name, String program, List<String> ports, Integer core) {
        Guest {
            require(
                    name != null && name.matches("[A-Za-z0-9_-][A-Za-z0-9_.-]*"),
                    "guest name \"%s\" must have letters, digits, '_', '.' or '-'".formatted(name));
            require(program != null && !program.isBlank(), "guest " + name + " has no program");
            require(
                    ports != null && (ports.size() == 1 || ports.size() == 2),
                    "guest " + name + " needs one or two ports");
            for (String port : ports) {
                require(
                        port != null && port.matches("[A-Za-z0-9_.-]{1,15}"),
                        "port name \"%s\" of guest %s must have 1 to 15 letters, digits, '_', '.' or '-'"
                                .formatted(port, name));
            }
            require(core == null || core >= 0, "guest " + name + " can't have core " + core);
        }

        /// What the kernel's command line has for the VNF.
        List<String> arguments() {
            List<String> all = new ArrayList<>(List.of(program.strip().split("\\s+")));
            all.add(ports.size() == 1 ? "--port" : "--ports");
            all.add(String.join(",", ports));
            return all;
        }
    }

    ChainConfig {
        libvirtUri = libvirtUri == null ? "qemu:///system" : libvirtUri;
        require(guests != null && !guests.isEmpty(), "a chain needs guests");
        Set<String> taken = new HashSet<>();
        for (Guest guest : guests) {
            require(guest != null, "a guest of the chain has neither name nor program nor ports");
            require(taken.add("guest " + guest.name()), "two guests are named " + guest.name());
            for (String port : guest.ports()) {
                require(taken.add("port " + port), "port " + port + " has two guests");
            }
        }
    }

    /// Reads a chain.
    ///
    /// @throws IOException if the file can't be read or says something that can't be
    static ChainConfig read(Path file) throws IOException {
        try {
            String text = Files.readString(file);
            if (text.isBlank()) {
                throw new IOException("%s is empty; a chain needs guests".formatted(file));
            }
            String unknown = KnownKeys.firstUnknown(YAML, text, ChainConfig.class);
            if (unknown != null) {
                throw new IOException(file + ": " + unknown);
            }
            return YAML.readValue(text, ChainConfig.class);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s%s: %s"
                            .formatted(
                                    file,
                                    e.getLocation() == null
                                            ? ""
                                            : ":" + e.getLocation().getLineNr(),
                                    JsonFault.sentence(e)),
                    e);
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
