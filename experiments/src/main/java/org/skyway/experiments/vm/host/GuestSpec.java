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
    private static final int LINUX_MEMORY_MIB = 192;

    /// The program of guests without a driver of Skyway's.
    public static final String LINUX = "linux";

    /// COMMAND_LINE_SIZE of Linux on x86 is 2048.
    private static final int MAX_ARGUMENTS_LENGTH = 1900;

    /// What `--commands` is in a guest.
    public static final String COMMANDS = "/dev/virtio-ports/org.skyway.tester.0";

    /// The virtio-serial port that a plain Linux has a shell at.
    public static final String SHELL_PORT = "org.skyway.shell.0";

    /// Without KVM, QEMU up to 7.2 dies when a network device that another process serves starts
    /// with message-signalled interrupts.
    static final String NO_VECTORS = ",vectors=0";

    /// What a guest sends while there is no switch waits in its queue: it is not told that its link
    /// is down, or it would drop that, and QEMU does not serve the queue in the switch's place, or
    /// it would.
    static final String PATIENT = ",status=off,ioeventfd=off";

    // Or the switch could not see it.
    private static final String SHARED_MEMORY =
            "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>";

    /// A port of a guest.
    ///
    /// @param name the port's name at the switch
    /// @param region its region's file, in `/dev/shm`; null if it has a socket
    /// @param socket of vhost-user; null if it has a region
    /// @param listens whether QEMU is the one that the switch connects to there
    public record Port(String name, Path region, Path socket, boolean listens) {
        /// A port with a region.
        ///
        /// @param name the port's name at the switch
        /// @param region its region's file, in `/dev/shm`
        public Port(String name, Path region) {
            this(name, region, null, false);
        }
    }

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

    /// The socket of the shell of a plain Linux.
    ///
    /// @return a socket that QEMU makes
    public Path shell() {
        return directory.resolve(name + ".shell");
    }

    private boolean isLinux() {
        return arguments.getFirst().equals(LINUX);
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
            if (port.socket() != null) {
                metadata.append("<skyway:stock name='%s'/>".formatted(port.name()));
                devices.append(networkDevice(port));
                continue;
            }
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
            devices.append(channel(commands(), "org.skyway.tester.0"));
        }
        if (isLinux()) {
            devices.append(channel(shell(), SHELL_PORT));
        }
        boolean kvm = Virtualisation.isUsable();
        return """
        <domain type='%s' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
          <name>%s</name>
          <metadata><skyway:vnf xmlns:skyway='%s'>%s</skyway:vnf></metadata>
          <memory unit='MiB'>%d</memory>%s
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
          </devices>%s
        </domain>
        """
                .formatted(
                        kvm ? "kvm" : "qemu",
                        name,
                        GuestDescription.NAMESPACE,
                        metadata,
                        isLinux() ? LINUX_MEMORY_MIB : MEMORY_MIB,
                        isLinux() ? SHARED_MEMORY : "",
                        core < 0 ? "" : " cpuset='" + core + "'",
                        image.kernel().toAbsolutePath(),
                        image.initrd().toAbsolutePath(),
                        commandLine(kvm),
                        kvm
                                ? "<cpu mode='host-passthrough'/>"
                                : "<cpu mode='custom' match='exact' check='none'><model fallback='allow'>%s</model></cpu>"
                                        .formatted(image.cpuModel()),
                        console(),
                        devices,
                        isLinux() ? networkOptions(kvm) : "");
    }

    private static String channel(Path socket, String name) {
        return """
            <channel type='unix'>
              <source mode='bind' path='%s'/>
              <target type='virtio' name='%s'/>
            </channel>
        """
                .formatted(socket, name);
    }

    // Without a ROM, which would use the device before the kernel does.
    private static String networkDevice(Port port) {
        return """
            <interface type='vhostuser'>
              <source type='unix' path='%s' mode='%s'>%s</source>
              <model type='virtio'/>
              <driver rx_queue_size='1024' tx_queue_size='1024'/>
              <rom enabled='no'/>
            </interface>
        """
                .formatted(
                        port.socket(),
                        port.listens() ? "server" : "client",
                        port.listens() ? "" : "<reconnect enabled='yes' timeout='1'/>");
    }

    // For all network devices; libvirt has no words of its own for these.
    private static String networkOptions(boolean kvm) {
        StringBuilder options = new StringBuilder();
        for (String option : (PATIENT + (kvm ? "" : NO_VECTORS)).substring(1).split(",")) {
            options.append(
                    "<qemu:arg value='-global'/><qemu:arg value='virtio-net-pci.%s'/>"
                            .formatted(option));
        }
        return "<qemu:commandline>%s</qemu:commandline>".formatted(options);
    }

    // How to wait for packets, unless the program is told: see the VNF programs' --idle.
    private String commandLine(boolean kvm) {
        String given = String.join(" ", arguments);
        return kvm || !image.canRest() || arguments.contains("--idle")
                ? given
                : given + " --idle rest";
    }
}
