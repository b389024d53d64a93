#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# README's commands on the reader's machine: a Debian RELEASE on which nobody has built netd.
#
#	tests/fresh/fresh.sh bookworm|trixie          what takes few minutes
#	NETD_FRESH=all tests/fresh/fresh.sh trixie    all of it
#	tests/fresh/fresh.sh other                    of the release that this machine has not,
#	                                              the two minutes that the suite `hosts` has
#
# Theory of operation.  Its root file system is build-fresh/RELEASE/root (see root), entered
# as a machine of its own (see enter).  The checkout is in a folder that only its owner may
# enter: ~/netd.  The commands are read out of README.md.  scripts/setup has the machine to
# write to; whatever comes behind it has nothing but home directories, /tmp, /run and, to
# install netd, /usr/local.  What a command printed is kept in build-fresh/RELEASE/LOG.
root=$(cd "$(dirname "$0")/../.." && pwd)
T_LIB=$root/tests/lib
. "$T_LIB/tap.sh"
T_DIR=$(mktemp -d)
trap 'rm -rf "$T_DIR"' EXIT
release=${1:?}
cases=a_part
if [ "$release" = other ]; then
	cases=the_least
	release=trixie
	! grep -q '^VERSION_CODENAME=trixie' /etc/os-release || release=bookworm
elif [ "${NETD_FRESH:-}" = all ]; then
	cases=all
fi
dir=$root/build-fresh/$release
# what looks at PATH, at other users, at folders and at what is installed
few_tests=(netns-lifecycle netns-hooks netns-readme netns-security netns-autostart netns-homes
	netns-exec netns-dhcp-names)

# readme HEADING: the commands of that section, one per line.
readme()
{
	awk -v heading="## $1" '
		/^## / { here = $0 == heading; next }
		/^```/ { code = here && !code; next }
		here && (code || sub(/^    /, "")) { print }' "$root/README.md"
}

# on_machine LOG WHO ro|rw COMMAND
on_machine()
{
	"$root/tests/fresh/enter" "$dir" "$2" "$3" "$4" >"$dir/$1" 2>&1 9>&- ||
		fail "$2 on $release, exit status $?: $4
$(tail -n 40 "$dir/$1")"
}

# checkout WHO: in a folder that nobody else may enter.
checkout()
{
	local home=$dir/own/home/dev owner=dev

	if [ "$1" = root ]; then
		home=$dir/own/home-of-root owner=root
	fi
	[ ! -e "$home/netd" ] || return 0
	mkdir -p "$home/netd"
	(cd "$root" && git ls-files -co --exclude-standard -z |
		tar --create --null --files-from - --ignore-failed-read) | tar -C "$home/netd" --extract
	git -C "$home/netd" -c init.defaultBranch=main init --quiet
	chmod 700 "$home" "$home/netd"
	chown -R --reference="$dir/root/home/$owner" "$home" 2>/dev/null ||
		chown -R root:root "$home"
}

# boot_files: what the machine reads when it boots, or when a link comes.
boot_files()
{
	# some of them are not there
	(cd "$dir/root" && { find boot etc/{cron.d,modules-load.d,network,rc?.d,sysctl.d,systemd} \
		usr/lib/{modules-load.d,sysctl.d,systemd/network,udev/rules.d} ! -type d 2>/dev/null ||
		:; } | sort)
}

# No package that it installs changes how the machine boots; the second time there is
# nothing to do.
setup()
{
	local before

	checkout dev
	before=$(boot_files)
	on_machine setup dev rw scripts/setup
	eq "$before" "$(boot_files)"
	on_machine setup-again dev ro scripts/setup
	eq "" "$(<"$dir/setup-again")"
}

# demo WHO, tests WHO [OPTIONS]: as README has it; nothing may be left undone without a word.
demo()
{
	checkout "$1"
	on_machine "demo-$1" "$1" ro "$(readme 'Two commands' | grep demo)"
	match 'Done\.' "$(tail -n 1 "$dir/demo-$1")"
}

tests()
{
	checkout "$1"
	on_machine "test-$1" "$1" ro "$(readme 'Two commands' | grep 'test$') ${2:-}"
	match '^[1-9][0-9]* passed, 0 failed, [0-9]+ skipped$' "$(tail -n 1 "$dir/test-$1")"
}

# some_tests WHO: of those with namespaces, in the build that is there.
some_tests()
{
	on_machine "some-$1" "$1" ro "meson test -C build-test-gcc --no-rebuild --print-errorlogs ${few_tests[*]}"
	match 'Fail: *0 ' "$(<"$dir/some-$1")"
}

# lint: with this release's checkers.
lint()
{
	tests dev '--compiler clang --suite unit'
	on_machine lint dev ro 'scripts/lint build-test-clang'
}

# By README (what D-Bus and polkit read stays in the root), and then, as if it were an old one, nothing of it can be run any more: who runs
# it in place of what was built fails.
install_netd()
{
	local file

	checkout dev
	on_machine install dev rw "set -e; $(readme Install | grep -v -e systemctl -e netdctl)"
	[ -x "$dir/own/local/bin/netdctl" ] || fail "nothing was installed"
	find "$dir/own/local/bin" "$dir/own/local/libexec/netd" -type f -perm -u+x >"$T_DIR/installed"
	while read -r file; do
		printf '#!/bin/sh\necho "the installed %s was run" >&2\nexit 99\n' "${file##*/}" >"$file"
	done <"$T_DIR/installed"
}

# Compilers, libraries and tools of that release, and a user.
the_least()
{
	t_case "scripts/setup on a fresh machine" setup
	t_case "tests without the kernel, as a user" tests dev '--suite unit --suite golden'
}

# The few minutes: both commands as a user on one release, netd installed on the other.
a_part()
{
	t_case "scripts/setup on a fresh machine" setup
	if [ "$release" = bookworm ]; then
		t_case "the demonstration, as a user" demo dev
		t_case "tests without the kernel, as a user" tests dev '--suite unit --suite golden'
	else
		t_case "netd is installed, as README says" install_netd
		t_case "tests without the kernel, as a user, netd installed" \
			tests dev '--suite unit --suite golden --suite docs'
		t_case "some with namespaces, as a user, netd installed" some_tests dev
	fi
}

all()
{
	local netd who

	t_case "scripts/setup on a fresh machine" setup
	for netd in "no netd installed" "netd installed"; do
		[ "$netd" != "netd installed" ] || t_case "netd is installed, as README says" install_netd
		for who in dev root; do
			t_case "the demonstration, as $who, $netd" demo "$who"
			t_case "all tests, as $who, $netd" tests "$who"
		done
	done
	t_case "static checks" lint
}

if [ "$(id -u)" != 0 ] || ! grep -q ' 4294967295$' /proc/self/uid_map; then
	t_skip "needs root, not a user namespace's"
fi
why=$("$root/tests/fresh/root" "$release" 2>&1) || t_skip "$why"
rm -rf "$dir/own"
mkdir -p "$dir"/own/{home,home-of-root,local}
"$cases"
[ "$T_FAILED" != 0 ] || rm -rf "$dir/own"
t_done
