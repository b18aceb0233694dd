# Read by scripts that run something in a root directory of its own, in namespaces of their own.

# furnish ROOT: what a kernel and an init or a container engine would put there. No sockets of the host are in reach.
furnish() {
    mkdir -p "$1/proc" "$1/dev" "$1/tmp"
    mount -t proc proc "$1/proc"
    mount -t tmpfs none "$1/dev"
    mknod "$1/dev/null" c 1 3
    mknod "$1/dev/zero" c 1 5
    mknod "$1/dev/urandom" c 1 9
    mknod "$1/dev/random" c 1 8
    chmod 666 "$1"/dev/*
    mkdir "$1/dev/shm"
    mount -t tmpfs none "$1/tmp"
    ip link set lo up
}
