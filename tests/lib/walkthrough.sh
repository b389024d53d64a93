# SPDX-License-Identifier: GPL-2.0-or-later
# Runs a document's shell blocks and compares what they print.  Sourced behind netns.sh.
#
# Theory of operation.  In a block of ```console, a line that begins with "# " is a command
# ("> " goes on with it) and the lines behind it are what it prints, on standard output and
# error together.  "…" stands for any text, on a line of its own for any lines.  A command
# has to succeed; "|| true" or "; echo" shows where it does not.  A block behind
# <!-- file: NAME --> is written to that file.  Each "## " section with commands is a case.
#
#	walk docs/tutorial.md
#
# With NETD_WALK_WRITE=FILE it compares nothing: it writes the document there, with what
# was printed where that differs.

# The headings of the sections that have commands (to write: of all), one per line.
t_walk_sections()
{
	[ -z "${NETD_WALK_WRITE:-}" ] || {
		sed -n 's/^## //p' "$1"
		return
	}
	awk '/^## / { heading = substr($0, 4) }
		/^```console$/ && heading != "" { print heading; heading = "" }' "$1"
}

t_walk_pattern()
{
	sed -e 's/…/\x01/g' -e 's/[^[:alnum:][:space:]\x01]/\\&/g' -e 's/\x01/*/g' <<<"$1"
}

# t_walk_command COMMAND EXPECTED
t_walk_command()
{
	local status=0 got pattern

	eval "$1" >"$T_DIR/walk.out" 2>&1 </dev/null || status=$?
	got=$(sed -e 's/[[:space:]]*$//' "$T_DIR/walk.out")
	[ -z "${NETD_WALK_WRITE:-}" ] || {
		t_walk_written "$got" "$2" >>"$NETD_WALK_WRITE"
		return 0
	}
	[ $status = 0 ] || fail "$1
exited with $status and printed
$got"
	pattern=$(t_walk_pattern "$2")
	# shellcheck disable=SC2053 # it is a pattern
	[[ $got == $pattern ]] || fail "$1
printed
$got
where the document has
$2"
}

# What the document has if it fits, else what was printed.
t_walk_written()
{
	# shellcheck disable=SC2053 # it is a pattern
	if [[ $1 == $(t_walk_pattern "$2") ]]; then
		[ -z "$2" ] || printf '%s\n' "$2"
	else
		printf '%s\n' "$1"
	fi
}

t_walk_echo()
{
	[ -z "${NETD_WALK_WRITE:-}" ] || printf '%s\n' "$1" >>"$NETD_WALK_WRITE"
}

# t_walk_section FILE HEADING: runs the commands of that section.
t_walk_section()
{
	local line here="" block="" file="" next="" command="" expected=""

	{ set +x; } 2>/dev/null
	set +e +o pipefail
	while IFS= read -r line; do
		case $block:$line in
		:'## '*) [ "${line#\#\# }" = "$2" ] && here=1 || here= ;;
		:'<!-- file: '*) next=${line#<!-- file: } next=${next% -->} ;;
		:'```console') block=console ;;
		:'```'*)
			block=other file=${next:-/dev/null} next=
			[ -z "$here" ] || : >"$file"
			;;
		other:'```') block= ;;
		other:*) [ -z "$here" ] || printf '%s\n' "$line" >>"$file" ;;
		console:'# '* | console:'```')
			[ -z "$command" ] || t_walk_command "$command" "${expected%$'\n'}"
			command="" expected=""
			[ "$line" != '```' ] || block=
			[ -z "$here" ] || [ -z "$block" ] || command=${line#\# }
			;;
		console:'> '*)
			[ -z "$here" ] || command+=$'\n'${line#> }
			;;
		console:*)
			expected+=$line$'\n'
			continue
			;;
		esac
		[ -z "$here" ] || t_walk_echo "$line"
	done <"$1"
}

# walk FILE: each section is a case.
walk()
{
	local heading

	[ -z "${NETD_WALK_WRITE:-}" ] || sed '/^## /,$d' "$1" >"$NETD_WALK_WRITE"
	while IFS= read -r heading <&5; do
		t_case "$heading" t_walk_section "$1" "$heading"
		[ "$T_FAILED" = 0 ] || break
	done 5< <(t_walk_sections "$1")
}
