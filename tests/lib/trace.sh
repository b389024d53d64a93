# SPDX-License-Identifier: GPL-2.0-or-later
# strace, in a build with AddressSanitizer too: what looks for leaks cannot work under
# ptrace.  Sourced by netns.sh.

# no_leak_search: in what is run from here on.
no_leak_search()
{
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
}

# trace OPTION… COMMAND…: strace's.
trace()
{
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 strace "$@"
}
