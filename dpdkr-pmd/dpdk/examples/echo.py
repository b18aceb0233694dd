#!/usr/bin/env python3
"""Sends back what comes at a port, until it is interrupted: echo.py LIBRARY RUNDIR PORT"""
import ctypes
import signal
import sys
import time

BURST = 32


class Packet(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_uint32)]


class Options(ctypes.Structure):
    _fields_ = [
        ("rundir", ctypes.c_char_p),
        ("control", ctypes.c_char_p),
        ("secret", ctypes.c_char_p),
        ("program", ctypes.c_char_p),
        ("wait", ctypes.c_bool),
        ("log", ctypes.c_void_p),
        ("changed", ctypes.c_void_p),
        ("argument", ctypes.c_void_p),
    ]


def main(library, rundir, name):
    skyway = ctypes.CDLL(library)
    for function in ("skyway_rx_burst", "skyway_tx_burst"):
        getattr(skyway, function).restype = ctypes.c_uint16
    port = ctypes.c_void_p()
    why = ctypes.create_string_buffer(512)
    options = Options(rundir=rundir.encode(), program=b"echo.py")
    if skyway.skyway_open(name.encode(), ctypes.byref(options), ctypes.byref(port), why, ctypes.c_size_t(len(why))):
        sys.exit(why.value.decode())
    over = []
    signal.signal(signal.SIGTERM, lambda *_: over.append(True))
    signal.signal(signal.SIGINT, lambda *_: over.append(True))
    packets = (Packet * BURST)()
    echoed = 0
    print("ready", flush=True)
    while not over:
        count = skyway.skyway_rx_burst(port, packets, ctypes.c_uint16(BURST))
        sent = 0
        while sent < count and not over:
            sent += skyway.skyway_tx_burst(port, ctypes.byref(packets, sent * ctypes.sizeof(Packet)), ctypes.c_uint16(count - sent))
        echoed += sent
        skyway.skyway_release(port)
        if count == 0:
            time.sleep(0.00005)
    skyway.skyway_close(port)
    print(echoed, "packets")


if __name__ == "__main__":
    main(*sys.argv[1:])
