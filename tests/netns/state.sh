#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# State files that are damaged, cut off, of another version, or were never synced.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

STATE=/run/netd

# All that one file can suffer.  Each gets the file's name.
damages=(emptied halved line_lost head_lost garbage bit_flipped newer older zeros directory fifo
	link dangling writable)
! feature users || damages+=(others)
emptied() { : >"$1"; }
halved() { truncate -s "$(($(stat -c %s "$1") / 2))" "$1"; }
line_lost() { sed -i '$d' "$1"; }
head_lost() { sed -i 1d "$1"; }
garbage() { sed -i '2,$s/^/\x01%{[/' "$1"; }
bit_flipped() { sed -i '$s/[0-9a-z]/_/' "$1"; }
newer() { sed -i '1s/state 2/state 3/' "$1"; }
older() { sed -i '1s/state 2/state 1/' "$1"; }
zeros()
{
	local size

	size=$(stat -c %s "$1")
	truncate -s "$((size - 20))" "$1"
	truncate -s "$size" "$1"
}
directory() { rm "$1" && mkdir "$1"; }
fifo() { rm "$1" && mkfifo "$1"; }
link() { mv "$1" "$T_DIR/elsewhere" && ln -s "$T_DIR/elsewhere" "$1"; }
dangling() { rm "$1" && ln -s /nowhere "$1"; }
writable() { chmod 666 "$1"; }
others() { chown "$T_OTHER" "$1"; }

start()
{
	world
	lab
	echo 'networks: {other0: {}}' | cat <(echo 'name: other') - >other.yaml
	state >clean
	netdctl apply -q lab.yaml
	netdctl apply -q changed.yaml
	netdctl apply -q lab.yaml
	cp -a "$STATE" state.whole
	state >before
}

# The host as start() left it, with nothing damaged.
again()
{
	rm -rf "$STATE"
	cp -a state.whole "$STATE"
	is_as_before state
}

# is_aside FILE: it was moved, not deleted, and the message says so.
is_aside()
{
	match "$1 cannot be used: " "$err"
	match "$1\.bad-1" "$err"
	[ ! -e "$STATE/$1" ] && [ ! -L "$STATE/$1" ] || fail "$1 is still there"
	[ -e "$STATE/$1.bad-1" ] || [ -L "$STATE/$1.bad-1" ] || fail "$1 is gone"
	if [ -f "$STATE/$1.bad-1" ]; then
		cmp damaged "$STATE/$1.bad-1"
	fi
}

# damage FILE HOW
damage()
{
	"$2" "$STATE/$1"
	rm -f damaged
	[ ! -f "$STATE/$1" ] || cp "$STATE/$1" damaged
}

# What runs is not known: neither more nor less of it is there than before.
topology_is_damaged()
{
	local how

	start
	for how in "${damages[@]}"; do
		again
		damage topologies/lab.yaml "$how"
		# who only looks moves nothing
		fails 1 netdctl status
		match 'topologies/lab.yaml cannot be used: ' "$err"
		match 'netdctl recover' "$err"
		fails 1 netdctl export lab
		fails 1 netdctl plan lab.yaml
		[ -e "$STATE/topologies/lab.yaml" ] || [ -L "$STATE/topologies/lab.yaml" ]
		fails 1 netdctl apply other.yaml
		is_aside topologies/lab.yaml
		is_as_before state
		# from there it goes on by the file, and the marks in the kernel
		ok netdctl apply lab.yaml
		netdctl plan -q lab.yaml
		is_as_before state
	done
	# by the marks alone
	damage topologies/lab.yaml halved
	fails 1 netdctl recover
	match 'topologies/lab.yaml\.bad-2' "$err"
	ok netdctl destroy lab
	cp clean before
	is_as_before state
}

# What was changed of others' things is not given back; but nothing is guessed.
claims_are_damaged()
{
	local how

	start
	for how in "${damages[@]}"; do
		again
		damage claims "$how"
		fails 1 netdctl destroy lab
		is_aside claims
		is_as_before state
		ok netdctl status
		ok netdctl plan lab.yaml
	done
}

# A change was killed, and nobody knows what was before.
pending_is_damaged()
{
	local how

	start
	for how in "${damages[@]}"; do
		traced -e trace=sendmsg -e 'inject=sendmsg:signal=KILL:when=27' \
			netdctl apply -q changed.yaml || :
		[ -s "$STATE/pending.yaml" ] || fail "it was not killed on the way"
		state >half
		match 'a change is under way, or was cut short' "$(netdctl status)"
		damage pending.yaml "$how"
		fails 4 netdctl apply other.yaml
		is_aside pending.yaml
		mv before whole
		mv half before
		is_as_before state
		mv whole before
		rm -rf "$STATE/pending.yaml.bad-1"
		ok netdctl apply lab.yaml
		netdctl plan -q lab.yaml
	done
	named_state >before
	ok netdctl destroy lab
	ok netdctl apply lab.yaml
	is_as_before named_state
}

others_are_damaged()
{
	local how

	start
	for how in "${damages[@]}"; do
		again
		damage previous/lab.yaml "$how"
		fails 1 netdctl rollback lab
		is_aside previous/lab.yaml
		is_as_before state
		fails 2 netdctl rollback lab
	done
	again
	for how in "${damages[@]}" until_lost; do
		netdctl apply -q changed.yaml --confirm 60s --probe none
		state >half
		# nobody is there who would be in the way of the damage
		kill -KILL "$(pgrep -x netd-watchdog)"
		damage unconfirmed.yaml "$how"
		fails 1 netdctl confirm
		is_aside unconfirmed.yaml
		state | cmp half - || fail "something was changed"
		fails 2 netdctl confirm
		rm -rf "$STATE/unconfirmed.yaml.bad-1"
		netdctl apply -q lab.yaml
		netdctl plan -q lab.yaml
	done
}
until_lost() { sed -i '2s/.*/# until then, or so it seems, it would have waited./' "$1"; }

# Files that a line was appended to, at the end or in the middle, by `forward add`.
appended_is_damaged()
{
	local how n

	world
	netdctl network create -q net0 --mode nat --address 10.8.0.1/24
	netdctl network create -q net1 --mode nat --address 10.9.0.1/24
	for n in 0 1 2 3 4 5 6 7; do
		netdctl forward add -q "net$((n % 2))" "172.16.5.40:$((n + 100))" \
			"10.$((8 + n % 2)).0.9"
		ok netdctl export
	done
	rm -rf state.whole
	cp -a "$STATE" state.whole
	state >before
	for how in another_address another_line "${damages[@]}"; do
		again
		damage topologies/default.yaml "$how"
		fails 1 netdctl forward add net1 172.16.5.40:99 10.9.0.9
		is_aside topologies/default.yaml
		is_as_before state
	done
	again
	ok netdctl forward add net1 172.16.5.40:99 10.9.0.9
	ok netdctl export
}
another_address() { sed -i 's,10.9.0.1/,10.9.0.3/,' "$1"; }
another_line() { sed -i '/172.16.5.40:104/s/10.8.0.9/10.8.0.8/' "$1"; }

# recover finds all of them at once.
all_are_damaged()
{
	local file files=(topologies/lab.yaml topologies/other.yaml previous/lab.yaml claims)

	start
	netdctl apply -q other.yaml
	state >before
	for file in "${files[@]}"; do
		halved "$STATE/$file"
	done
	fails 1 netdctl recover
	for file in "${files[@]}"; do
		match "$file\.bad-1" "$err"
	done
	is_as_before state
	ok netdctl recover
	ok netdctl apply lab.yaml
	ok netdctl apply other.yaml
	netdctl plan -q lab.yaml other.yaml
}

# synced TRACE: every file that gets its name by a rename was synced before, and every
# directory in which names changed is, before the kernel is told to change anything.
synced()
{
	awk '
	function quoted(text, parts) {
		split(text, parts, "\"")
		return within(parts[2])
	}
	# paths below the state directory are relative to it, or not
	function within(path) {
		if (index(path, STATE "/") == 1)
			return substr(path, length(STATE) + 2)
		return path == STATE ? "." : path
	}
	function parent(path) {
		return sub(/\/[^\/]*$/, "", path) ? path : "."
	}
	# made anew when they are lost: neither is of use without the namespace
	function matters(directory) {
		return directory !~ /^\/etc\/netns|^dhcp/
	}
	/^openat\(/ && / = [0-9]+$/ {
		name[$NF] = quoted($0)
		if ($0 ~ /O_CREAT\|O_EXCL/)
			fresh[name[$NF]] = "written"
	}
	/^(fsync|fdatasync)\([0-9]+\) += 0/ {
		match($0, /[0-9]+/)
		n = name[substr($0, RSTART, RLENGTH)]
		if (n in fresh)
			fresh[n] = "synced"
		delete dirty[n]
		syncs++
	}
	/^rename(at|at2)?\(.* = 0$/ {
		split($0, part, "\"")
		from = within(part[2]); to = within(part[4])
		if (fresh[from] == "written" && matters(parent(from))) {
			print "renamed before it was synced: " from
			bad = 1
		}
		dirty[parent(to)] = 1; dirty[parent(from)] = 1
		renames++
	}
	/^sendmsg\(/ && /NLM_F_ACK/ && !/RTM_GET/ {
		for (d in dirty)
			if (matters(d)) {
				print "a change was sent before its directory was synced: " d
				bad = 1
			}
		sent++
	}
	END {
		for (d in dirty)
			if (matters(d)) {
				print "never synced: " d
				bad = 1
			}
		if (!renames || !syncs || !sent) {
			print "nothing was seen"
			bad = 1
		}
		exit bad
	}' STATE="$STATE" "$1"
}

everything_is_synced()
{
	local command

	start
	for command in 'apply changed.yaml' 'apply lab.yaml --confirm 60s --probe none' \
		'confirm' 'rollback lab' 'destroy lab' 'network create net1 --mode nat --address 10.9.0.1/24' \
		'forward add net1 172.16.5.40:1 10.9.0.9' 'network delete net1'; do
		# shellcheck disable=SC2086
		trace -s 200 -o strace \
			-e trace=openat,fsync,fdatasync,rename,renameat,renameat2,sendmsg \
			netdctl -q $command
		case $command in
		confirm) continue ;; # sends nothing
		esac
		synced strace >found || fail "$command: $(<found)"
	done
}

# Power loss: what was not synced is not there.  A name that a rename gave, and the
# directory not yet synced, is the old one again; so it is enough to die at each sync and
# rename, with the new content cut off.
power_is_lost()
{
	local call n lost=0

	start
	for call in fsync renameat; do
		for ((n = 1; n < 30; n++)); do
			traced -e "trace=$call" -e "inject=$call:signal=KILL:when=$n" \
				netdctl apply -q changed.yaml || :
			grep -q 'killed by SIGKILL' strace || break
			find "$STATE" -name '*.new' -links 1 -exec truncate -s 5 {} +
			ok netdctl recover
			if ! netdctl plan -q lab.yaml; then
				netdctl plan -q changed.yaml
				ok netdctl apply lab.yaml
			fi
			[ ! -e "$STATE/pending.yaml" ]
			[ -z "$(find "$STATE" -name '*.bad-*')" ] || fail "state was lost"
			lost=$((lost + 1))
		done
		[ "$n" -lt 30 ]
		netdctl apply -q lab.yaml
	done
	[ "$lost" -ge 8 ] || fail "only $lost points"
	echo "$lost points"
}

t_fresh "a topology's file is damaged" topology_is_damaged
t_fresh "claims are damaged" claims_are_damaged
t_fresh "what is pending is damaged" pending_is_damaged
t_fresh "records of what was before are damaged" others_are_damaged
t_fresh "what was appended to is damaged" appended_is_damaged
t_fresh "all are damaged" all_are_damaged
t_fresh "everything is synced" everything_is_synced
t_fresh "power is lost" power_is_lost
t_done
