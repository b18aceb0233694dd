"""Does to a switch again and again what each test does once, and prints what differed from the first time: NAME VALUE.

    again.py BRIDGE ROUNDS
"""
import os
import socket
import subprocess
import sys
import time

BRIDGE, ROUNDS = sys.argv[1], int(sys.argv[2])
TYPE = b"\x88\xb5"  # for experiments
FRAMES, SECONDS = 3, 5
ETH_P_ALL = 3


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def vsctl(*words):
    return run("ovs-vsctl", "--timeout=20", *words)


def add(bridge, name, kind, *options):
    vsctl("add-port", bridge, name, "--", "set", "Interface", name, "type=" + kind, *options)


def interfaces():
    return set(os.listdir("/sys/class/net"))


def held():
    """How many files the switch has open, and how many of its mappings are of regions that are removed."""
    with open(os.path.join(os.environ["OVS_RUNDIR"], "ovs-vswitchd.pid")) as file:
        process = "/proc/" + file.read().strip()
    with open(process + "/maps") as maps:
        removed = sum("/dev/shm/" in line and "(deleted)" in line for line in maps)
    return len(os.listdir(process + "/fd")), removed


def listen(name):
    taken = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    taken.bind((name, ETH_P_ALL))
    return taken


def passes(sender, receiver, number):
    """Whether all frames that are sent now come, in their order."""
    frames = [b"\xff" * 6 + bytes.fromhex("020000000001") + TYPE + bytes([number % 256, i]) + b"\0" * 46 for i in range(FRAMES)]
    for frame in frames:
        sender.send(frame)
    until = time.time() + SECONDS
    while frames and time.time() < until:
        receiver.settimeout(max(0.001, until - time.time()))
        try:
            if receiver.recv(2048) == frames[0]:
                frames.pop(0)
        except TimeoutError:
            break
    return not frames


def internal(number):
    name = "i%d" % number
    add(BRIDGE, name, "internal")
    there = name in interfaces()
    run("ip", "link", "set", name, "up")
    vsctl("del-port", name)
    return there and name not in interfaces()


def patch(number):
    one, other = "p%d" % number, "q%d" % number
    add(BRIDGE, one, "patch", "options:peer=" + other)
    add("other", other, "patch", "options:peer=" + one)
    vsctl("del-port", one if number % 2 else other)
    vsctl("del-port", other if number % 2 else one)
    return True


def up(number):
    """What the database says to be up takes packets."""
    add(BRIDGE, "coming", "internal")
    run("ip", "link", "set", "coming", "up")
    vsctl("wait-until", "Interface", "coming", "link_state=up")
    with listen("coming") as receiver:
        done = passes(sender, receiver, number)
    vsctl("del-port", "coming")
    return done


def many(number):
    """A bridge that comes and goes, with ports of all types."""
    ports = []
    for i in range(number % 10):
        name, kind = "m%d" % i, ("internal", "dpdkr", "patch", "memif")[i % 4]
        ports += ["--", "add-port", "many", name, "--", "set", "Interface", name, "type=" + kind]
        ports += ["options:peer=none"] if kind == "patch" else []
    vsctl("add-br", "many", "--", "set", "Bridge", "many", "datapath_type=netdev", *ports)
    there = "many" in interfaces()
    vsctl("del-br", "many")
    return there and not any(i.startswith("m") for i in interfaces())


vsctl("add-br", BRIDGE, "--", "set", "Bridge", BRIDGE, "datapath_type=netdev")
vsctl("add-br", "other", "--", "set", "Bridge", "other", "datapath_type=netdev")
add(BRIDGE, "source", "internal")
run("ip", "link", "set", "source", "up")
vsctl("wait-until", "Interface", "source", "link_state=up")
sender = listen("source")
for what in (internal, patch, up, many):
    what(0)  # what is there from the first time on may stay
    before = held()
    wrong = [n for n in range(1, ROUNDS + 1) if not what(n)]
    print(what.__name__, "wrong", len(wrong))
    for _ in range(10):
        after = held()
        if after[1] <= before[1] and after[0] <= before[0] + 4:
            break
        time.sleep(0.05)
    print(what.__name__, "files", after[0] - before[0])
    print(what.__name__, "removed", after[1] - before[1])
