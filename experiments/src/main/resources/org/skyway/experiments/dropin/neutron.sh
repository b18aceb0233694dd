#!/bin/bash
# What Neutron's classes for a switch do with one that they take for Open vSwitch, and what is in the database after each call.
#   neutron.sh PRIVATE ovs|LAUNCHER PACKAGES CALLS KEPT-DIRECTORY…
. "$1"
switch="$2" packages="$3" calls="$4"
shift 4
private_places "$packages" "$@"
use_switch "$switch"
timeout 100 /usr/share/openvswitch/scripts/ovs-ctl --no-mlockall --no-monitor --system-id=x start >/tmp/start 2>&1 || { cat /tmp/start; exit 1; }
echo "# $(ovs-appctl version 2>/dev/null | tail -1)"
for n in 1 2; do
    ip link add "eth$n" type veth peer name "eth${n}p"
    ip link set "eth$n" up
    ip link set "eth${n}p" up
done
PYTHONPATH="$packages/usr/lib/python3/dist-packages" timeout 200 /usr/bin/python3 -W ignore "$calls" 2>/tmp/errors || tail -5 /tmp/errors
timeout 60 /usr/share/openvswitch/scripts/ovs-ctl stop >/tmp/stop 2>&1 || cat /tmp/stop
