"""Makes bonds by ovs-vsctl in ever other ways, sends frames into ports and members, and prints at which of them they leave, with which tags.
With "announce" it has other members be active, and prints which addresses are announced where; with "balance" it has one member send
much, and prints who sends what when that has been shared.

    bonds.py BRIDGE SETUPS SEED [announce | balance]
"""
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time


from vlans import BRIDGE, BROADCAST, LLDP, PROBE, SEED, SETUPS, TYPE, Wire, revalidate, run, untag

PORTS = ["v1", "v2", "v3", "v4", "v5"]
BONDS = [{"b1": ["v3", "v4"]}, {"b1": ["v3", "v4"]}, {"b1": ["v3", "v4", "v5"]}, {"b1": ["v1", "v5"], "b2": ["v2", "v4"]}]
MULTICAST = "01005e000001"
ARP, RARP = 0x0806, 0x8035


def ask(*words):
    """What ovs-appctl would say."""
    with open(os.path.join(os.environ["OVS_RUNDIR"], "ovs-vswitchd.pid")) as file:
        pid = file.read().strip()
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(os.environ["OVS_RUNDIR"], "ovs-vswitchd.%s.ctl" % pid))
        control.send(json.dumps({"id": 0, "method": words[0], "params": list(words[1:])}).encode())
        answer = json.loads(control.recv(65536))
    return (answer.get("error") or answer.get("result")).strip()


def arp(source, number, operation, target):
    """An ARP packet that says its number by its sender's address."""
    own = struct.pack("!BBH", 10, 0, number)
    asked = own if target else struct.pack("!BBH", 10, 1, number)
    mac = bytes.fromhex(source)
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation) + mac + own + mac + asked


def frame(source, destination, tags, number, kind):
    head = bytes.fromhex(destination) + bytes.fromhex(source) + b"".join(struct.pack("!HH", *t) for t in tags)
    if kind in (TYPE, PROBE):
        return (head + struct.pack("!HI", kind, number)).ljust(100, b"\0")
    operation, target = kind
    return (head + struct.pack("!H", ARP) + arp(source, number, operation, target)).ljust(100, b"\0")


def parse(data):
    """What kind of frame it is, its number (of an announcement, the address) and tags."""
    kind, at, shown = untag(data)
    if kind in (TYPE, PROBE):
        return kind, struct.unpack_from("!I", data, at + 2)[0], shown
    if kind == ARP:
        return TYPE, struct.unpack_from("!H", data, at + 18)[0], shown
    if kind == RARP:
        return RARP, data[6:12].hex() + " " + data[:6].hex() + " " + data[at + 2 : at + 30].hex(), shown
    return None


def mirror_setup(r, names):
    if r.random() < 0.6:
        return []
    columns = ["select_src_port=@" + r.choice(names), "select_dst_port=@" + r.choice(names)]
    if r.random() < 0.3:
        columns = ["select_all=true"]
    columns.append(r.choice(["output_port=@" + r.choice(names), "output_vlan=20"]))
    named = [w for name in names for w in ("--", "--id=@" + name, "get", "Port", name)]
    return named + ["--", "--id=@m", "create", "Mirror", "name=m"] + columns + ["--", "set", "Bridge", BRIDGE, "mirrors=@m"]


class Lab:
    def __init__(self):
        run("sysctl", "-q", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        for number, port in enumerate(PORTS):
            run("ip", "link", "add", port, "type", "veth", "peer", "name", port + "p")
            run("ip", "link", "set", port, "address", "02:00:00:00:01:0%d" % (number + 1), "up")
            run("ip", "link", "set", port + "p", "up")
        self.ends = [Wire(p + "p") for p in PORTS]
        self.wires = {e.socket.fileno(): (e, p) for e, p in zip(self.ends, PORTS)}
        self.poll = select.poll()
        for descriptor in self.wires:
            self.poll.register(descriptor, select.POLLIN)
        self.left = {}
        self.down = None

    def collect(self, millis, probe=None):
        """Until a probe has come, which is forwarded behind what was sent before it, or for some time."""
        end = time.monotonic() + millis / 1000
        while time.monotonic() < end:
            for descriptor, _ in self.poll.poll(max(1, int((end - time.monotonic()) * 1000))):
                wire, port = self.wires[descriptor]
                try:
                    data = wire.read()
                except OSError:
                    continue  # the link went down
                told = parse(data) if data else None
                if told and told[0] != PROBE:
                    self.left.setdefault(told[1], []).append("%s %s" % (port, told[2]))
                elif told and told[1] == probe:
                    return

    def drain(self):
        """Until nothing more comes."""
        while self.poll.poll(200):
            self.collect(20)
        self.left.clear()

    def clear(self):
        if self.down:
            run("ip", "link", "set", self.down + "p", "up")
            self.down = None
        there = subprocess.run(["ovs-vsctl", "list-ports", BRIDGE], capture_output=True, text=True, check=True).stdout.split()
        words = ["ovs-vsctl", "clear", "Bridge", BRIDGE, "mirrors", "--", "remove", "Bridge", BRIDGE, "other_config", "forward-bpdu"]
        for port in there:
            words += ["--", "del-port", BRIDGE, port]
        subprocess.run(words, check=True)

    def make(self, bonds, columns, mirrors):
        words = ["ovs-vsctl"]
        bonded = [m for members in bonds.values() for m in members]
        for name, members in bonds.items():
            words += ["--", "add-bond", BRIDGE, name] + members
        for port in PORTS:
            if port not in bonded:
                words += ["--", "add-port", BRIDGE, port]
        for number, port in enumerate(PORTS):
            words += ["--", "set", "Interface", port, "ofport_request=%d" % (number + 1)]
        for name, set_ in columns.items():
            if set_:
                words += ["--", "set", "Port", name] + set_
        subprocess.run(words + mirrors, check=True, stdout=subprocess.DEVNULL)

    def take_down(self, member, bond):
        self.down = member
        run("ip", "link", "set", member + "p", "down")
        for _ in range(100):
            if "member %s: disabled" % member in ask("bond/show", bond):
                return
            time.sleep(0.02)


def compare(lab, r):
    number = 0
    told = []
    for _ in range(SETUPS):
        lab.clear()
        bonds = r.choice(BONDS)
        bonded = [m for members in bonds.values() for m in members]
        names = list(bonds) + [p for p in PORTS if p not in bonded]
        columns, modes = {}, {}
        for name in names:
            # Not what makes a difference of VLANs only: that has been looked at.
            columns[name] = list(r.choice([[], [], ["tag=10"], ["trunks=0,10"], ["tag=10", "vlan_mode=native-untagged"], ["tag=10", "vlan_mode=dot1q-tunnel"]]))
        for bond in bonds:
            modes[bond] = r.choice(["active-backup", "balance-slb", "balance-slb"])
            columns[bond] += ["bond_mode=" + modes[bond], "other_config:bond-rebalance-interval=0", "other_config:bond-hash-basis=%d" % r.choice([0, 7])]
            if r.random() < 0.3:
                columns[bond].append("other_config:all-members-active=true")
        mirrors = mirror_setup(r, names)
        lab.make(bonds, columns, mirrors)
        if r.random() < 0.2:
            subprocess.run(["ovs-vsctl", "set", "Bridge", BRIDGE, "other_config:forward-bpdu=true"], check=True)
        told.append(" ".join("%s(%s)" % (n, " ".join(bonds.get(n, []) + columns[n])) for n in names) + " " + " ".join(w for w in mirrors if "=" in w and not w.startswith("--")))
        for bond, members in bonds.items():
            usable = list(members)
            if lab.down is None and r.random() < 0.3:
                usable.remove(r.choice(usable))
                lab.take_down((set(members) - set(usable)).pop(), bond)
            active = r.choice(usable)
            ask("bond/set-active-member", bond, active)
            told.append("  %s: %s" % (bond, [l for l in ask("bond/show", bond).split("\n") if "ember" in l]))
            if modes[bond] == "balance-slb":
                basis = "7" if "other_config:bond-hash-basis=7" in columns[bond] else "0"
                hashes = {ask("bond/hash", "02:00:00:00:00:0%d" % s, v, basis) for s in range(5) for v in ("0", "10", "20", "30")}
                for hash_ in sorted(hashes, key=int):
                    said = ask("bond/migrate", bond, hash_, r.choice(usable))
                    if said != "migrated":
                        told.append("  %s: %s" % (hash_, said))
        run("ovs-appctl", "fdb/flush", BRIDGE)
        revalidate()
        for _ in range(14):
            source = r.randrange(5)
            mac = "02000000000%d" % r.choice([source, source, r.randrange(5)])
            kind = r.choice([TYPE, TYPE, TYPE, (1, True), (2, False), (1, False)])
            groups = [BROADCAST, MULTICAST, LLDP] + 4 * ["02000000000%d" % n for n in range(5)]
            destination = BROADCAST if kind != TYPE else r.choice(groups)
            tags = r.choice([[], [], [(0x8100, 10)], [(0x8100, 20)], [(0x8100, 0x600A)]])
            number += 1
            shown = "+".join("%04x:%04x" % t for t in tags) or "untagged"
            told.append((number, "%s sends %s %s from %s to %s" % (PORTS[source], shown, kind, mac, destination)))
            if PORTS[source] == lab.down:
                continue
            lab.ends[source].socket.send(frame(mac, destination, tags, number, kind))
            lab.ends[source].socket.send(frame(mac, BROADCAST, [], number, PROBE))
            # What comes from a mirror's output is dropped, probes included.
            own = [n for n in names if PORTS[source] in bonds.get(n, [n])][0]
            lab.collect(30 if "output_port=@" + own in mirrors else 2000, number)
            revalidate()
    lab.collect(300)
    lab.clear()
    for t in told:
        if isinstance(t, str):
            print(t)
        else:
            print("  %d %s: %s" % (t[0], t[1], ", ".join(sorted(lab.left.get(t[0], ["nothing"])))))


def announce(lab, r):
    for mode in ("active-backup", "balance-slb"):
        lab.clear()
        lab.make({"b1": ["v3", "v4"]}, {"b1": ["bond_mode=" + mode, "other_config:bond-rebalance-interval=0"]}, [])
        ask("bond/set-active-member", "b1", "v3")
        if mode == "balance-slb":
            for hash_ in range(256):
                ask("bond/migrate", "b1", str(hash_), r.choice(["v3", "v4"]))
        lab.drain()
        for source, port in enumerate(("v1", "v2", "v3", "v5")):
            for tags in ([], [(0x8100, 10)]):
                lab.ends[PORTS.index(port)].socket.send(frame("02000000001%d" % source, BROADCAST, tags, 60000, TYPE))
        lab.drain()
        print(mode, ask("bond/set-active-member", "b1", "v4"))
        lab.collect(1000)
        print("  " + "\n  ".join(sorted("%s: %s" % (a, p) for a, where in lab.left.items() for p in where)))
    lab.clear()


def balance(lab, r):
    lab.make({"b1": ["v3", "v4"]}, {"b1": ["bond_mode=balance-slb", "other_config:bond-rebalance-interval=1000"]}, [])
    ask("bond/set-active-member", "b1", "v3")
    macs = ["02000000000%d" % n for n in range(3)]
    for mac in macs:
        hash_ = ask("bond/hash", ":".join(mac[i : i + 2] for i in range(0, 12, 2)))
        print("%s: %s, %s" % (mac, hash_, ask("bond/migrate", "b1", hash_, "v3")))
    for _ in range(150):
        for mac in macs:
            lab.ends[0].socket.send(frame(mac, BROADCAST, [], 60000, TYPE).ljust(1400, b"\0"))
        lab.collect(2)
    for _ in range(200):
        shown = ask("bond/show", "b1").split("member v4")[1]
        if "hash" in shown:
            break
        time.sleep(0.02)
    revalidate()
    lab.drain()
    for number, mac in enumerate(macs):
        lab.ends[0].socket.send(frame(mac, BROADCAST, [], number, TYPE))
    lab.collect(500)
    for number, mac in enumerate(macs):
        print("  %s: %s" % (mac, ", ".join(sorted(lab.left.get(number, [])))))
    lab.clear()


def main():
    lab = Lab()
    r = random.Random(SEED)
    run("ovs-ofctl", "add-flow", BRIDGE, "priority=60000,dl_type=0x88b6,actions=flood")
    {"announce": announce, "balance": balance}.get(sys.argv[-1], compare)(lab, r)


main()
