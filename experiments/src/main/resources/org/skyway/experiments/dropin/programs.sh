#!/bin/bash
# What other programs and scripts do with a switch that they take for Open vSwitch's.
#   programs.sh PRIVATE ovs|LAUNCHER LIBVIRTD KERNEL INITRD CPU OVSDBAPP KEPT-DIRECTORY…
. "$1"
switch="$2" libvirtd="$3" kernel="$4" initrd="$5" cpu="$6"
export ovsdbapp="$7"
shift 7
private_places "$@"
use_switch "$switch"
export PATH="/tmp/bin:$PATH"
mkdir /tmp/bin
timeout 100 /usr/share/openvswitch/scripts/ovs-ctl --no-mlockall --no-monitor --system-id=x start >/tmp/start 2>&1 || { cat /tmp/start; exit 1; }
echo "# $(ovs-appctl version 2>/dev/null | tail -1)"

say() {
    echo "\$ $1"
    timeout 60 bash -c "$1" 2>&1 | grep -v 'xid=0x'
    echo "  status ${PIPESTATUS[0]}"
}
interfaces() {
    ovs-vsctl --format=csv --no-headings --columns=name,type,ofport,error,link_state,admin_state list Interface | LC_ALL=C sort
    ovs-vsctl --format=csv --no-headings --columns=name,tag,trunks list Port | LC_ALL=C sort
}
export -f interfaces

# A container is a process with a network of its own, and docker knows which.
unshare --net sleep 300 &
box=$!
printf '#!/bin/sh\n[ "$4" = box ] && echo %s\n' "$box" >/tmp/bin/docker
chmod +x /tmp/bin/docker
say 'ovs-vsctl add-br obr -- set bridge obr datapath_type=netdev && ip address add 10.3.0.1/24 dev obr && ip link set obr up'
say 'ovs-docker add-port obr eth1 box --ipaddress=10.3.0.2/24 --macaddress=02:00:00:00:03:02 --mtu=1400'
say 'ovs-docker add-port obr eth1 box --ipaddress=10.3.0.2/24 2>&1 | head -1'
say 'ovs-vsctl --bare --columns=external_ids,mtu find Interface external_ids:container_id=box'
say 'ping -c 3 -i 0.2 -W 10 10.3.0.2 | grep -o "[0-9]* received"'
say 'ovs-docker set-vlan obr eth1 box 7; ovs-vsctl --bare --columns=tag list Port | grep 7; ping -c 1 -W 1 10.3.0.2 | grep -o "[0-9]* received"'
say 'ovs-docker del-port obr eth1 box; ovs-vsctl list-ports obr'
say 'ovs-docker add-port obr eth2 box && ovs-docker del-ports obr box; ovs-vsctl list-ports obr; ovs-vsctl del-br obr'
kill "$box"

# What passes a port, seen through a tap and a mirror that are there for as long.
ip link add v2 type veth peer name v2p
ip link set v2 up
unshare --net sleep 300 &
box=$!
while [ "$(readlink "/proc/$box/ns/net")" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
ip link set v2p netns "$box"
nsenter --net="/proc/$box/ns/net" sh -c 'ip address add 10.6.0.2/24 dev v2p; ip link set v2p up'
watch() {
    timeout -s INT 40 ovs-tcpdump -i "$1" -n icmp -c 6 >/tmp/seen 2>/tmp/remarks &
    local watcher=$!
    for _ in $(seq 100); do [ -n "$(ovs-vsctl --bare --columns=name find Mirror name=m_$1)" ] && break; sleep 0.1; done
    for _ in $(seq 100); do grep -q 'listening on' /tmp/remarks && break; sleep 0.1; done
    ping -c 3 -i 0.2 -W 10 10.6.0.2 | grep -o "[0-9]* received"
    wait "$watcher"
    grep -o "10.6.0.[12] > 10.6.0.[12]: ICMP echo re[a-z]*" /tmp/seen | sort | uniq -c
}
export -f watch
say 'ovs-vsctl add-br tbr -- set bridge tbr datapath_type=netdev -- add-port tbr v2 && ip address add 10.6.0.1/24 dev tbr && ip link set tbr up'
say 'watch v2; ovs-vsctl list-ports tbr; ovs-vsctl --bare --columns=name list Mirror; ip -br link show miv2'
say 'ovs-vsctl del-br tbr'
kill "$box"

ifupdown() {
    env "$@" sh /usr/share/openvswitch/scripts/ifupdown.sh 2>&1 | grep -v 'connect to bus\|ystemctl'
}
export -f ifupdown
ip link add v1 type veth peer name v1p
ip link set v1p up
bridge="IF_OVS_TYPE=OVSBridge IFACE=ibr"
port="IF_OVS_BRIDGE=ibr"
say "ifupdown MODE=start $bridge IF_OVS_EXTRA='set bridge ibr datapath_type=netdev'; interfaces"
say "ifupdown MODE=start IF_OVS_TYPE=OVSPort IFACE=v1 $port IF_OVS_OPTIONS=tag=5; sleep 1; interfaces"
say "ifupdown MODE=start IF_OVS_TYPE=OVSIntPort IFACE=vlan6 $port IF_OVS_OPTIONS=tag=6 IF_OVS_EXTRA='set interface \${IFACE} external-ids:iface-id=x'; sleep 1; interfaces; ip -br link show vlan6 | cut -c1-20"
say "ifupdown MODE=start IF_OVS_TYPE=OVSPatchPort IFACE=pa $port IF_OVS_PATCH_PEER=pb; ovs-vsctl get Interface pa type options"
say "ifupdown MODE=stop IF_OVS_TYPE=OVSPatchPort IFACE=pa $port; ifupdown MODE=stop IF_OVS_TYPE=OVSIntPort IFACE=vlan6 $port; interfaces; ip -br link show vlan6"
say "ifupdown MODE=stop $bridge; ovs-vsctl list-br; ip -br link show ibr"

say '/usr/bin/python3 "$ovsdbapp"'

# The network of a machine as libvirt makes it: a tap, and a port for that.
coproc libvirt { bash "$libvirtd" /tmp/libvirt; }
read -r -t 60 ready <&"${libvirt[0]}"
[ "$ready" = ready ] || echo "libvirtd: $ready"
cat >/tmp/guest.xml <<XML
<domain type='qemu'>
  <name>guest</name>
  <uuid>11111111-2222-3333-4444-555555555555</uuid>
  <memory unit='MiB'>192</memory>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>$kernel</kernel>
    <initrd>$initrd</initrd>
    <cmdline>console=ttyS0 quiet panic=-1 -- linux --address 10.4.0.2/24</cmdline>
  </os>
  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>$cpu</model></cpu>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='virtio-serial' index='0'/>
    <serial type='file'><source path='/tmp/guest.console'/></serial>
    <interface type='bridge'>
      <mac address='02:00:00:00:04:02'/>
      <source bridge='lbr'/>
      <vlan><tag id='42'/></vlan>
      <virtualport type='openvswitch'><parameters interfaceid='99999999-2222-3333-4444-555555555555'/></virtualport>
      <target dev='gtap'/>
      <model type='virtio'/>
    </interface>
  </devices>
</domain>
XML
export LIBVIRT_DEFAULT_URI='qemu+unix:///system?socket=/tmp/libvirt/run/libvirt-sock'
say 'ovs-vsctl add-br lbr -- set bridge lbr datapath_type=netdev && ip address add 10.4.0.1/24 dev lbr && ip link set lbr up && ovs-vsctl set Port lbr tag=42'
say 'virsh -q create /tmp/guest.xml'
say 'ovs-vsctl --bare --columns=name,external_ids find Interface name=gtap; ovs-vsctl --bare --columns=tag list Port gtap'
# An emulated guest on a busy host may be late with one.
say 'for i in $(seq 50); do got=$(ping -c 3 -i 0.2 -W 1 10.4.0.2 | grep -o "[0-9]* received"); [ "$got" = "3 received" ] && break; done; echo "$got"'
say 'ovs-vsctl set Port lbr tag=43; sleep 1; ping -c 1 -W 1 10.4.0.2 | grep -o "[0-9]* received"; ovs-vsctl set Port lbr tag=42; sleep 1; ping -c 1 -W 10 10.4.0.2 | grep -o "[0-9]* received"'
say 'virsh -q destroy guest; ovs-vsctl list-ports lbr; ip -br link show gtap'
exec {libvirt[1]}>&-
timeout 60 /usr/share/openvswitch/scripts/ovs-ctl stop >/tmp/stop 2>&1 || cat /tmp/stop
