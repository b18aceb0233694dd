"""Sends megabytes over TCP, as iperf does, but checks what arrives.

transfer.py receive PORT          prints "listening", then the number and SHA-256 of the bytes
transfer.py send HOST PORT BYTES  prints their SHA-256
"""

import hashlib
import random
import socket
import sys

CHUNK = 1 << 16


def receive(port):
    digest, count = hashlib.sha256(), 0
    with socket.create_server(("0.0.0.0", port)) as server:
        server.settimeout(60)
        print("listening", flush=True)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(60)
            while data := connection.recv(CHUNK):
                digest.update(data)
                count += len(data)
    print(count, digest.hexdigest())


def send(host, port, total):
    digest, noise = hashlib.sha256(), random.Random(1).randbytes(CHUNK)
    with socket.create_connection((host, port), timeout=60) as connection:
        while total > 0:
            data = noise[: min(total, CHUNK)]
            connection.sendall(data)
            digest.update(data)
            total -= len(data)
    print(digest.hexdigest())


if sys.argv[1] == "receive":
    receive(int(sys.argv[2]))
else:
    send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
