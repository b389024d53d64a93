# SPDX-License-Identifier: GPL-2.0-or-later
# TAP output, cases and assertions of the shell tests.  Sourced by netns.sh.
#
# Theory of operation.  A case runs in a subshell under `set -eu -o pipefail`; any command
# that fails ends it.  What it printed, and the trace of what it did, are shown only if it
# failed, as TAP diagnostics.  A case that calls t_skip is reported as skipped.

T_COUNT=0
T_FAILED=0
T_IN_CASE=

# Limits of time are for quiet machines; on a busy one, what must happen in the end has so
# many times that long.  What must not happen is not waited for longer.
T_PATIENCE=5

# t_skip REASON: inside a case skips it, outside of one the whole test.
t_skip()
{
	if [ -n "$T_IN_CASE" ]; then
		printf '%s\n' "$1" >"$T_DIR/skip"
		exit 77
	fi
	echo "1..0 # SKIP $1"
	exit 0
}

# t_bail REASON: the test itself cannot run.
t_bail()
{
	echo "Bail out! $1"
	exit 1
}

t_diagnose()
{
	local lines=$1 file=$2

	[ ! -s "$file" ] || tail -n "$lines" "$file" | cut -c 1-400 | sed 's/^/# /'
}

# t_report STATUS NAME OUTPUT TRACE: one TAP line, and the diagnostics of a failure.
t_report()
{
	case $1 in
	0) echo "ok $T_COUNT - $2" ;;
	77) echo "ok $T_COUNT - $2 # SKIP $(cat "$T_DIR/skip")" ;;
	*)
		T_FAILED=$((T_FAILED + 1))
		echo "not ok $T_COUNT - $2"
		echo "# exit status $1; output:"
		t_diagnose 60 "$3"
		echo "# trace:"
		t_diagnose 25 "$4"
		;;
	esac
}

# The body of a case, in a subshell or process of its own.
t_body()
{
	T_IN_CASE=1
	exec 9>"$T_DIR/trace" </dev/null
	BASH_XTRACEFD=9
	PS4='+ ${BASH_SOURCE##*/}:$LINENO: '
	set -eu -o pipefail
	set -x
	"$@"
}

# t_case NAME COMMAND [ARG…]: runs it here, in a subshell.
t_case()
{
	local name=$1 status

	shift
	T_COUNT=$((T_COUNT + 1))
	if [ -n "${NETD_TEST_ONLY:-}" ]; then
		return 0
	fi
	(t_body "$@") >"$T_DIR/output" 2>&1
	status=$?
	t_report "$status" "$name" "$T_DIR/output" "$T_DIR/trace"
}

# t_fresh NAME COMMAND [ARG…]: runs it in new namespaces, into which the script is started
# again: what it does outside of cases happens there, too, and no other case does.
t_fresh()
{
	local name=$1 status

	shift
	T_COUNT=$((T_COUNT + 1))
	if [ -n "${NETD_TEST_ONLY:-}" ]; then
		[ "$NETD_TEST_ONLY" = "$T_COUNT" ] || return 0
		(t_body "$@")
		status=$?
		cat "$T_DIR/skip" >&7 2>/dev/null
		cat "$T_DIR/trace" >&8
		exit "$status"
	fi
	NETD_TEST_ONLY=$T_COUNT NETD_TEST_DEPTH=2 "${T_UNSHARE[@]}" bash "$T_SELF" \
		>"$T_DIR/output" 2>&1 7>"$T_DIR/skip" 8>"$T_DIR/trace"
	status=$?
	t_report "$status" "$name" "$T_DIR/output" "$T_DIR/trace"
}

# The plan, and the test's exit status.
t_done()
{
	[ -z "${NETD_TEST_ONLY:-}" ] || t_bail "case $NETD_TEST_ONLY is not there"
	echo "1..$T_COUNT"
	exit $((T_FAILED > 0))
}

# fail TEXT: ends the case.
fail()
{
	local i

	{ set +x; } 2>/dev/null
	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		[ "${BASH_SOURCE[i]%/*}" = "$T_LIB" ] || break
	done
	printf 'FAILED at %s line %s: %s\n' "${BASH_SOURCE[i]##*/}" "${BASH_LINENO[i - 1]}" "$1"
	exit 1
}

# eq EXPECTED ACTUAL [WHAT]
eq()
{
	[ "$1" = "$2" ] || fail "${3:+$3: }expected
$1
got
$2"
}

# match REGEX TEXT: an extended regular expression, anywhere in the text.
match()
{
	[[ $2 =~ $1 ]] || fail "no match for
$1
in
$2"
}

no_match()
{
	[[ ! $2 =~ $1 ]] || fail "unwanted match for
$1
in
$2"
}

# fails STATUS COMMAND [ARG…]: it must exit with that status; $out and $err are what it
# printed.
fails()
{
	local expected=$1 status=0

	shift
	"$@" >"$T_DIR/fails.out" 2>"$T_DIR/fails.err" || status=$?
	out=$(<"$T_DIR/fails.out")
	err=$(<"$T_DIR/fails.err")
	[ "$status" = "$expected" ] ||
		fail "'$*' exited with $status, not $expected; it printed
$out
$err"
}

# ok COMMAND [ARG…]: it must exit with 0; $out and $err are what it printed.
ok()
{
	fails 0 "$@"
}

# refused COMMAND [ARG…]: any exit status but 0.
refused()
{
	local status=0

	"$@" >"$T_DIR/fails.out" 2>"$T_DIR/fails.err" || status=$?
	[ "$status" != 0 ] || fail "'$*' succeeded"
}

# wait_for SECONDS COMMAND [ARG…]: until it succeeds, looking every 20 ms.
wait_for()
{
	local seconds=$(($1 * T_PATIENCE)) end
	local now=${EPOCHREALTIME/./}

	{ set +x; } 2>/dev/null
	shift
	end=$((now + seconds * 1000000))
	until "$@" >"$T_DIR/wait.out" 2>&1; do
		now=${EPOCHREALTIME/./}
		[ "$now" -lt "$end" ] || fail "not within $seconds s: $*; it printed
$(<"$T_DIR/wait.out")"
		sleep 0.02
	done
	[ -z "$T_IN_CASE" ] || set -x
}
