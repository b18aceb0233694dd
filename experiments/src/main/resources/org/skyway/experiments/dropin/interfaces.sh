# What controllers and the database are told of the ports of bridge br0: `. ./interfaces.sh` for `follow`, `look`, `settle` and `namespace`.

# Listens to what is told of ports, in three versions of OpenFlow.
follow() {
    touch seen told10 told13 told15
    settle
    for version in 10 13 15; do
        # It is in the background when it is connected, and what it is told is on its stderr.
        ovs-ofctl -O "OpenFlow$version" --detach --no-chdir --pidfile="$PWD/monitor$version" monitor br0 65534 2>"told$version"
    done
    look
}

# A line for each port of what ovs-ofctl says.
ports() {
    sed "s/^/$1: /;s/ (xid=[^)]*)//" | awk '
        /addr:|^[0-9]*: OFP/ { if (line) print line; line = $0; next }
        { sub(/^[0-9]*: */, " "); line = line $0 }
        END { if (line) print line }' | tr -s ' '
}

# What was told, one line a message, and what is shown.
state() {
    for version in 10 13 15; do
        ports "$version" <"told$version" | awk '!/OFPT_ECHO/ { print $0, "#" ++n }' # who hears nothing for 5 s asks for an echo
    done
    for version in 10 15; do
        ovs-ofctl -O "OpenFlow$version" dump-ports-desc br0 | ports "$version"
    done
    ovs-vsctl --columns=name,ofport,error,admin_state,link_state,mac_in_use,mtu,link_speed,duplex --format=csv --no-headings list Interface | LC_ALL=C sort
    ip -br link | awk '{ sub(/@.*/, "", $1) } $1 ~ /^(v[0-9]|x[0-9]|i1|br0)$/ { print $1, $2, $3 }' | sort
}

# Waits until that changes no more: a busy machine takes longer for a change, and for looking.
settle() {
    sleep 0.5
    state >now
    for _ in $(seq 40); do
        sleep 0.2
        state >next
        cmp -s now next && break
        mv next now
    done
}

# Says what was told since the last time, and what is shown otherwise than then.
look() {
    settle
    grep -vxFf seen now
    mv now seen
}

# Makes a network namespace, and a file ns of the process that is in it.
namespace() {
    unshare --net sleep 600 >/dev/null 2>&1 &
    echo $! >ns
    while [ "$(readlink "/proc/$(cat ns)/ns/net")" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
}
