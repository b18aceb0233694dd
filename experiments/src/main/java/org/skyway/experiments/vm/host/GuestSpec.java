package org.skyway.experiments.vm.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.skyway.agent.libvirt.GuestDescription;
import org.skyway.experiments.vm.image.GuestImage;

/// A guest with a VNF program or `testpmd`, as libvirt wants to be told.
///
/// @param name the domain's name
/// @param image what it boots
/// @param arguments the VNF program and its options; none may have blanks
/// @param ports the ports that it drives, in the order of the program's
/// @param directory where its console and its channels are; with a short name
/// @param core the host's core that it is bound to; -1 for none
public record GuestSpec(
        String name,
        GuestImage image,
        List<String> arguments,
        List<Port> ports,
        Path directory,
        int core) {
    private static final int MEMORY_MIB = 384;

    /// COMMAND_LINE_SIZE of Linux on x86 is 2048.
    private static final int MAX_ARGUMENTS_LENGTH = 1900;

    /// What `--commands` is in a guest.
    public static final String COMMANDS = "/dev/virtio-ports/org.skyway.tester.0";

    /// A port of a guest.
    ///
    /// @param name the port's name at the switch
    /// @param region its region's file, in `/dev/shm`
    public record Port(String name, Path region) {}

    /// Checks the arguments.
    ///
    /// @throws IllegalArgumentException if they can't be on a kernel's command line
    public GuestSpec {
        for (String argument : arguments) {
            if (!argument.matches("[^\\s\"'<>&]+")) {
                throw new IllegalArgumentException(
                        "guest %s can't have the option \"%s\": no blanks, quotes, < > or &"
                                .formatted(name, argument));
            }
        }
        if (String.join(" ", arguments).length() > MAX_ARGUMENTS_LENGTH) {
            throw new IllegalArgumentException(
                    "guest %s has options of more than %d characters, which a kernel does not take"
                            .formatted(name, MAX_ARGUMENTS_LENGTH));
        }
    }

    /// Where what the guest prints goes.
    ///
    /// @return a file
    public Path console() {
        return directory.resolve(name + ".console");
    }

    /// The socket of a port's channel.
    ///
    /// @param index which port
    /// @return a socket that QEMU makes
    public Path channel(int index) {
        return directory.resolve(name + "." + index + ".sock");
    }

    /// The socket of the channel by which a program is told what to do: one that has the option
    /// `--commands` with [#COMMANDS].
    ///
    /// @return a socket that QEMU makes
    public Path commands() {
        return directory.resolve(name + ".commands.sock");
    }

    /// The domain, for `virsh create` or `define`.
    ///
    /// @return XML
    /// @throws IOException if a region does not exist
    public String xml() throws IOException {
        StringBuilder devices = new StringBuilder();
        StringBuilder metadata = new StringBuilder();
        for (int i = 0; i < ports.size(); i++) {
            Port port = ports.get(i);
            metadata.append(
                    "<skyway:port name='%s' channel='org.skyway.pmd.%d'/>"
                            .formatted(port.name(), i));
            devices.append(
                    """
                        <channel type='unix'>
                          <source mode='bind' path='%s'/>
                          <target type='virtio' name='org.skyway.pmd.%d'/>
                        </channel>
                        <shmem name='%s' role='master'>
                          <model type='ivshmem-plain'/>
                          <size unit='KiB'>%d</size>
                        </shmem>
                    """
                            .formatted(
                                    channel(i),
                                    i,
                                    port.region().getFileName(),
                                    Files.size(port.region()) / 1024));
        }
        if (arguments.contains(COMMANDS)) {
            devices.append(
                    """
                        <channel type='unix'>
                          <source mode='bind' path='%s'/>
                          <target type='virtio' name='org.skyway.tester.0'/>
                        </channel>
                    """
                            .formatted(commands()));
        }
        boolean kvm = Virtualisation.isUsable();
        return """
        <domain type='%s'>
          <name>%s</name>
          <metadata><skyway:vnf xmlns:skyway='%s'>%s</skyway:vnf></metadata>
          <memory unit='MiB'>%d</memory>
          <vcpu placement='static'%s>1</vcpu>
          <os>
            <type arch='x86_64' machine='pc'>hvm</type>
            <kernel>%s</kernel>
            <initrd>%s</initrd>
            <cmdline>console=ttyS0 quiet panic=-1 -- %s</cmdline>
          </os>
          <features><acpi/></features>
          %s
          <clock offset='utc'/>
          <on_poweroff>destroy</on_poweroff>
          <on_reboot>destroy</on_reboot>
          <on_crash>destroy</on_crash>
          <devices>
            <emulator>/usr/bin/qemu-system-x86_64</emulator>
            <controller type='pci' index='0' model='pci-root'/>
            <controller type='usb' model='none'/>
            <controller type='virtio-serial' index='0'/>
            <serial type='file'><source path='%s'/><target port='0'/></serial>
        %s    <memballoon model='none'/>
          </devices>
        </domain>
        """
                .formatted(
                        kvm ? "kvm" : "qemu",
                        name,
                        GuestDescription.NAMESPACE,
                        metadata,
                        MEMORY_MIB,
                        core < 0 ? "" : " cpuset='" + core + "'",
                        image.kernel().toAbsolutePath(),
                        image.initrd().toAbsolutePath(),
                        commandLine(kvm),
                        kvm
                                ? "<cpu mode='host-passthrough'/>"
                                : "<cpu mode='custom' match='exact' check='none'><model fallback='allow'>%s</model></cpu>"
                                        .formatted(image.cpuModel()),
                        console(),
                        devices);
    }

    // How to wait for packets, unless the program is told: see the VNF programs' --idle.
    private String commandLine(boolean kvm) {
        String given = String.join(" ", arguments);
        return kvm || !image.canRest() || arguments.contains("--idle")
                ? given
                : given + " --idle rest";
    }
}
