# What controllers and the database are told of the ports of bridge br0: `. ./interfaces.sh` for `follow` and `look`.

# Listens to what is told of ports, in three versions of OpenFlow.
follow() {
    sleep 1
    for version in 10 13 15; do
        setsid ovs-ofctl -O "OpenFlow$version" monitor br0 65534 >"told$version" 2>&1 </dev/null &
    done
    touch seen
    look
}

# A line for each port of what ovs-ofctl says.
ports() {
    sed "s/^/$1: /;s/ (xid=[^)]*)//" | awk '
        /addr:|^[0-9]*: OFP/ { if (line) print line; line = $0; next }
        { sub(/^[0-9]*: */, " "); line = line $0 }
        END { if (line) print line }' | tr -s ' '
}

# Says, a moment later, what was told since the last time, and what is shown otherwise than then.
look() {
    sleep 0.55
    {
        for version in 10 13 15; do
            ports "$version" <"told$version" | awk '{ print $0, "#" NR }'
        done
        for version in 10 15; do
            ovs-ofctl -O "OpenFlow$version" dump-ports-desc br0 | ports "$version"
        done
        ovs-vsctl --columns=name,ofport,error,admin_state,link_state,mac_in_use,mtu,link_speed,duplex --format=csv --no-headings list Interface | LC_ALL=C sort
        ip -br link | awk '{ sub(/@.*/, "", $1) } $1 ~ /^(v[0-9]|x[0-9]|i1|br0)$/ { print $1, $2, $3 }' | sort
    } >now
    grep -vxFf seen now
    mv now seen
}
