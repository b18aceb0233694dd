package org.skyway.experiments.vm.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.image.GuestImage;

/// A plain Linux guest in a QEMU of its own, without libvirt: its network devices are virtio's,
/// served by whoever is at the other end of a socket. It has a shell that is asked from here. One
/// thread at a time.
public final class QemuGuest implements AutoCloseable {
    private static final int MEMORY_MIB = 192;

    /// Between two bursts of a busy host, so that nothing is lost in the guest.
    private static final int QUEUE_SLOTS = 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final String name;
    private final GuestShell shell;
    private final Program qemu;

    /// A network device.
    ///
    /// @param socket of vhost-user
    /// @param listens whether QEMU is the one that others connect to
    /// @param properties more of the device, beginning with a comma; or nothing
    public record Device(Path socket, boolean listens, String properties) {
        private String chardev(int n) {
            return "socket,id=net%d,path=%s,%s"
                    .formatted(n, socket, listens ? "server=on" : "reconnect=1");
        }
    }

    private QemuGuest(String name, GuestShell shell, Program qemu) {
        this.name = name;
        this.shell = shell;
        this.qemu = qemu;
    }

    /// Starts a guest. A device that listens holds it up until somebody has connected.
    ///
    /// @param name its name, also of files
    /// @param folder where its console and its shell's socket are; with a short name
    /// @param onLine gets what QEMU itself says
    /// @param image what it boots
    /// @param devices its network devices, eth0 and so on
    /// @param options of what it runs
    /// @return the guest, which may not have booted
    public static QemuGuest start(
            String name,
            Path folder,
            Consumer<String> onLine,
            GuestImage image,
            List<Device> devices,
            String... options) {
        Path shell = folder.resolve(name + ".shell");
        boolean kvm = Virtualisation.isUsable();
        List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-nodefaults"));
        command.addAll(List.of("-nographic", "-m", MEMORY_MIB + "M"));
        command.addAll(List.of("-machine", "pc,memory-backend=ram,accel=" + (kvm ? "kvm" : "tcg")));
        command.addAll(List.of("-cpu", kvm ? "host" : image.cpuModel()));
        // Or nobody else could see it.
        command.addAll(
                List.of(
                        "-object",
                        "memory-backend-memfd,id=ram,share=on,size=%dM".formatted(MEMORY_MIB)));
        command.addAll(List.of("-kernel", image.kernel().toString()));
        command.addAll(List.of("-initrd", image.initrd().toString()));
        command.addAll(
                List.of(
                        "-append",
                        "console=ttyS0 quiet panic=-1 -- linux " + String.join(" ", options)));
        command.addAll(List.of("-serial", "file:" + folder.resolve(name + ".console")));
        command.addAll(List.of("-monitor", "stdio"));
        command.addAll(List.of("-device", "virtio-serial-pci"));
        command.addAll(
                List.of("-chardev", "socket,id=shell,server=on,wait=off,path=%s".formatted(shell)));
        command.addAll(
                List.of("-device", "virtserialport,chardev=shell,name=" + GuestSpec.SHELL_PORT));
        for (int n = 0; n < devices.size(); n++) {
            Device device = devices.get(n);
            command.addAll(List.of("-chardev", device.chardev(n)));
            command.addAll(List.of("-netdev", "vhost-user,id=dev%d,chardev=net%d".formatted(n, n)));
            command.addAll(
                    List.of(
                            "-device",
                            "virtio-net-pci,netdev=dev%d,romfile=,mac=%s,rx_queue_size=%d,tx_queue_size=%d%s%s%s"
                                    .formatted(
                                            n,
                                            address(name, n),
                                            QUEUE_SLOTS,
                                            QUEUE_SLOTS,
                                            GuestSpec.PATIENT,
                                            kvm ? "" : GuestSpec.NO_VECTORS,
                                            device.properties())));
        }
        return new QemuGuest(
                name, new GuestShell(name, shell), Program.start(name, folder, onLine, command));
    }

    // The same for the same guest.
    private static String address(String guest, int device) {
        int hash = guest.hashCode();
        return "02:53:%02x:%02x:%02x:%02x"
                .formatted(hash >> 16 & 255, hash >> 8 & 255, hash & 255, device);
    }

    /// Has the guest's shell do something: see [GuestShell#run].
    ///
    /// @param command for the shell
    /// @return what it printed
    public String run(String command) {
        return shell.run(command);
    }

    /// The same, whatever becomes of it.
    ///
    /// @param command for the shell
    /// @return what it printed
    public String tryTo(String command) {
        return shell.tryTo(command);
    }

    /// Has the shell do something in the background, one at a time: see [#hasEnded].
    ///
    /// @param command for the shell
    public void begin(String command) {
        run(
                "rm -f /tmp/ended; (%s > /tmp/said 2>&1; touch /tmp/ended) > /dev/null 2>&1 &"
                        .formatted(command));
    }

    /// Whether what [#begin] began has ended.
    ///
    /// @return true if so
    public boolean hasEnded() {
        return tryTo("ls /tmp/ended").equals("/tmp/ended\n");
    }

    /// What that has printed.
    ///
    /// @return so far
    public String said() {
        return run("cat /tmp/said");
    }

    /// A counter of the guest's first network device.
    ///
    /// @param which by Linux's name, for instance `rx_packets`
    /// @return its value
    public long counter(String which) {
        return Long.parseLong(run("cat /sys/class/net/eth0/statistics/" + which).strip());
    }

    /// Has QEMU's monitor do something that it refuses.
    ///
    /// @param command for the monitor
    /// @return the error, which QEMU's own word for begins
    public String refused(String command) {
        StringBuilder said = new StringBuilder();
        qemu.say(command);
        qemu.await(
                line -> {
                    if (line.startsWith("Error: ")) {
                        said.setLength(0);
                        said.append(line);
                        return true;
                    }
                    return false;
                },
                PATIENCE,
                "it refuses " + command);
        return said.toString();
    }

    /// Boots it anew, as its reset button does.
    public void reset() {
        qemu.say("system_reset");
    }

    /// QEMU.
    ///
    /// @return the process
    public Program program() {
        return qemu;
    }

    /// What the guest printed.
    ///
    /// @param folder as given to [#start]
    /// @return its console, so far
    /// @throws IOException if that can't be read
    public String console(Path folder) throws IOException {
        Path file = folder.resolve(name + ".console");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Override
    public void close() {
        shell.close();
        qemu.close();
    }
}
