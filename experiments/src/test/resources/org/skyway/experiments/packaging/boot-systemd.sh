#!/bin/bash
# Boots the systemd of this host with one service in namespaces of its own, over an overlay of everything, and ends with it.
#
# usage: boot-systemd.sh FOLDER SCRIPT   (FOLDER is empty; SCRIPT is run as root by /bin/bash, and finds its own folder in /test)
set -euo pipefail

folder="$(readlink -f "$1")"
script="$(readlink -f "$2")"

if [ "${3:-}" != inside ]; then
    # Systemd makes groups of its own: below one that is made here, in each hierarchy of groups.
    groups=()
    while IFS=: read -r _ controllers path; do
        case "$controllers" in
            *cpuset*) continue ;; # a new one takes no process, and systemd makes none
            '') mounted="$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)" ;;
            *) mounted="/sys/fs/cgroup/${controllers#name=}" ;;
        esac
        groups+=("$mounted${path%/}/skyway-test-$$")
        mkdir "${groups[-1]}"
    done </proc/self/cgroup
    (
        for group in "${groups[@]}"; do
            echo "$BASHPID" >"$group/cgroup.procs"
        done
        exec unshare --mount --net --ipc --uts --cgroup --pid --fork --kill-child -- "$0" "$folder" "$script" inside
    ) &
    machine=$!
    trap 'kill "$machine"' TERM INT
    status=0
    wait "$machine" || status=$?
    wait "$machine" 2>/dev/null || true # the first one ends with a signal, too
    for group in "${groups[@]}"; do
        for ((i = 0; i < 100; i++)); do # one is busy until the kernel has done with what was in it
            ! find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || break
            sleep 0.1
        done
    done
    exit "$status"
fi

mount -t tmpfs none "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
root="$folder/root"
. "$(dirname "$0")/root.sh"
furnish "$root"
chmod 1777 "$root/tmp" "$root/dev/shm"
mount -t tmpfs none "$root/run"
mkdir "$root/dev/pts" "$root/dev/mqueue" "$root/dev/hugepages" "$root/test" # where a service with devices of its own looks for them
mount -t devpts devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t mqueue mqueue "$root/dev/mqueue" || true
mount -t hugetlbfs hugetlbfs "$root/dev/hugepages" || true
mount --bind "$(dirname "$script")" "$root/test"
# Nothing of the host's kernel is set.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
if grep -q :name=systemd: /proc/self/cgroup; then
    mount -t tmpfs none "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/systemd" "$root/sys/fs/cgroup/unified"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
    ! grep -q '^0::' /proc/self/cgroup || mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified"
else
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
fi
# No service of the host, no mount, no generator: the journal and what the script starts.
rm -rf "$root"/{usr/lib,lib,etc}/systemd/system-generators "$root/etc/fstab" "$root"/{usr/lib,lib,etc}/systemd/system/*.wants
cat >"$root/etc/systemd/system/test.service" <<UNIT
[Unit]
Wants=systemd-journald.service
After=systemd-journald.service
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart=/bin/bash /test/$(basename "$script")
StandardOutput=append:/test/output
StandardError=append:/test/output
Environment=HOME=/root LANG=C
UNIT
exec chroot "$root" /usr/bin/env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=test.service --log-target=journal --show-status=no >"$(dirname "$script")/systemd" 2>&1
