#!/bin/bash
# Mininet with its default switch class, one topology after the other: every host pings every other.
#   mininet.sh PRIVATE ovs|LAUNCHER PACKAGES OS-KEN-APP KEPT-DIRECTORY…
. "$1"
switch="$2" packages="$3" app="$4"
shift 4
private_places "$packages" "$@"
use_switch "$switch"
export PATH="/tmp/bin:$packages/usr/bin:$PATH" PYTHONPATH="$packages/usr/lib/python3/dist-packages"
export LD_LIBRARY_PATH="$packages/usr/lib/x86_64-linux-gnu"
mkdir /tmp/bin
ln -s "$packages/usr/bin/inetutils-telnet" /tmp/bin/telnet
ln -s "$packages/usr/bin/ovs-testcontroller" /tmp/bin/controller
timeout 100 /usr/share/openvswitch/scripts/ovs-ctl --no-mlockall --no-monitor --system-id=x start >/tmp/start 2>&1 || cat /tmp/start
for arguments in '--topo single,3' '--topo linear,4' '--topo tree,2' '--topo linear,3 --link ovs' '--topo single,2 --switch ovsbr --controller none'; do
    echo "\$ mn $arguments --test pingall"
    # shellcheck disable=SC2086 # a list
    timeout 100 mn $arguments --test pingall 2>&1 | grep 'Results\|xception'
    echo "  status ${PIPESTATUS[0]}"
done
osken-manager --ofp-listen-host=127.0.0.1 --ofp-tcp-listen-port=6653 "$app" >/tmp/os-ken 2>&1 &
osken=$!
for _ in $(seq 100); do [ -n "$(ss -Hltn 'sport = 6653')" ] && break; sleep 0.1; done
for arguments in '--topo tree,2 --controller remote'; do
    echo "\$ os-ken: mn $arguments --test pingall"
    # shellcheck disable=SC2086 # a list
    timeout 100 mn $arguments --test pingall 2>&1 | grep 'Results\|xception'
    echo "  status ${PIPESTATUS[0]}"
done
kill "$osken"
timeout 60 /usr/share/openvswitch/scripts/ovs-ctl stop >/tmp/stop 2>&1 || cat /tmp/stop
