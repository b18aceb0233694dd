#!/bin/bash
# The life of the daemons as Debian's service scripts have it.
#   service.sh PRIVATE ovs|LAUNCHER KEPT-DIRECTORY…
. "$1"
switch="$2"
shift 2
private_places "$@"
use_switch "$switch"
ctl() {
    echo "\$ ovs-ctl $*"
    timeout 60 /usr/share/openvswitch/scripts/ovs-ctl --no-mlockall --no-monitor --system-id=x "$@" 2>&1 |
        grep -v 'ulimit\|modprobe\|Inserting' | sed 's/pid [0-9]*/pid N/; s/([0-9]*)/(N)/'
    echo "  status ${PIPESTATUS[0]}"
}
say() {
    echo "\$ $1"
    timeout 30 bash -c "$1" 2>&1 | grep -v 'xid=0x\|^Skyway'
    echo "  status ${PIPESTATUS[0]}"
}
say 'ovs-vswitchd --version | head -1'
ctl start
ctl status
echo "# $(ovs-appctl version 2>/dev/null | tail -1)"
say 'cat /proc/$(cat /run/openvswitch/ovs-vswitchd.pid)/comm'
say 'ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile --detach 2>&1 | grep -o "already running as pid"'
say 'ovs-vsctl add-br br0 -- set bridge br0 datapath_type=netdev fail_mode=secure'
say 'ovs-vsctl add-port br0 i1 -- set Interface i1 type=internal'
say 'ovs-vsctl add-port br0 i2 -- set Interface i2 type=internal ofport_request=5'
say 'ovs-ofctl add-flow br0 in_port=1,actions=output:5'
say 'ovs-vsctl get Bridge br0 datapath_id >/tmp/before'
ctl restart
ctl status
echo "# $(ovs-appctl version 2>/dev/null | tail -1)"
say 'ovs-vsctl --columns=name,ofport,error list Interface | sort'
say 'ovs-ofctl --no-stats dump-flows br0'
say 'ovs-vsctl get Open_vSwitch . ovs_version other_config'
say 'mv /var/log/openvswitch/ovs-vswitchd.log /tmp/old.log; ovs-appctl vlog/reopen; ovs-appctl vlog/set info; ls /var/log/openvswitch | grep vswitchd'
ctl stop
ctl status
echo "# $(ovs-appctl version 2>/dev/null | tail -1)"
say 'ls /run/openvswitch | grep "pid\|ctl\|mgmt"'

# Killed by a signal that says that it crashed, it is started again by its monitor, and ended by nobody but its user.
ulimit -c 0
cd /tmp
timeout 60 /usr/share/openvswitch/scripts/ovs-ctl --no-mlockall --no-monitor --system-id=x --no-ovs-vswitchd start >/dev/null 2>&1
say 'ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile --log-file --detach --monitor --no-chdir 2>/dev/null'
pid() { cat /run/openvswitch/ovs-vswitchd.pid 2>/dev/null; }
export -f pid
crashed() {
    local before="$(pid)"
    kill -SEGV "$before"
    for _ in $(seq 300); do
        [ -n "$(pid)" ] && [ "$(pid)" != "$before" ] && break
        sleep 0.1
    done
    [ "$(pid)" != "$before" ] && kill -0 "$(pid)" && echo another
}
export -f crashed
say 'crashed; ovs-vsctl --timeout=30 add-port br0 i3 -- set Interface i3 type=internal && ovs-vsctl --columns=name,ofport,error list Interface | sort'
say 'ovs-appctl exit; for _ in $(seq 100); do pid >/dev/null || break; sleep 0.1; done; sleep 2; pid; pgrep -c -f "[o]vs-vswitchd.*unix:/run/openvswitch/db.sock"'
