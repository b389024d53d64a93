# SPDX-License-Identifier: GPL-2.0-or-later
# Debian root file systems for tests; nothing is installed on this machine.  Sourced by
# tests/hosts/root and tests/fresh/root.
#
# Theory of operation.  debootstrap is a shell script; its package is unpacked, not
# installed.  Packages come from where this machine's apt gets its own.

# mirror: where this machine's apt gets its packages.
mirror()
{
	sed -n -e 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' -e 's/^URIs: *\([^ ]*\).*/\1/p' \
		/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1
}

# bootstrap RELEASE PACKAGES ROOT: PACKAGES are separated by commas.
bootstrap()
{
	local tool=${3%/*}/tool

	rm -rf "$tool"
	mkdir -p "$tool"
	(cd "$tool" && apt-get -q -o APT::Sandbox::User= download debootstrap >/dev/null)
	dpkg-deb --extract "$tool"/debootstrap_*.deb "$tool"
	DEBOOTSTRAP_DIR=$tool/usr/share/debootstrap "$tool/usr/sbin/debootstrap" \
		--variant=minbase --include="$2" "$1" "$3" "$(mirror)"
	rm -r "$tool"
	cp -r /etc/apt/apt.conf.d "$3/etc/apt/"
	cp -L /etc/resolv.conf "$3/etc/resolv.conf"
}
