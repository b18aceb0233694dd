#!/bin/bash
# Does the commands of a file with one switch, in namespaces of its own, and writes down what each says and what is in the database then.
#   session.sh DIRECTORY COMMANDS ovs|SWITCH-COMMAND…
set -u
directory="$1" commands="$2"
shift 2
mount --make-rprivate /
mount -t sysfs none /sys
ip link set lo up
export OVS_RUNDIR="$directory" OVS_LOGDIR="$directory" SKYWAY_RUNDIR="$directory" PATH="$PATH:/usr/sbin:/sbin"
cd "$directory"
for n in 1 2 3; do
    ip link add "v$n" type veth peer name "v${n}p"
    ip link set "v$n" up
    ip link set "v${n}p" up
done
ovsdb-tool create conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server conf.db --remote="punix:$directory/db.sock" --pidfile --unixctl="$directory/ovsdb-server.ctl" >ovsdb.log 2>&1 &
for _ in $(seq 100); do [ -S db.sock ] && break; sleep 0.1; done
ovs-vsctl --no-wait init
if [ "$1" = ovs ]; then
    ovs-vswitchd --pidfile >switch.log 2>&1 &
else
    "$@" "unix:$directory/db.sock" --pidfile >switch.log 2>&1 &
fi
for _ in $(seq 300); do [ -n "$(ovs-vsctl --no-wait get Open_vSwitch . iface_types | tr -d '[]')" ] && break; sleep 0.2; done

list() {
    ovs-vsctl --no-wait --format=csv --no-headings --columns="$2" list "$1" 2>&1 | LC_ALL=C sort | sed "s/^/  $1 /"
}

while IFS= read -r command; do
    case "$command" in '#'* | '') continue ;; esac
    echo "\$ $command"
    timeout 90 bash -c "$command" 2>&1 | grep -v 'The default log directory is\|^ovs-vsctl: Use\|xid=0x'
    echo "  status ${PIPESTATUS[0]}"
    list Bridge name,datapath_id,datapath_type,fail_mode,protocols
    list Interface name,ofport,error,admin_state,link_state,link_speed,duplex,mtu,type
    list Controller target,is_connected
done <"$commands"
ovs-appctl exit
sleep 1
kill "$(cat ovsdb-server.pid)"
