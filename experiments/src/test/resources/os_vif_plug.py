"""Plugs a vhost-user port into a bridge as OpenStack's compute agent does, or takes it out.

usage: os_vif_plug.py plug|unplug DATABASE BRIDGE SOCKET
"""
import sys
import tempfile

import os_vif
from os_vif.objects import instance_info, network, vif
from oslo_config import cfg
from vif_plug_ovs import privsep

action, database, bridge, socket = sys.argv[1:]
privsep.vif_plug.set_client_mode(False)  # this process may do it itself
with tempfile.NamedTemporaryFile("w") as settings:
    settings.write(f"[os_vif_ovs]\novsdb_connection = {database}\n")
    settings.flush()
    cfg.CONF(["--config-file", settings.name], project="os-vif")
    os_vif.initialize()
port = vif.VIFVHostUser(
    id="d3b4d0a2-6a59-4a31-9c0b-6f1f7a1d2b3c",
    address="52:54:00:12:34:56",
    network=network.Network(id="5d0b1f2e-98a7-4d9a-8b0e-0d6f3f1f7c11", bridge=bridge),
    plugin="ovs",
    vif_name="vhud3b4d0a2-6a",
    path=socket,
    mode="server",  # QEMU listens
    port_profile=vif.VIFPortProfileOpenVSwitch(
        interface_id="d3b4d0a2-6a59-4a31-9c0b-6f1f7a1d2b3c", datapath_type="netdev"
    ),
)
guest = instance_info.InstanceInfo(
    uuid="0c5ad4f2-1f0e-4e0a-9a51-1b1e1b7d4c1a", name="guest"
)
(os_vif.plug if action == "plug" else os_vif.unplug)(port, guest)
