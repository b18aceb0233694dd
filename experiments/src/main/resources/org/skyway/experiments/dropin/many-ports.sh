#!/bin/bash
# Many ports at one bridge, and more than the process may have files for. Says NAME VALUE for each thing that is looked at.
#   many-ports.sh DIRECTORY SWITCH
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
start() {
    "$switch" vswitchd "unix:$directory/db.sock" --pidfile >>switch.log 2>&1 &
    ovs-vsctl --timeout=60 wait-until Open_vSwitch . iface_types!='[]'
}
ulimit -n 700
start
ports() {
    local type="$1" prefix="$2" from="$3" to="$4" n
    for n in $(seq "$from" "$to"); do
        printf -- ' -- add-port big %s%s -- set Interface %s%s type=%s' "$prefix" "$n" "$prefix" "$n" "$type"
    done
}
millis() { echo $(($(date +%s%N) / 1000000)); }
took() { # NAME COMMAND…
    local name="$1" begin
    shift
    begin="$(millis)"
    "$@" >said 2>&1
    echo "$name $? $(($(millis) - begin)) $(wc -l <said)"
}
column() { ovs-vsctl --no-wait --bare --columns="$1" find Interface "${@:2}" | grep -c .; }

took one-transaction ovs-vsctl --timeout=25 add-br big -- set Bridge big datapath_type=netdev fail_mode=secure $(ports internal i 1 200) $(ports dpdkr d 1 50)
echo "errors $(column error)"
echo "taps $(ip -o link show type tun | wc -l)"
took one-by-one ovs-vsctl --timeout=25 add-port big last -- set Interface last type=internal
ip address add 10.3.3.1/24 dev i7 && ip link set i7 up
for _ in $(seq 50); do [ "$(ovs-vsctl --no-wait get Interface i7 admin_state)" = up ] && break; sleep 0.1; done
echo "i7 $(ovs-vsctl --no-wait get Interface i7 admin_state)"
# An interface that was silent for long is heard at once.
ovs-ofctl add-flow big in_port=i7,actions=normal
timeout 5 ping -c 1 -W 1 10.3.3.99 >/dev/null 2>&1
for _ in $(seq 100); do [ "$(ovs-ofctl dump-flows big | grep -o 'n_packets=[0-9]*')" != n_packets=0 ] && break; sleep 0.1; done
echo "heard $(ovs-ofctl dump-flows big | grep -c 'n_packets=[1-9]')"
took too-many ovs-vsctl --timeout=25 $(ports internal j 1 200 | cut -c4-)
echo "refused $(column name ofport=-1)"
echo "reasons $(ovs-vsctl --no-wait --bare --columns=error find Interface ofport=-1 | grep -c 'raise the limit')"
echo "logged $(grep -c 'raise the limit' switch.log)"
took still-there ovs-appctl --timeout=5 version
took still-there ovs-ofctl dump-ports big
ovs-vsctl --no-wait --format=csv --no-headings --columns=name,ofport find Interface type=dpdkr | sort >before
killed="$(cat ovs-vswitchd.pid)"
kill -9 "$killed"
rm said
start # though the other one still lets go of its interfaces
took again ovs-vsctl --timeout=100 set Bridge big external_ids:x=y
ovs-vsctl --no-wait --format=csv --no-headings --columns=name,ofport find Interface type=dpdkr | sort >after
cmp before after && echo "ofports same"
took del-br ovs-vsctl --timeout=25 del-br big
echo "taps $(ip -o link show type tun | wc -l)"
sed 's/^/# /' switch.log
ovs-appctl exit
sleep 1
kill "$(cat ovsdb-server.pid)"
