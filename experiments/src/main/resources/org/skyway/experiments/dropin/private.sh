# Sourced by scripts that run in mount, network and process namespaces of their own, before anything else: /run, /tmp, and where daemons keep
# things are nobody else's from here on. What is named stays where it is.
#   private_places DIRECTORY…
private_places() {
    local n=0 kept
    mount --make-rprivate /
    mount -t sysfs none /sys
    mount -t tmpfs none /mnt
    for kept in "$@"; do
        n=$((n + 1))
        mkdir "/mnt/$n"
        mount --rbind "$kept" "/mnt/$n"
    done
    local place
    for place in /run /tmp /var/tmp /var/log /var/lib; do
        mount -t tmpfs none "$place"
    done
    n=0
    for kept in "$@"; do
        n=$((n + 1))
        mkdir -p "$kept"
        mount --rbind "/mnt/$n" "$kept"
    done
    mkdir -p /run/openvswitch /run/netns /var/log/openvswitch /var/lib/openvswitch /tmp/home
    [ ! -d /etc/openvswitch ] || mount -t tmpfs none /etc/openvswitch
    export HOME=/tmp/home PATH="$PATH:/usr/sbin:/sbin"
    unset OVS_RUNDIR OVS_LOGDIR SKYWAY_RUNDIR
    ip link set lo up
}

# Has whoever starts ovs-vswitchd start a switch, real or not.
#   use_switch ovs|LAUNCHER
use_switch() {
    [ "$1" != ovs ] || return 0
    mkdir /tmp/switch
    ln -s "$1" /tmp/switch/ovs-vswitchd
    printf '#!/bin/sh\nexec /tmp/switch/ovs-vswitchd "$@"\n' >/tmp/switch/start
    chmod +x /tmp/switch/start
    mount --bind /tmp/switch/start "$(readlink -f /usr/sbin/ovs-vswitchd)"
}
