# Run by boot-systemd.sh: installs a package, starts its service, and upgrades it while packets go past the switch and through it. What
# is printed is looked at by UpgradeIT. Beside this script lie old.deb and new.deb.
set -euo pipefail
trap 'echo "failed in line $LINENO"; systemctl --no-pager status skyway; journalctl --no-pager --lines 100' ERR

export SKYWAY_RUNDIR=/run/skyway OVS_RUNDIR=/run/skyway SKYWAY_AOT=off
cd /tmp

main() {
    systemctl show --property MainPID --value skyway
}
state() {
    echo "$1: $(systemctl show --property ActiveState,SubState,Result,NRestarts skyway | sort | tr '\n' ' ')"
}
# await WHAT COMMAND...: until the command succeeds
await() {
    local what="$1" i
    shift
    for ((i = 0; i < 600; i++)); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.2
    done
    echo "gave up: no $what"
    return 1
}
# Four VNFs, each a process of the switch's user and no part of its service.
vnf() {
    local name="$1"
    shift
    setpriv --reuid skyway --regid skyway --clear-groups skyway vnf "$@" --wait --port "$name" >"$name.log" 2>&1 &
    pids[$name]=$!
}
received() {
    tr '|' '\n' <"$1.log" | sed -n 's/^.*: in \([0-9,]*\) .*/\1/p' | tail -n 1 | tr -d ,
}
more_than() {
    [ "$(received "$1")" -gt "$2" ]
}
# Whether the switch knows the VNF of a port: what is sent to it before that is dropped.
attached() {
    skyway ctl show | grep -q " $1 .* sink "
}
active() {
    skyway ctl links | grep -q 'past1 .*past2 .*ACTIVE'
}
declare -A pids

dpkg --install /test/old.deb >dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
mkdir -p /etc/systemd/system/skyway.service.d
# Caches that quicken starts are the archive's test's.
printf '[Service]\nEnvironment=SKYWAY_AOT=off\n' >/etc/systemd/system/skyway.service.d/test.conf
cat >/etc/skyway/skyway.yaml <<'YAML'
bridge: br0
ports:
  - {number: 1, type: dpdkr, name: past1}
  - {number: 2, type: dpdkr, name: past2}
  - {number: 3, type: dpdkr, name: through1}
  - {number: 4, type: dpdkr, name: through2}
YAML
systemctl daemon-reload
systemctl start skyway
state started
echo "user: $(ps -o user= -p "$(main)")"
ovs-ofctl add-flow br0 priority=100,in_port=1,actions=output:2
ovs-ofctl add-flow br0 priority=100,in_port=3,actions=output:4
ovs-ofctl add-flow br0 priority=200,in_port=3,udp,tp_dst=9,actions=drop # so: no bypass
vnf past2 sink --verify
vnf through2 sink --verify
for sink in past2 through2; do
    await "VNF of $sink" attached "$sink"
done
vnf past1 source --rate 500 --id 1
vnf through1 source --rate 500 --id 3
await "link" active
for sink in past2 through2; do
    await "packets at $sink" more_than "$sink" 100
done

# Files are replaced under a switch that runs, and it is asked what it was never asked before.
before="$(main)"
dpkg --unpack /test/new.deb >dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
skyway ctl p2p explain past1 | sed 's/^/old switch, new files: /' | head -n 1
dpkg --configure skyway >dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
grep skyway: dpkg.log || true
state upgraded
[ "$(main)" != "$before" ] && echo "another process: $(readlink "/proc/$before/exe" || echo the first is gone)"
tr '\0' ' ' <"/proc/$(main)/cmdline" | grep -o 'jars/switch-[^:]*' | sed 's/^/of the new release: /'
for sink in past2 through2; do
    await "packets at $sink after the upgrade" more_than "$sink" $(($(received "$sink") + 500))
done
skyway ctl links | sed 's/^/link: /'
for source in past1 through1; do
    kill -TERM "${pids[$source]}"
    wait "${pids[$source]}" || true
done
for pair in past through; do
    sent="$(sed -n 's/^source final .* out \([0-9,]*\) .*/\1/p' "${pair}1.log" | tr -d ,)"
    await "last packet at ${pair}2" more_than "${pair}2" $((sent - 1)) || true
    kill -TERM "${pids[${pair}2]}"
    wait "${pids[${pair}2]}" || true
    echo "$pair: sent $sent, came $(sed -n 's/.*"packets":\([0-9]*\).*"lost":\([0-9]*\),"duplicates":\([0-9]*\),"reordered":\([0-9]*\).*/\1, lost \2, twice \3, reordered \4/p' "${pair}2.log")"
done
# A VNF that a busy machine keeps from answering for seconds counts as gone, and what is sent to it meanwhile as dropped.
echo "dropped: $(($(skyway ctl stats --json | sed -n 's/.*"[rt]xDropped" : \([0-9]*\).*/\1/p' | paste -sd+)))"
ovs-ofctl dump-flows br0 | sed -n 's/.* n_packets=\([0-9]*\), .*priority=100,in_port=\([0-9]\) .*/entry of port \2: \1/p'

# What can't be started takes nothing over.
before="$(main)"
cp /etc/skyway/skyway.yaml good.yaml
echo 'bridge: [' >>/etc/skyway/skyway.yaml
systemctl reload skyway 2>/dev/null || echo "bad configuration: refused"
[ "$(main)" = "$before" ] && state "bad configuration"
cp good.yaml /etc/skyway/skyway.yaml

# The service manager looks after the process that has taken over, too.
kill -KILL "$before"
restarted() {
    [ "$(main)" != "$before" ] && systemctl is-active --quiet skyway
}
await "restart" restarted
state killed
systemctl stop skyway
state stopped

journalctl --no-pager --unit skyway | sed 's/^/log: /'
rm -r /etc/systemd/system/skyway.service.d
dpkg --purge skyway >dpkg.log 2>&1 || { cat dpkg.log; exit 1; }
echo "done"
