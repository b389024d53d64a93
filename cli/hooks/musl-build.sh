#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compiles one program statically with musl: MUSL-GCC OUTPUT DEPFILE SOURCES... -- FLAGS...
# Not position independent: Debian 12's musl-gcc makes no static PIE, and a process that has
# to relocate itself starts slower.
# -MD writes one rule per source; they are put together for ninja, which wants one target.
set -eu
compiler=$1 output=$2 depfile=$3
shift 3
multiarch=$(gcc -print-multiarch 2>/dev/null || true)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=
while [ "$1" != -- ]; do
	sources="$sources $1"
	shift
done
shift
objects=
for source in $sources; do
	object=$work/$(basename "$source").o
	"$compiler" -std=gnu11 -fms-extensions -O2 -D_GNU_SOURCE -Wall -Wextra -fno-plt -fno-pie \
		-fno-asynchronous-unwind-tables -fstack-protector-strong \
		-ffunction-sections -fdata-sections -idirafter /usr/include \
		${multiarch:+-idirafter "/usr/include/$multiarch"} \
		-MD -MF "$work/$(basename "$source").d" -MT "$output" "$@" \
		-c "$source" -o "$object"
	objects="$objects $object"
done
# shellcheck disable=SC2086 # a list of paths of our own
"$compiler" -static -no-pie -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -s $objects -o "$output"
{
	printf '%s:' "$output"
	sed -e "s|^$output:||" -e 's/\\$//' "$work"/*.d | tr '\n' ' '
	printf '\n'
} >"$depfile"
