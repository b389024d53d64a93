# SPDX-License-Identifier: GPL-2.0-or-later
# Runs netdctl with one system call after the other failing, or killing it.
#
# Theory of operation.  strace makes one system call of netdctl fail, or kills it there:
# the first, the second, … until one run gets through without.  After each, the host must
# be as it was before (or, where the call did not matter, as the file says).  Sourced
# behind netns.sh.

RUNS_MAX=80
RUNS_STEP=3

world()
{
	need bridge veth nft command:strace
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
}

# lab.yaml: something of each kind of object.
lab()
{
	ip link add p0 type veth peer name p1
	ip link set p0 addrgenmode none
	ip link set p0 up # a link that was up once has another queue
	ip link set p0 down
	ip netns add far
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  nat0:
	    mode: nat
	    addresses: [10.1.0.254/24, "fd00:1::ff/64"]
	    nat: {source: 172.16.5.41, on: eth0}
	    forwards:
	      - {listen: 172.16.5.70, to: 10.1.0.1, on: eth0}
	      - {listen: "172.16.5.40:80", to: 10.1.0.1}
	    ports:
	      p0: {}
	      tap0: {type: tap}
	      veth0: {type: veth, peer: eth0, namespace: far}
	      veth1: {type: veth, peer: veth2}
	  iso0: {addresses: [10.2.0.254/24]}
	EOF
	# the same with changes of each kind
	sed -e 's/254/253/; s/nat: {source.*/nat: {}/; s/:80"/:81"/; /p0:/d; s/tap0/tap1/; s/iso0/iso1/' \
		lab.yaml >changed.yaml
}

# All that counts of the host, without timers and carrier, for which nobody waits here.
state()
{
	{
		ip -o -d link show | sort -k2
		ip -o address show
		ip -4 route show table all
		ip -6 route show table all
	} | sed -E 's/ (gc_timer|hello_timer|tcn_timer|topology_change_timer|fdb_n_learned) +[0-9.]+//g
		s/<([^>]*,)?UP(,[^>]*)?>/<up>/; s/<[A-Z_,-]*>/<down>/
		s/ (state [A-Za-z]+|linkdown|qdisc [a-z_]+)//g'
	nft list ruleset
	grep . /proc/sys/net/ipv[46]/conf/{all,default,eth0,p0}/{forwarding,force_forwarding,accept_ra,rp_filter,disable_ipv6} \
		2>/dev/null || :
}

# The same by names only: objects that were made anew have other indexes, and taps and
# veth pairs without a MAC of their own another one.
named_state()
{
	state | sed -E 's/^[0-9]+: //; s/@[^:]*:/:/; s/link-netnsid [0-9]+//; s/bridge_id [^ ]+//g; s/designated_[a-z]+ [^ ]+//g; s/port_(id|no) [^ ]+//g; /^(tap|veth)/s/ether [^ ]+//' |
		grep -v -e fe80: -e ff00::/8 -e permaddr | sed -E 's/<[^>]*>//; s/state [A-Za-z]+//g; s/qdisc [a-z]+//; s/ linkdown//' | sort
}

# is_as_before COMMAND: what it prints is in the file `before`.
is_as_before()
{
	"$1" >now
	diff -U 0 before now | cut -c 1-300 || fail "the state differs (- before, + after)"
}

# traced OPTION… COMMAND…: by strace, into the file `strace`.  The leak sanitizer cannot
# work there.
traced()
{
	trace -f -o strace "$@"
}

# sweep CALLS FAULT CHECK COMMAND…: runs the command with the Nth of the CALLS hit by
# FAULT, for N = 1, 2, …, and CHECK STATUS after each.  With RUNS_STEP, for each of so
# many: the sanitizers' run begins with another one.  NETD_SLOW: for all.
sweep()
{
	local calls=$1 fault=$2 check=$3 n=1 step=$RUNS_STEP status runs=0

	[ -z "${NETD_SLOW:-}" ] || step=1
	[ "$step" = 1 ] || ! sanitized || n=2
	for (( ; n < RUNS_MAX; n += step)); do
		status=0
		traced -e "trace=$calls" -e "inject=$calls:$fault:when=$n" \
			"${@:4}" >out 2>&1 || status=$?
		{ set +x; } 2>/dev/null
		("$check" "$status") || fail "$calls number $n ($fault), exit status $status:
$(tail -n 2 strace | cut -c 1-300 | tr -d '\000')
$(grep -a error out)"
		set -x
		if ! grep -q -e INJECTED -e 'killed by SIGKILL' strace; then
			# fewer calls than the first one to hit: it is the first then
			[ "$runs" = 0 ] && [ "$n" -gt 1 ] || break
			n=$((1 - step))
			continue
		fi
		runs=$((runs + 1))
	done
	[ "$runs" -gt 0 ] || fail "no $calls was made"
	[ "$n" -lt $RUNS_MAX ] || fail "no end of $calls"
	echo "$calls: $runs runs" >>swept
}
