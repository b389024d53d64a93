#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What scripts/setup promises of the packages that it installs.
root=$(cd "$(dirname "$0")/../.." && pwd)
T_LIB=$root/tests/lib
. "$T_LIB/tap.sh"
T_DIR=$(mktemp -d)
trap 'rm -rf "$T_DIR"' EXIT

command -v dpkg-query >/dev/null || t_skip "no dpkg here"

# installed: those of its packages that are here, but for those of every Debian.
installed()
{
	# shellcheck disable=SC2046 # names
	dpkg-query -W -f='${Package} ${Priority} ${db:Status-Status}\n' \
		$("$root/scripts/setup" --list) 2>/dev/null |
		awk '$3 == "installed" && $2 !~ /required|important/ { print $1 }'
}

no_kernel()
{
	eq "" "$("$root/scripts/setup" --list | grep -E '^linux-(image|headers)' || :)"
	match 'linux-image' "$("$root/scripts/guest-packages" --list)"
}

# A file there is run, or read, when the host boots or a link comes.
touches_nothing()
{
	local package files

	[ -n "$(installed)" ] || t_skip "none of the packages is installed"
	for package in $(installed); do
		files=$(dpkg-query -L "$package" | grep -E \
			'^/(boot|etc/(network|NetworkManager|sysctl\.d|modules-load\.d|cron\.d)|(usr/)?lib/(udev/rules\.d|sysctl\.d|systemd/network))/.' || :)
		eq "" "$files" "files of $package"
	done
}

starts_nothing()
{
	local package script

	[ -n "$(installed)" ] || t_skip "none of the packages is installed"
	for package in $(installed); do
		for script in /var/lib/dpkg/info/"$package"{,:*}.postinst; do
			[ -e "$script" ] || continue
			eq "" "$(grep -E 'deb-systemd-(invoke|helper.* enable)|invoke-rc\.d' "$script" || :)" \
				"$script"
		done
	done
}

t_case "no kernel is installed" no_kernel
t_case "no package has files that the boot or the network reads" touches_nothing
t_case "no package starts or enables a service" starts_nothing
t_done
