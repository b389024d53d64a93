#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The library's calls: netd.h declares what libnetd.sym lists and the library exports, and
# each call is made by netdctl, netd or a test.
root=$(cd "$(dirname "$0")/../.." && pwd)
T_LIB=$root/tests/lib
. "$T_LIB/tap.sh"
T_DIR=$(mktemp -d)
trap 'rm -rf "$T_DIR"' EXIT
build=${NETD_BUILD:-$root/build}

listed()
{
	grep -oE '^\s+netd_\w+;' "$root/lib/libnetd.sym" | tr -d '\t ;' | sort
}

declared()
{
	# a prototype may go over several lines: its name is the first word before "("
	grep -v '^#' "$root/lib/netd.h" | tr '\n' ' ' | grep -oE 'NETD_PUBLIC [^(;]*\(' |
		sed -E 's/.*[ *](netd_\w+)\($/\1/' | sort
}

# What a room needs itself has a second prototype in the room's header.
doubled()
{
	cat "$root"/lib/*/*.h | grep -v '^#' | tr '\n' ' ' | grep -oE 'NETD_PUBLIC [^(;]*\(' |
		sed -E 's/.*[ *](netd_\w+)\($/\1/' | sort
}

exported()
{
	nm -D --defined-only "$build/lib/libnetd.so.0" | awk '$2 == "T" { print $3 }' |
		sed 's/@.*//' | sort
}

lists_agree()
{
	eq "$(listed)" "$(declared)" "what netd.h declares"
	eq "" "$(comm -23 <(doubled) <(listed))" "public in a room only"
	command -v nm >/dev/null || return 0
	eq "$(listed)" "$(exported)" "what the library exports"
}

each_is_called()
{
	local call missing=''

	for call in $(listed); do
		grep -rqw --include='*.c' "$call" "$root/cli" "$root/netd" "$root/tests" ||
			missing+=" $call"
	done
	eq "" "$missing" "calls that nobody makes"
}

# A comment right in front of it, not one for several.
each_has_a_comment()
{
	eq "" "$(awk '/^NETD_PUBLIC/ && before !~ /\*\/$/ { print FILENAME ":" FNR ": " $0 } { before = $0 }' \
		"$root/lib/netd.h")" "prototypes without a comment of their own"
}

t_case "netd.h, libnetd.sym and the library agree" lists_agree
t_case "each call is made somewhere" each_is_called
t_case "each prototype has a comment" each_has_a_comment
t_done
