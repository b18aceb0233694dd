#!/bin/bash
# Installs a package, uses and purges it, in a mount namespace of its own with an overlay over everything, and tells of files that stay.
#
# usage: try-package.sh PACKAGE FOLDER   (FOLDER is empty)
set -euo pipefail

package="$(readlink -f "$1")"
folder="$(readlink -f "$2")"

if [ "${3:-}" != inside ]; then
    exec unshare --mount --net --pid --fork --kill-child -- "$0" "$package" "$folder" inside
fi

mount -t tmpfs none "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
root="$folder/root"
cp "$package" "$root/skyway.deb"
. "$(dirname "$0")/root.sh"
furnish "$root"
mount -t tmpfs none "$root/usr/lib/jvm" # no Java
# Caches that quicken starts are the archive's test's.
clean=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C SKYWAY_AOT=off)
inside() {
    chroot "$root" "${clean[@]}" "$@"
}
# What the overlay has that is not below it, without what belongs to dpkg, its triggers, and the list of users: Debian's packages leave
# their user behind, so that nobody else gets its files.
stayed() {
    (cd "$folder/upper" && find . \( -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/lib/apt -o -path ./var/cache/apt \
        -o -path ./var/cache/ldconfig -o -path ./var/cache/man -o -path ./var/cache/debconf -o -path './etc/*passwd*' \
        -o -path './etc/*group*' -o -path './etc/*shadow*' -o -path './etc/ld.so.cache*' -o -path ./etc/.pwd.lock -o -path ./run/systemd \) -prune \
        -o \( -type f -o -type l -o -iname '*skyway*' \) -print | sort)
}
rm -f "$root/usr/bin/java" "$root/etc/alternatives/java"

dpkg-deb --info "$root/skyway.deb" | grep -E '^ (Package|Version|Depends):'
inside dpkg -i /skyway.deb >"$folder/dpkg" 2>&1 || { cat "$folder/dpkg"; exit 1; }
echo "version: $(inside skyway --version)"
inside update-alternatives --display ovs-vswitchd | grep skyway
echo "alternative: $(inside /usr/lib/skyway/ovs-vswitchd --version)"
inside /usr/lib/skyway/ovs-vswitchd ssl:127.0.0.1:6640 2>&1 | sed 's/^/refused: /' || true
for page in /usr/share/man/man1/skyway.1.gz /usr/share/man/man1/skyway-ctl.1.gz /usr/share/man/man8/skyway-vswitchd.8.gz; do
    warnings="$(zcat "$root$page" | groff -man -Tutf8 -ww 2>&1 >/dev/null)"
    [ -z "$warnings" ] || echo "warnings of $page: $warnings"
done
inside bash -c '. /usr/share/bash-completion/completions/skyway && COMP_WORDS=(skyway ctl) COMP_CWORD=2 && complete -p skyway'
inside systemd-analyze verify /usr/lib/systemd/system/skyway.service 2>&1 | grep -i skyway | sed 's/^/unit: /' || true

# start OPTION...: leaves its id in $switch
start() {
    : >"$folder/log"
    # No subshell between: the switch gets the signal itself.
    chroot "$root" "${clean[@]}" SKYWAY_RUNDIR=/tmp/run skyway vswitchd --config /etc/skyway/skyway.yaml --port 1:dpdkr:vnf1 "$@" \
        >"$folder/log" 2>&1 &
    switch=$!
    for ((i = 0; i < 1200; i++)); do
        grep -q 'is ready' "$folder/log" && break
        kill -0 "$switch" 2>/dev/null || break
        sleep 0.1
    done
    cat "$folder/log"
}
start
inside env SKYWAY_RUNDIR=/tmp/run skyway ctl show
# An upgrade without systemd says what is left to do.
inside dpkg -i /skyway.deb >"$folder/dpkg" 2>&1 || { cat "$folder/dpkg"; exit 1; }
grep "process id $switch " "$folder/dpkg" | sed 's/^/upgrade: /'
old="$switch"
start --take-over
wait "$old"
echo "handed over: $?"
kill -TERM "$switch"
wait "$switch" || true
inside skyway demo --rounds 1 --seconds 1 || true

inside dpkg --purge skyway >"$folder/dpkg" 2>&1 || { cat "$folder/dpkg"; exit 1; }
rm "$root/skyway.deb"
echo "stayed: $(stayed | tr '\n' ' ')"
