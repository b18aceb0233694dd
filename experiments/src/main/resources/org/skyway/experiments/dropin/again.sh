#!/bin/bash
# Has one switch do the same again and again, in namespaces of its own.
#   again.sh DIRECTORY SWITCH PROGRAM ROUNDS
set -u
directory="$1" switch="$2"
mount --make-rprivate /
mount -t sysfs none /sys
ip link set lo up
export OVS_RUNDIR="$directory" OVS_LOGDIR="$directory" SKYWAY_RUNDIR="$directory" PATH="$PATH:/usr/sbin:/sbin"
cd "$directory"
ovsdb-tool create conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server conf.db --remote="punix:$directory/db.sock" --pidfile --unixctl="$directory/ovsdb-server.ctl" >ovsdb.log 2>&1 &
for _ in $(seq 100); do [ -S db.sock ] && break; sleep 0.1; done
ovs-vsctl --no-wait init
"$switch" vswitchd "unix:$directory/db.sock" --pidfile >switch.log 2>&1 &
ovs-vsctl --timeout=60 wait-until Open_vSwitch . iface_types!='[]'
python3 "$3" br0 "$4" 2>&1
echo "logged $(grep -c 'ERR\|WARN' switch.log)"
grep 'ERR\|WARN' switch.log
ovs-appctl exit
sleep 1
kill "$(cat ovsdb-server.pid)"
