#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two netds: several state directories in one network namespace, several namespaces on
# one /run.
. "$(dirname "$0")/../lib/netns.sh"

OTHER=(--state-dir "$T_DIR/suite")

lab()
{
	cat >lab.yaml <<-'YAML'
	name: lab
	networks: {lan: {addresses: [10.1.0.254/24]}}
	routers: {r1: {interfaces: {lan: {addresses: [10.1.0.1/24]}}}}
	YAML
}

real()
{
	need bridge veth nft tun
	outside eth0 172.16.5.40/24 172.16.5.1/24
	netdctl -q network create lan --mode nat --address 10.8.0.1/24
	netdctl -q port add lan vm1 --tap
	netdctl -q forward add lan 172.16.5.40:80 10.8.0.5
	everything >before
}

everything()
{
	ip -o link show | sed 's/<[^>]*>//; s/state [A-Z]*//'
	ip -o address show
	nft list ruleset
	ls /run/netns
	cat /proc/sys/net/ipv4/conf/eth0/forwarding
	netdctl export default
}

is_as_before()
{
	everything >now
	diff -U 0 before now || fail "the real one has changed"
}

# turned_away COMMAND…: by one sentence that names the directory.
turned_away()
{
	fails 1 netdctl "${OTHER[@]}" "$@"
	match 'error: what netd runs in this network namespace is on record in /run/netd, not in .*/suite' "$err"
	eq 1 "$(grep -c '^error:' <<<"$err")"
	is_as_before
}

# In namespace "inner", but with the mounts of here, which `ip netns exec` would hide.
inner()
{
	nsenter --net=/run/netns/inner "$@"
}

# A test suite's netd beside the real one.
suite()
{
	real
	lab
	mkdir "$T_DIR/conf"
	OTHER+=(--config-dir "$T_DIR/conf")
	turned_away network create test
	turned_away network create lan --address 10.8.0.1/24
	turned_away apply lab.yaml
	turned_away plan lab.yaml
	turned_away destroy default
	turned_away destroy lab
	turned_away recover
	turned_away status
	turned_away forward add lan 172.16.5.40:81 10.8.0.6
	turned_away apply --confirm 5s lab.yaml
	sed -i 's/lan:/test0:/' lab.yaml
	turned_away apply lab.yaml
	ok netdctl apply lab.yaml
	ok netdctl destroy lab
	is_as_before
	# in a namespace of its own it works, and beside the real one
	ok unshare --net sh -c "ip link set lo up; netdctl ${OTHER[*]} apply lab.yaml 2>&1 &&
		ip link show test0 && netdctl ${OTHER[*]} destroy lab"
	is_as_before
}

# The other way round: what is there first counts, until it is gone.
suite_first()
{
	lab
	ok netdctl "${OTHER[@]}" apply lab.yaml
	ip -br link show | awk "{print \$1}" >before
	fails 1 netdctl network create real
	match 'on record in .*/suite, not in /run/netd' "$err"
	fails 1 netdctl destroy lab
	ip -br link show | awk "{print \$1}" >now
	cmp before now
	ok netdctl "${OTHER[@]}" apply lab.yaml
	ok netdctl "${OTHER[@]}" destroy lab
	ok netdctl network create real
	fails 1 netdctl "${OTHER[@]}" apply lab.yaml
	ok netdctl network delete real
	# a suite that went away without a word keeps nobody out
	ok netdctl "${OTHER[@]}" apply lab.yaml
	rm -r "$T_DIR/suite"
	ok netdctl network create real
	ok netdctl destroy lab
	eq "" "$(ip netns list)"
}

# A directory that is the same by another name is the same.
by_another_name()
{
	lab
	ln -s /run/netd "$T_DIR/link"
	ok netdctl apply lab.yaml
	ok netdctl --state-dir "$T_DIR/link" plan lab.yaml
	ok netdctl --state-dir /run/../run/netd destroy lab
	eq "" "$(ip netns list)"
}

# Another network namespace with the same /run.
namespaces()
{
	lab
	ip netns add inner
	ip -n inner link set lo up
	ok netdctl apply lab.yaml
	on r1 ip -o address show >before
	for verb in "apply lab.yaml" "plan lab.yaml" "destroy lab" status recover "network create x"; do
		# shellcheck disable=SC2086 # words
		fails 1 inner netdctl $verb
		match '/run/netd has what runs in the .*network namespace.*.*process 1' "$err"
	done
	on r1 ip -o address show | cmp - before
	# with a directory of its own: the router's name is taken, the rest works
	fails 2 inner netdctl "${OTHER[@]}" apply lab.yaml
	match 'namespace r1 belongs to lab/r1 of .*process 1' "$err"
	fails 2 inner netdctl "${OTHER[@]}" destroy lab
	on r1 ip -o address show | cmp - before
	sed 's/r1:/r2:/' lab.yaml >other.yaml
	ok inner netdctl "${OTHER[@]}" apply other.yaml
	ok netdctl plan lab.yaml
	ok inner netdctl "${OTHER[@]}" plan other.yaml
	on r1 ping -qc1 -W2 10.1.0.254
	on r2 ping -qc1 -W2 10.1.0.254
	ok netdctl destroy lab
	match r2 "$(ip netns list)"
	on r2 ping -qc1 -W2 10.1.0.254
	ok inner netdctl "${OTHER[@]}" destroy lab
	eq inner "$(ip netns list | sed 's/ .*//')"
}

# A lab that was made in another namespace: the host says where it is.
elsewhere()
{
	lab
	ip netns add inner
	ip -n inner link set lo up
	ok inner netdctl apply lab.yaml
	fails 1 netdctl destroy lab
	match '/run/netd has what runs in network namespace inner' "$err"
	fails 1 netdctl apply lab.yaml
	ip -n inner link show lan
	ok inner netdctl destroy lab
	ok netdctl apply lab.yaml
	fails 1 inner netdctl status
	ok netdctl destroy lab
	# a namespace that is gone keeps nobody out, nor do its routers
	ok inner netdctl apply lab.yaml
	ip netns del inner
	ok netdctl apply lab.yaml
	on r1 ping -qc1 -W2 10.1.0.254
	ok netdctl destroy lab
	eq "" "$(ip netns list)"
}

# What the version before has made bears no such mark.
upgraded()
{
	lab
	ok netdctl apply lab.yaml
	rm /run/netd/namespace
	on r1 ip link set lo alias netd:lab/r1
	fails 1 netdctl "${OTHER[@]}" apply lab.yaml
	ok netdctl plan lab.yaml
	ok netdctl network create more
	match '^[0-9]' "$(readlink /run/netd/namespace)"
	ok netdctl network delete more
	ok netdctl destroy lab
	eq "" "$(ip netns list)"
}

t_fresh "a test suite's netd beside the real one" suite
t_fresh "a test suite's netd before the real one" suite_first
t_fresh "one directory by several names" by_another_name
t_fresh "two namespaces on one /run" namespaces
t_fresh "a lab that is in another namespace" elsewhere
t_fresh "what the version before has made" upgraded
t_done
