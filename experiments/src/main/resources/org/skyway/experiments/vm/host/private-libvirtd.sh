#!/bin/bash
# private-libvirtd.sh DIRECTORY: runs a libvirtd that keeps everything in DIRECTORY, until its
# standard input ends, however that comes about; then nothing of it is left but DIRECTORY. Says
# "ready" when it can be connected to, or "busy" if another one has DIRECTORY. A line "restart" on
# its input restarts the daemon alone; "pause" stops it where it is until "resume".
set -eu
W=$(realpath -m "$1")
stage=${2:-outer}
export PATH="$PATH:/usr/sbin:/sbin"

serve() { # socket, URI, command: keeps the daemon running while there is input
    local socket=$1 uri=$2 line
    shift
    shift
    start() {
        rm -f "$socket"
        "$@" </dev/null >"$W/libvirtd.out" 2>&1 &
        daemon=$!
        for _ in $(seq 3000); do
            # The socket is there before the daemon knows whether it can run guests.
            [ -S "$socket" ] && virsh -c "$uri" list >/dev/null 2>&1 && echo ready && return
            kill -0 "$daemon" 2>/dev/null || break
            sleep .02
        done
        echo "failed: $(tail -n 3 "$W/libvirtd.out" "$W"/log/*.log 2>/dev/null | tr '\n' ' ')"
    }
    start "$@"
    while read -r line; do
        if [ "$line" = restart ]; then
            kill -KILL "$daemon" 2>/dev/null || true # it may have died
            wait "$daemon" 2>/dev/null || true
            start "$@"
        elif [ "$line" = pause ]; then
            kill -STOP "$daemon" && echo ready
        elif [ "$line" = resume ]; then
            kill -CONT "$daemon" && echo ready
        fi
    done
    kill -CONT "$daemon" 2>/dev/null || true # or it would not end
}

if [ "$stage" = outer ]; then
    mkdir -p "$W"
    exec 9>"$W/lock" # inherited by all that follows, so it is free when the last of it is gone
    flock -n 9 || { echo busy && exit 0; }
    # What a killed one was running is gone; to look for it would take time.
    rm -rf "$W/run" "$W/r"
fi
if [ "$stage" = outer ] && [ "$(id -u)" = 0 ]; then
    mkdir -p "$W"/{etc,run,lib,log,cache} \
        /etc/libvirt /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
    cat >"$W/etc/libvirtd.conf" <<X
auth_unix_rw = "none"
log_outputs = "2:file:$W/log/libvirtd.log"
X
    cat >"$W/etc/qemu.conf" <<X
user = "root"
group = "root"
security_driver = "none"
dynamic_ownership = 0
remember_owner = 0
cgroup_controllers = [ ]
namespaces = [ ]
seccomp_sandbox = 0
stdio_handler = "file"
max_core = 0
X
    # The script is the first process of its own process namespace: when it ends, the kernel ends
    # the daemon and all guests.
    exec unshare --mount --pid --fork --kill-child=KILL --mount-proc --propagation private \
        bash "$0" "$W" inner
elif [ "$stage" = inner ]; then
    for part in etc:/etc run:/run lib:/var/lib log:/var/log cache:/var/cache; do
        mount --bind "$W/${part%%:*}" "${part#*:}/libvirt"
    done
    # libvirtd does not start without the user that its package for services makes.
    if ! getent passwd libvirt-qemu >/dev/null; then
        { cat /etc/passwd; echo 'libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin'; } >"$W/passwd"
        { cat /etc/group; echo 'libvirt-qemu:x:64055:'; } >"$W/group"
        mount --bind "$W/passwd" /etc/passwd
        mount --bind "$W/group" /etc/group
    fi
    serve "$W/run/libvirt-sock" "qemu+unix:///system?socket=$W/run/libvirt-sock" libvirtd --pid-file "$W/run/libvirtd.pid"
else
    export XDG_RUNTIME_DIR="$W/r" XDG_CONFIG_HOME="$W/c" XDG_CACHE_HOME="$W/k" \
        XDG_DATA_HOME="$W/d" HOME="$W/h"
    mkdir -p "$W"/{r,c/libvirt,k,d,h}
    chmod 700 "$W/r"
    printf 'stdio_handler = "file"\nseccomp_sandbox = 0\nmax_core = 0\n' >"$W/c/libvirt/qemu.conf"
    serve "$W/r/libvirt/libvirt-sock" qemu:///session libvirtd
    for guest in $(virsh -c qemu:///session list --name 2>/dev/null); do
        virsh -c qemu:///session destroy "$guest" >/dev/null || true
    done
    kill "$daemon"
    wait "$daemon" 2>/dev/null || true
fi
