#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual pages: well-formed, and complete: every verb and option of `netdctl --help`,
# every key of a topology file, every link between pages and files; and the service.
root=$(cd "$(dirname "$0")/../.." && pwd)
T_LIB=$root/tests/lib
. "$T_LIB/tap.sh"
T_DIR=$(mktemp -d)
trap 'rm -rf "$T_DIR"' EXIT
netdctl=${NETD_BUILD:-$root/build}/cli/netdctl
pages=("$root"/docs/man/*.[58] "$root"/cli/hooks/*.8)

command -v mandoc >/dev/null || t_skip "no mandoc"

# page NAME: as plain text.
page()
{
	mandoc -Tascii "$root/docs/man/$1" | sed 's/.\x08//g'
}

lint()
{
	mandoc -Tlint -Wwarning "${pages[@]}"
}

# verbs [GROUP]: the names that its help lists.
verbs()
{
	"$netdctl" "$@" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# "network create" and the like, one per line.
all_verbs()
{
	local verb sub subs

	for verb in $(verbs); do
		subs=$(verbs "$verb")
		for sub in ${subs:-''}; do
			echo "$verb $sub"
		done
	done
}

verbs_are_there()
{
	local text verb missing='' count=0

	text=$(page netdctl.8)
	while read -r verb; do
		grep -qE "^ *${verb% }( |\$)" <<<"$text" || missing+=" '$verb'"
		count=$((count + 1))
	done < <(all_verbs)
	[ "$count" -gt 15 ]
	eq "" "$missing" "verbs that netdctl.8 does not describe"
}

options_are_there()
{
	local text verb option missing='' count=0

	text=$(page netdctl.8)
	while read -r verb; do
		# shellcheck disable=SC2086 # two words
		for option in $("$netdctl" $verb --help | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p'); do
			grep -qE "^ *(-., )?$option( |\$)" <<<"$text" || missing+=" '$verb $option'"
			count=$((count + 1))
		done
	done < <(all_verbs)
	[ "$count" -gt 100 ]
	eq "" "$missing" "options that netdctl.8 does not describe"
}

# What it says of options must be true, too.
no_other_options()
{
	local real option wrong=''

	real=$(all_verbs | while read -r verb; do
		# shellcheck disable=SC2086 # two words
		"$netdctl" $verb --help
	done)
	for option in $(page netdctl.8 | grep -oE '^ *(-., )?--[a-z-]+' | grep -oE -e '--[a-z-]+' | sort -u); do
		grep -qE -e "$option( |\$)" <<<"$real" || wrong+=" $option"
	done
	eq "" "$wrong" "options that netdctl.8 describes and that are not there"
}

# Those of the tables of fields.
keys()
{
	"${NETD_BUILD:-$root/build}/tests/docs/keys" | sort -u
}

keys_are_there()
{
	local text key missing='' count=0

	text=$(page netd.yaml.5)
	for key in $(keys); do
		grep -qE "(^ *| and |, |keys )$key([ ,.]|\$)" <<<"$text" || missing+=" $key"
		count=$((count + 1))
	done
	[ "$count" -gt 25 ]
	eq "" "$missing" "keys that netd.yaml.5 does not describe"
}

# With one key too many, that is the only mistake.
example_is_read()
{
	page netd.yaml.5 | sed -n '/^ *name: lab$/,/^ *dmz: {}$/p' |
		sed 's/owner: alice/owner: root/' >"$T_DIR/lab.yaml"
	[ "$(wc -l <"$T_DIR/lab.yaml")" -gt 10 ]
	sed 's/name: lab/name: lab\nnonsense: 1/' "$T_DIR/lab.yaml" >"$T_DIR/bad.yaml"
	fails 2 "$netdctl" --state-dir "$T_DIR" plan "$T_DIR/bad.yaml"
	eq 1 "$(grep -c error: <<<"$err")" "$err"
}

# The services run a verb that is there, and systemd can read them.
services_are_sound()
{
	local unit words group

	for unit in netd-autostart.service netd-repair.service netd-retry.service; do
		sed "s,@bindir@,$(dirname "$netdctl")," "$root/data/$unit.in" >"$T_DIR/$unit"
		words=$(sed -n 's/^ExecStart=-\?//p' "$T_DIR/$unit")
		# shellcheck disable=SC2086 # words
		ok $words --help
	done
	sed "s,@sbindir@,${netdctl%/cli/*}/netd," "$root/data/netd.service.in" >"$T_DIR/netd.service"
	[ -x "${netdctl%/cli/*}/netd/netd" ] || rm "$T_DIR/netd.service"
	grep -q "SYSTEMD_WANTS.*netd-retry.service" "$root/data/90-netd.rules"
	group=$(sed -n 's/^#define NETD_LINK_GROUP \(0x[0-9a-f]*\).*/\1/p' "$root/lib/model/state.h")
	grep -q "netdev_group}!=\"$((group))\"" "$root/data/90-netd.rules"
	grep -q "netdev_group}==\"$((group))\"" "$root/data/90-netd.rules"
	grep -q "RESULT==\"$((group))\*" "$root/data/90-netd.rules"
	! command -v systemd-analyze >/dev/null ||
		eq "" "$(systemd-analyze verify --man=no "$T_DIR"/*.service 2>&1)"
}

# Relative links of the documents lead to files.
links_lead_somewhere()
{
	local file target missing=''

	for file in "$root"/README.md "$root"/docs/*.md; do
		while read -r target; do
			case $target in
			*://*) ;;
			*) [ -e "$(dirname "$file")/$target" ] || missing+=" ${file##*/}:$target" ;;
			esac
		done < <(grep -oE '\]\([^)#]+' "$file" | cut -c 3-)
	done
	eq "" "$missing" "links to nowhere"
}

t_case "mandoc has no complaint" lint
t_case "netdctl.8 has every verb" verbs_are_there
t_case "netdctl.8 has every option" options_are_there
t_case "netdctl.8 has no other options" no_other_options
t_case "netd.yaml.5 has every key" keys_are_there
t_case "netd.yaml.5's example is read" example_is_read
t_case "the services are sound" services_are_sound
t_case "links lead somewhere" links_lead_somewhere
t_done
