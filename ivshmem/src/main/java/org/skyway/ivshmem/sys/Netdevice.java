package org.skyway.ivshmem.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.skyway.ivshmem.region.Memory;

/// Asks and sets facts of one interface by netdevice(7) ioctls on a socket, which answer for the
/// network namespace of that socket (sysfs would answer for the one it was mounted in). The
/// interface is known by its index, so that a namesake that was made later is not mistaken for it.
///
/// One thread at a time.
final class Netdevice {
    static final int MAX_NAME_LENGTH = 15;

    private static final int SIOCGIFNAME = 0x8910;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCSIFMTU = 0x8922;
    private static final int SIOCSIFHWADDR = 0x8924;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GSET = 1;
    private static final int ETHTOOL_GDRVINFO = 3;
    private static final int ETHTOOL_DRVINFO_BYTES = 196;
    private static final int DRVINFO_TEXT = 32;

    private static final int IFF_UP = 1;
    private static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;

    private static final int IFREQ_BYTES = 40;
    private static final int VALUE = 16; // offset of the union behind the name
    private static final int ETHTOOL_CMD_BYTES = 44;

    private final String name;
    private final int fd;
    private volatile int index;
    private final MemorySegment state;
    private final MemorySegment request;
    private final long value;
    private final long ethtool;

    Netdevice(Arena arena, int fd, String name) throws IOException {
        this.fd = fd;
        this.name = name;
        state = Syscalls.newState(arena);
        request = arena.allocate(IFREQ_BYTES, 8);
        value = request.address() + VALUE;
        ethtool = arena.allocate(ETHTOOL_DRVINFO_BYTES, 8).address();
        find();
    }

    /// Takes the interface that has the name now, which may be another one than before.
    void find() throws IOException {
        byte[] bytes = name.getBytes(US_ASCII);
        request.fill((byte) 0);
        Memory.copyFromArray(bytes, 0, request.address(), bytes.length);
        check(call(SIOCGIFINDEX), "find");
        int found = Memory.getInt(value);
        check(call(SIOCGIFHWADDR), "read the type of");
        int type = Memory.getShort(value);
        if (type != ARPHRD_ETHER && type != ARPHRD_LOOPBACK) {
            throw new IOException(
                    "interface %s does not carry Ethernet frames (its type is %d, not %d); use another"
                            .formatted(name, type, ARPHRD_ETHER));
        }
        index = found;
    }

    /// Whether there is an interface of a name.
    static boolean isThere(Arena arena, int fd, String name) {
        MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
        byte[] bytes = name.getBytes(US_ASCII);
        Memory.copyFromArray(bytes, 0, request.address(), bytes.length);
        return Syscalls.ioctl(Syscalls.newState(arena), fd, SIOCGIFINDEX, request) >= 0;
    }

    static void checkName(String name) {
        boolean plain =
                !name.isEmpty()
                        && name.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':');
        if (!plain || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    "'%s' can't be the name of an interface; see `ip link` for those there are"
                            .formatted(name));
        }
        if (name.length() > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException(
                    "'%s' can't be the name of an interface: it has %d characters, and Linux allows %d"
                            .formatted(name, name.length(), MAX_NAME_LENGTH));
        }
    }

    int index() {
        return index;
    }

    InterfaceState linkState() {
        if (!refreshName() || call(SIOCGIFFLAGS) < 0) {
            return InterfaceState.GONE;
        }
        return InterfaceState.ofFlags(Memory.getShort(value));
    }

    InterfaceFacts facts() {
        InterfaceState link = linkState();
        if (!link.isHere()) {
            return InterfaceFacts.absent(link);
        }
        String now = text(request.address(), MAX_NAME_LENGTH);
        if (call(SIOCGIFHWADDR) < 0) {
            return InterfaceFacts.absent(InterfaceState.GONE);
        }
        return new InterfaceFacts(now, link, macInRequest(), modes());
    }

    void setAdminUp(boolean up) throws IOException {
        checkPresent();
        check(call(SIOCGIFFLAGS), "read the flags of");
        int flags = Memory.getShort(value);
        int wanted = up ? flags | IFF_UP : flags & ~IFF_UP;
        if (wanted != flags) {
            Memory.putShort(value, wanted);
            check(call(SIOCSIFFLAGS), up ? "bring up" : "take down");
        }
    }

    int mtu() throws IOException {
        checkPresent();
        check(call(SIOCGIFMTU), "read the MTU of");
        return Memory.getInt(value);
    }

    long mac() throws IOException {
        checkPresent();
        check(call(SIOCGIFHWADDR), "read the MAC address of");
        return macInRequest();
    }

    private long macInRequest() {
        return Memory.getLongBE(value) & 0xffff_ffff_ffffL;
    }

    void setMtu(int bytes) throws IOException {
        checkPresent();
        Memory.putInt(value, bytes);
        check(call(SIOCSIFMTU), "set the MTU of");
    }

    void setMac(long mac) throws IOException {
        checkPresent();
        Memory.putShort(value, ARPHRD_ETHER);
        Memory.putShortBE(value + 2, (int) (mac >>> 32));
        Memory.putIntBE(value + 4, (int) mac);
        check(call(SIOCSIFHWADDR), "set the MAC address of");
    }

    LinkModes modes() {
        if (!refreshName()) {
            return LinkModes.UNKNOWN;
        }
        Memory.clear(ethtool, ETHTOOL_CMD_BYTES);
        Memory.putInt(ethtool, ETHTOOL_GSET);
        Memory.putLong(value, ethtool);
        if (call(SIOCETHTOOL) < 0) {
            return LinkModes.UNKNOWN;
        }
        int speed = Memory.getShort(ethtool + 28) << 16 | Memory.getShort(ethtool + 12);
        boolean known = speed > 0 && speed != 0xffff;
        return new LinkModes(
                known ? speed : 0,
                Memory.getByte(ethtool + 14) == 1,
                Memory.getByte(ethtool + 15),
                Memory.getByte(ethtool + 18) != 0,
                Memory.getInt(ethtool + 4),
                Memory.getInt(ethtool + 8));
    }

    // Name, version and firmware; null if the driver does not say.
    String[] driver() {
        if (!refreshName()) {
            return null;
        }
        Memory.clear(ethtool, ETHTOOL_DRVINFO_BYTES);
        Memory.putInt(ethtool, ETHTOOL_GDRVINFO);
        Memory.putLong(value, ethtool);
        if (call(SIOCETHTOOL) < 0) {
            return null;
        }
        String[] texts = new String[3];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = text(ethtool + 4 + (long) i * DRVINFO_TEXT, DRVINFO_TEXT);
        }
        return texts;
    }

    private static String text(long at, int most) {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < most && Memory.getByte(at + n) != 0; n++) {
            text.append((char) (Memory.getByte(at + n) & 0x7f));
        }
        return text.toString();
    }

    // An interface may be renamed while it is open, and all other requests go by the name.
    private boolean refreshName() {
        Memory.putInt(value, index);
        return call(SIOCGIFNAME) >= 0;
    }

    private void checkPresent() throws IOException {
        if (!refreshName()) {
            throw new IOException(
                    "interface %s (index %d) was removed; close its port".formatted(name, index));
        }
    }

    private int call(int number) {
        return Syscalls.ioctl(state, fd, number, request);
    }

    private void check(int rc, String what) throws IOException {
        if (rc < 0) {
            throw new IOException(
                    "can't %s interface %s: %s".formatted(what, name, Errno.describe(-rc)));
        }
    }
}
