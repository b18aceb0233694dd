"""Sets up ports by ovs-vsctl in ever other ways, sends frames into them, and prints at which ports they leave, with which tags.

    vlans.py BRIDGE SETUPS SEED [mirrors]
"""
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

BRIDGE, SETUPS, SEED = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
MIRRORS = len(sys.argv) > 4
PORTS = ["v1", "v2", "v3", "v4"]
TYPE, PROBE = 0x88B5, 0x88B6  # for experiments
BROADCAST, LLDP = "ffffffffffff", "0180c200000e"
PACKET_AUXDATA, SOL_PACKET, ETH_P_ALL = 8, 263, 3
TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 0x10, 0x40


def run(*words):
    subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def revalidate():
    """Has Open vSwitch forget its cached flows: else it looks them through some time after a packet taught it something."""
    with open(os.path.join(os.environ["OVS_RUNDIR"], "ovs-vswitchd.pid")) as file:
        pid = file.read().strip()
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(os.environ["OVS_RUNDIR"], "ovs-vswitchd.%s.ctl" % pid))
        control.send(b'{"id":0,"method":"revalidator/purge","params":[]}')
        control.recv(4096)  # another switch may not know of it


class Wire:
    """The other end of a port."""

    def __init__(self, name):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.bind((name, ETH_P_ALL))

    def read(self):
        data, extra, _, address = self.socket.recvmsg(2048, 256)
        if address[2] == socket.PACKET_OUTGOING:
            return None
        for _, _, aux in extra:
            status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", aux[:20])
            if status & TP_STATUS_VLAN_VALID:
                tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
                data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
        return data


def untag(data):
    """A frame's type, where that stands, and the tags before it."""
    at, tags = 12, []
    while True:
        kind, = struct.unpack_from("!H", data, at)
        if kind not in (0x8100, 0x88A8):
            return kind, at, "+".join(tags) or "untagged"
        tags.append("%04x:%04x" % struct.unpack_from("!HH", data, at))
        at += 4


def parse(data):
    """A frame's number, tags (None for a probe) and length; None for one that is not ours."""
    kind, at, shown = untag(data)
    if kind not in (TYPE, PROBE):
        return None
    return struct.unpack_from("!I", data, at + 2)[0], shown if kind == TYPE else None, len(data)


def frame(source, destination, tags, number, kind=TYPE):
    head = bytes.fromhex(destination) + bytes.fromhex("02000000000%d" % source)
    return (head + b"".join(struct.pack("!HH", *t) for t in tags) + struct.pack("!HI", kind, number)).ljust(100, b"\0")


def port_setup(r):
    some = [10, 20, 30]
    return r.choice(
        [
            [],
            ["tag=10"],
            ["tag=20", "vlan_mode=access"],
            ["vlan_mode=access"],
            ["trunks=10,20"],
            ["trunks=0,10"],
            ["tag=10", "trunks=20"],
            ["tag=10", "vlan_mode=native-tagged"],
            ["tag=20", "vlan_mode=native-tagged", "trunks=0,10"],
            ["tag=10", "vlan_mode=native-untagged"],
            ["tag=20", "vlan_mode=native-untagged", "trunks=30"],
            ["vlan_mode=native-untagged"],
            ["tag=%d" % r.choice(some), "vlan_mode=trunk"],
            ["tag=30", "vlan_mode=dot1q-tunnel"],
            ["tag=30", "vlan_mode=dot1q-tunnel", "cvlans=0,10"],
            ["tag=10", "vlan_mode=dot1q-tunnel", "other_config:qinq-ethtype=802.1q"],
            ["other_config:priority-tags=true"],
            ["tag=10", "other_config:priority-tags=if-nonzero"],
            ["tag=10", "other_config:priority-tags=always"],
            ["tag=10", "vlan_mode=native-untagged", "other_config:priority-tags=always"],
        ]
    )


def bridge_setup(r):
    return r.choice([[], [], [], ["flood_vlans=10"], ["flood_vlans=0,20"], ["other_config:forward-bpdu=true"]])


def mirror_setup(r):
    """Words for ovs-vsctl that make mirrors."""
    words, ids = [], []
    count = r.choice([0, 1, 1, 1, 2])
    # Whether one mirror copies what another one has sent depends on which is looked at first, which nobody says.
    ports = PORTS if count == 1 else PORTS[:2]
    for n in range(count):
        columns = []
        if count == 1 and r.random() < 0.3:
            columns.append("select_all=true")
        else:
            columns.append("select_src_port=%s" % ",".join("@" + p for p in r.sample(ports, r.randrange(3))))
            columns.append("select_dst_port=%s" % ",".join("@" + p for p in r.sample(ports, r.randrange(3))))
        columns.append(r.choice(["output_port=@v4", "output_port=@v4", "output_port=@v3", "output_vlan=20", "output_vlan=40"]))
        columns += r.choice([[], [], ["select_vlan=10"], ["snaplen=64"]])
        columns = [c for c in columns if not c.endswith("=")]
        words += ["--", "--id=@m%d" % n, "create", "Mirror", "name=m%d" % n] + columns
        ids.append("@m%d" % n)
    if not ids:
        return []
    named = [w for port in PORTS for w in ("--", "--id=@" + port, "get", "Port", port)]
    return named + words + ["--", "set", "Bridge", BRIDGE, "mirrors=" + ",".join(ids)]


def tags(r):
    return r.choice(
        [
            [],
            [],
            [(0x8100, 10)],
            [(0x8100, 20)],
            [(0x8100, 30)],
            [(0x8100, 0x600A)],
            [(0x8100, 0)],
            [(0x8100, 0xA000)],
            [(0x8100, 0xA014)],
            [(0x88A8, 10)],
            [(0x88A8, 30), (0x8100, 10)],
            [(0x8100, 10), (0x8100, 20)],
        ]
    )


def main():
    random_ = random.Random(SEED)
    run("sysctl", "-q", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
    run("ip", "link", "add", "v4", "type", "veth", "peer", "name", "v4p")
    run("ip", "link", "set", "v4", "up")
    run("ip", "link", "set", "v4p", "up")
    for number, port in enumerate(PORTS):
        run("ovs-vsctl", "--may-exist", "add-port", BRIDGE, port, "--", "set", "Interface", port, "ofport_request=%d" % (number + 1))
    ends = [Wire(p + "p") for p in PORTS]
    wires = {e.socket.fileno(): (e, p) for e, p in zip(ends, PORTS)}
    poll = select.poll()
    for descriptor in wires:
        poll.register(descriptor, select.POLLIN)
    left = {}

    def collect(millis, probe=None):
        """Until a probe has come, which is forwarded behind what was sent before it, or for some time."""
        end = time.monotonic() + millis / 1000
        while time.monotonic() < end:
            for descriptor, _ in poll.poll(max(1, int((end - time.monotonic()) * 1000))):
                wire, port = wires[descriptor]
                data = wire.read()
                told = parse(data) if data else None
                if told and told[1]:
                    left.setdefault(told[0], []).append("%s %s %d" % (port, told[1], told[2]))
                elif told and told[0] == probe:
                    return

    run("ovs-ofctl", "add-flow", BRIDGE, "priority=60000,dl_type=0x88b6,actions=flood")
    number = 0
    told = []
    for _ in range(SETUPS):
        setup = ["ovs-vsctl"]
        for port in PORTS:
            setup += ["--", "clear", "Port", port, "tag", "trunks", "vlan_mode", "cvlans", "other_config"]
        setup += ["--", "clear", "Bridge", BRIDGE, "flood_vlans", "--", "remove", "Bridge", BRIDGE, "other_config", "forward-bpdu"]
        said = []
        for port in PORTS:
            columns = port_setup(random_)
            if columns:
                setup += ["--", "set", "Port", port] + columns
            said.append("%s(%s)" % (port, " ".join(columns)))
        columns = bridge_setup(random_)
        if columns:
            setup += ["--", "set", "Bridge", BRIDGE] + columns
        mirrors = mirror_setup(random_) if MIRRORS else []
        setup += ["--", "clear", "Bridge", BRIDGE, "mirrors"] + mirrors
        told.append(" ".join(said + columns + [w for w in mirrors if "=" in w and not w.startswith("--")]))
        subprocess.run(setup, check=True, stdout=subprocess.DEVNULL)
        run("ovs-appctl", "fdb/flush", BRIDGE)
        revalidate()
        for _ in range(10):
            source = random_.randrange(4)
            destination = random_.choice([BROADCAST, LLDP] + 2 * ["02000000000%d" % n for n in range(4)])
            with_ = tags(random_)
            number += 1
            shown = "+".join("%04x:%04x" % t for t in with_) or "untagged"
            told.append((number, "%s sends %s to %s" % (PORTS[source], shown, destination)))
            ends[source].socket.send(frame(source, destination, with_, number))
            ends[source].socket.send(frame(source, BROADCAST, [], number, PROBE))
            # What comes from a mirror's output is dropped, probes included.
            collect(30 if "output_port=@" + PORTS[source] in mirrors else 2000, number)
            revalidate()
    collect(300)
    for t in told:
        if isinstance(t, str):
            print(t)
        else:
            print("  %d %s: %s" % (t[0], t[1], ", ".join(sorted(left.get(t[0], ["nothing"])))))


if __name__ == "__main__":
    main()
