#!/bin/sh
# Puts the headers that a DPDK driver needs into a folder. A DPDK that was built with enable_driver_sdk has installed them; Debian's has not,
# so they come out of the source package of exactly the installed version. Needs no root and changes nothing of the system.
set -eu
out="$1"
headers="ethdev_driver.h ethdev_vdev.h bus_vdev_driver.h dev_driver.h"

fail() {
    echo "sdk.sh: $*" >&2
    exit 1
}

pkg-config --exists libdpdk || fail "no DPDK is installed; sudo apt-get install libdpdk-dev"
for flag in $(pkg-config --cflags-only-I libdpdk); do
    if [ -e "${flag#-I}/ethdev_driver.h" ]; then
        mkdir -p "$out"
        for header in $headers; do
            ln -sf "${flag#-I}/$header" "$out/$header"
        done
        exit 0
    fi
done

version="$(dpkg-query -W -f '${source:Version}' libdpdk-dev 2>/dev/null)" || fail "this DPDK has no driver headers; build it with -Denable_driver_sdk=true"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial"
# The sources of the archives that binaries come from, whatever form their list has.
apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | sort -u | while read -r site release; do
    case "$site" in
        http*) echo "deb-src $site $release main" ;;
    esac
done >"$work/sources.list"
[ -s "$work/sources.list" ] || fail "apt knows no archive; run apt-get update"
set -- -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists" \
    -o Dir::Cache="$work" -o APT::Sandbox::User=root
apt-get "$@" -qq update || fail "can't get the index of source packages"
(cd "$work" && apt-get "$@" -qq source --download-only "dpdk=$version" >/dev/null) || fail "can't get the source package dpdk $version"
archive="$(find "$work" -maxdepth 1 -name 'dpdk_*.orig.tar.*' ! -name '*.asc')"
tar -C "$work" -xf "$archive" --wildcards '*/lib/ethdev/ethdev_driver.h' '*/lib/ethdev/ethdev_vdev.h' \
    '*/drivers/bus/vdev/bus_vdev_driver.h' '*/lib/eal/include/dev_driver.h'
mkdir -p "$out"
for header in $headers; do
    found="$(find "$work" -name "$header")"
    [ -n "$found" ] || fail "the source package has no $header"
    cp "$found" "$out/$header.new" && mv "$out/$header.new" "$out/$header"
done
