#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Processes in a router's or host's namespace end with it; others do not.
. "$(dirname "$0")/../lib/netns.sh"

# A lab with a router that serves DHCP, and a host.
lab()
{
	need bridge veth
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan: {addresses: [10.1.0.254/24]}
	routers:
	  r1: {interfaces: {lan: {addresses: [10.1.0.1/24]}}}
	hosts:
	  h1: {interfaces: {eth0: {network: lan, addresses: [10.1.0.10/24]}}}
	EOF
	ok netdctl apply lab.yaml
}

# start NODE COMMAND [ARG…]: in its namespace, in the background; $pid.
start()
{
	local node=$1

	shift
	ip netns exec "$node" setsid "$@" >/dev/null 2>&1 &
	pid=$!
	disown "$pid"
	wait_for 5 in_space "$pid" "$node"
}

# in_space PID NODE: and no longer the shell that became it.
in_space()
{
	[ "$(stat -L -c %i "/proc/$1/ns/net")" = "$(stat -L -c %i "/run/netns/$2")" ] &&
		[ "$(cat "/proc/$1/comm")" != ip ] && [ "$(cat "/proc/$1/comm")" != setsid ]
}

# Not a zombie either, which nobody may have waited for.
gone()
{
	local state

	state=$(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null) || return 0
	[ "$state" = Z ]
}

runs()
{
	! gone "$1"
}

# A daemon that writes a pid file, removes it when it is asked to end, and refuses to
# start where the file names a process.
daemon()
{
	cat >"$T_DIR/sleeper" <<-'EOF'
	#!/bin/bash
	[ ! -e $1 ] || ! kill -0 "$(<$1)" || exit 1
	trap 'rm -f $1; exit' TERM
	echo $$ >$1
	while :; do sleep 0.05; done
	EOF
	chmod +x "$T_DIR/sleeper"
}

end_with_the_lab()
{
	local router host other begun

	daemon
	for _ in 1 2; do
		lab
		start r1 "$T_DIR/sleeper" "$T_DIR/pid"
		router=$pid
		wait_for 5 [ -s "$T_DIR/pid" ]
		start h1 sleep 1000
		host=$pid
		# a descriptor of the namespace is not life in it
		sleep 1000 4</run/netns/r1 &
		other=$!
		fails 3 netdctl plan - <<<'{name: lab, networks: {lan: {addresses: [10.1.0.254/24]}}}'
		match "note: r1: what runs there ends: (.*, )?$router \(sleeper\)" "$err"
		match "note: h1: what runs there ends: $host \(sleep\)" "$err"
		runs "$router"
		begun=$EPOCHREALTIME
		ok netdctl destroy lab
		match "note: r1: ended what ran there: (.*, )?$router \(sleeper\)" "$err"
		match "note: h1: ended what ran there: $host \(sleep\)" "$err"
		# nobody waits longer than they take
		[ $((${EPOCHREALTIME/./} - ${begun/./})) -lt 2900000 ]
		gone "$router"
		gone "$host"
		runs "$other"
		kill "$other"
		[ ! -e "$T_DIR/pid" ]
	done
}

# Deaf to SIGTERM, stopped, or started again by a supervisor as soon as it ends.
by_force()
{
	local deaf stopped

	lab
	start r1 bash -c 'trap "" TERM; while :; do read -rt 0.1 <> <(:); done'
	deaf=$pid
	start r1 sleep 1000
	stopped=$pid
	kill -STOP "$stopped"
	start h1 bash -c 'trap "" TERM; while :; do sleep 1000; done'
	ok netdctl destroy lab
	match "note: r1: killed what ran there and did not end when asked: (.*, )?$deaf \(bash\)" "$err"
	match "note: r1: ended what ran there: (.*, )?$stopped \(sleep\)" "$err"
	gone "$deaf"
	gone "$stopped"
	eq "" "$(pgrep -x sleep || :)"
}

# What a daemon starts to clean up when it is asked to end has its time for that.
cleans_up()
{
	lab
	export T_DIR
	start r1 bash -c 'trap "(sleep 0.4; touch $T_DIR/clean) & exit" TERM
		touch "$T_DIR/ready"
		while :; do sleep 0.05; done'
	wait_for 5 [ -e "$T_DIR/ready" ]
	ok netdctl destroy lab
	wait_for 2 [ -e "$T_DIR/clean" ]
}

kept()
{
	lab
	start r1 sleep 1000
	ok netdctl destroy --keep-processes lab
	match "note: r1: goes on without a network: $pid \(sleep\)" "$err"
	runs "$pid"
	# without a namespace there is nothing to end any more
	lab
	ok netdctl destroy lab
	no_match 'sleep' "$err"
	runs "$pid"
	kill "$pid"
}

# The shell that the command was started from is spared; another one is not.
own_shell()
{
	local shell other

	lab
	start r1 bash -c "tail -f /dev/null; :"
	other=$pid
	ip netns exec r1 bash -c 'nsenter --net=/proc/1/ns/net -- \
		netdctl destroy lab 2>&1; echo "status $?, still $$"' >"$T_DIR/said" &
	shell=$!
	wait "$shell"
	out=$(<"$T_DIR/said")
	match 'status 0, still' "$out"
	match "note: r1: goes on without a network, since this command .* from it: $shell \(bash\)" "$out"
	gone "$other"
}

# Only what goes: the rest of the lab is not looked at.
change()
{
	local router host

	lab
	start r1 sleep 1000
	router=$pid
	start h1 sleep 1000
	host=$pid
	grep -v -e routers -e r1: lab.yaml >less.yaml
	ok netdctl apply less.yaml
	gone "$router"
	runs "$host"
	ok netdctl rollback lab
	start r1 sleep 1000
	router=$pid
	ok netdctl rollback --keep-processes lab
	runs "$router"
	kill "$router"
	ok netdctl destroy lab
	gone "$host"
}

one_line_verbs()
{
	need bridge veth
	ok netdctl network create lan --address 10.1.0.1/24
	ok netdctl router create r1 -i lan=10.1.0.2/24
	ok netdctl host create h1 -i lan=10.1.0.10/24
	start r1 sleep 1000
	ok netdctl router delete r1
	match "note: r1: ended what ran there: $pid \(sleep\)" "$err"
	gone "$pid"
	start h1 sleep 1000
	ok netdctl network stop lan
	match "note: h1: ended what ran there: $pid \(sleep\)" "$err"
	gone "$pid"
	ok netdctl network start lan
	start h1 sleep 1000
	ok netdctl host delete --keep-processes h1
	runs "$pid"
	kill "$pid"
}

# A change that is taken back takes what was started in its new router along.
taken_back()
{
	lab
	sed 's/^hosts:/  r2: {interfaces: {lan: {addresses: [10.1.0.2\/24]}}}\n&/' lab.yaml >more.yaml
	ok netdctl apply --confirm 60s --probe none more.yaml
	start r2 sleep 1000
	ok netdctl rollback
	gone "$pid"
	ok netdctl apply --confirm 1s --probe none more.yaml
	start r2 sleep 1000
	wait_for 10 gone "$pid"
}

# netd's own dnsmasq has an op of its own, and is nobody to be named.
own_dnsmasq()
{
	need bridge veth command:dnsmasq
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan: {}
	routers:
	  r1: {interfaces: {lan: {addresses: [10.1.0.1/24], dhcp: true}}}
	EOF
	ok netdctl apply lab.yaml
	fails 3 netdctl plan - <<<'{name: lab, networks: {lan: {}}}'
	match 'dhcp r1' "$out"
	no_match 'dnsmasq' "$err"
	ok netdctl destroy lab
	no_match 'dnsmasq' "$err"
}

# Another netdctl, which has entered a router to look at it, is nothing that runs there.
another_netdctl()
{
	local reader

	need command:strace
	lab
	trace -f -o strace -e trace=setns -e inject=setns:delay_exit=400000 \
		netdctl show routers >shown 2>&1 &
	reader=$!
	wait_for 5 inside_r1
	ok netdctl destroy lab
	no_match 'netdctl' "$err"
	wait "$reader" || fail "exit status $?: $(<shown)"
	no_match 'SIGTERM' "$(<strace)"
}

inside_r1()
{
	local pid

	pid=$(pgrep -x netdctl) && in_space "$pid" r1
}

# In a PID namespace of its own, as in a container on the router.
contained()
{
	lab
	start r1 unshare --pid --fork --mount-proc --kill-child sleep 1000
	ok netdctl destroy lab
	match "note: r1: (ended|killed) .*\(sleep\)" "$err"
	eq "" "$(pgrep -x sleep || :)"
}

# Where this process may not look into another, it says so, and ends nothing.
hidden()
{
	need command:setpriv
	lab
	start r1 sleep 1000
	ok setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace netdctl destroy lab
	match 'note: [0-9]+ process(es)? could not be looked into' "$err"
	runs "$pid"
	[ ! -e /run/netns/r1 ]
	kill "$pid"
}

json()
{
	lab
	start r1 sleep 1000
	ok netdctl destroy --json lab
	match "r1: ended what ran there: $pid \(sleep\)" "$(jq -r '.notes[].message' <<<"$err")"
}

t_fresh "processes end with their lab, and it can be run again" end_with_the_lab
t_fresh "who does not listen is killed" by_force
t_fresh "what cleans up behind a daemon" cleans_up
t_fresh "--keep-processes" kept
t_fresh "the shell that the command was started from" own_shell
t_fresh "a change ends only what is in nodes that go" change
t_fresh "one-line verbs" one_line_verbs
t_fresh "a change that is taken back" taken_back
t_fresh "netd's own dnsmasq" own_dnsmasq
t_fresh "another netdctl that looks in" another_netdctl
t_fresh "processes in a PID namespace" contained
t_fresh "processes that it may not look into" hidden
t_fresh "as JSON" json
t_done
