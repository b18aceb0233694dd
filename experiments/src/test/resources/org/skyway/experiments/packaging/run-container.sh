#!/bin/bash
# Runs a program as a container engine would without a network: with nothing but a root directory, in namespaces of its own.
#
# usage: run-container.sh ROOT [NAME=VALUE]... PROGRAM [ARGUMENT]...
set -euo pipefail

if [ -z "${SKYWAY_TEST_INSIDE:-}" ]; then
    SKYWAY_TEST_INSIDE=yes exec unshare --mount --net --ipc --pid --fork --kill-child -- "$0" "$@"
fi

root="$1"
shift
. "$(dirname "$0")/root.sh"
furnish "$root"
exec chroot "$root" /usr/bin/env -i "$@"
