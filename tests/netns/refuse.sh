#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What netd cannot or must not do: one clear message, and nothing is touched.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

world()
{
	need bridge veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	as_is_now
}

as_is_now()
{
	snapshot full.before
	state >before
	find /run/netd /etc/netd -type f ! -name lock >files.before
}

# At the end of a case: nothing was touched at all.
untouched()
{
	snapshot full.after
	same full.before full.after
}

# refuses STATUS WHAT WHERE DO COMMAND…: the message has the three of them, and the host
# is as before.  "-": no such part.
refuses()
{
	local part

	fails "$1" "${@:5}"
	for part in "$2" "$3" "$4"; do
		[ "$part" = - ] || match "$part" "$err"
	done
	is_as_before state
	find /run/netd /etc/netd -type f ! -name lock >files.after
	same files.before files.after
}

# The same for apply and plan of lab.yaml, and with --json.
refuses_lab()
{
	refuses 2 "$1" "$2" "$3" netdctl apply lab.yaml
	fails 2 netdctl plan lab.yaml
	match "$1" "$err"
	fails 2 netdctl apply --json lab.yaml
	jq -e '.errors[0] | .code, .message' <<<"$err$out" >/dev/null
}

# lab NETWORK…: lab.yaml of one line per network, from line 3 on.
lab()
{
	printf '%s\n' 'name: lab' 'networks:' >lab.yaml
	printf '  %s\n' "$@" >>lab.yaml
}

# rows: each is one file, one refusal.  What is on this host plays no role.
bad_files()
{
	local what where todo network

	world
	while IFS='|' read -r what where todo network; do
		lab "$network"
		refuses 2 "$what" "lab.yaml:$where:[0-9]+: error" "$todo" netdctl apply lab.yaml
	done <<-'EOF'
	overlap|3|-|a: {addresses: [10.1.0.1/16, 10.1.5.1/24]}
	machine.*nobody|3|-|a: {mode: nat, addresses: [10.1.0.1/24], forwards: [{listen: '172.16.5.40:80', to: nobody}]}
	172.16.5.40 tcp port 80 is already forwarded|3|-|a: {mode: nat, addresses: [10.1.0.1/24], forwards: [{listen: '172.16.5.40:80', to: 10.1.0.2}, {listen: '172.16.5.40:79-81', to: 10.1.0.3}]}
	network name "sixteen-bytes-ab" is 16 bytes long, at most 15|3|-|sixteen-bytes-ab: {}
	bridge "sixteen-bytes-ab" is 16 bytes long, at most 15|3|-|a: {bridge: sixteen-bytes-ab}
	adresses.*|3|did you mean "addresses"|a: {adresses: [10.1.0.1/24]}
	prefix length|3|10.1.0.1/24|a: {addresses: [10.1.0.1]}
	unknown mode "net"|3|did you mean "nat"|a: {mode: net}
	"mtu" must be a number from 68 to 65535|3|-|a: {mtu: "1500x"}
	MAC address 01:00:5e:00:00:01 is a multicast|3|-|a: {mac: "01:00:5e:00:00:01"}
	no such|3|type: tap|a: {ports: {nosuch0: {}}}
	no interface nosuch0|3|-|a: {mode: nat, addresses: [10.1.0.1/24], nat: {source: 172.16.5.41, on: nosuch0}}
	no interface nosuch0|3|-|a: {mode: nat, addresses: [10.1.0.1/24], forwards: [{listen: 172.16.5.70, to: 10.1.0.2, on: nosuch0}]}
	has addresses|3|-|a: {ports: {eth0: {}}}
	overlap|3|choose|a: {addresses: [172.16.5.100/25]}
	overlap|3|choose|a: {addresses: [172.16.0.1/16]}
	172.16.5.40 is already on eth0|3|-|a: {addresses: [172.16.5.40/32]}
	loopback|3|-|a: {ports: {lo: {}}}
	user|3|-|a: {ports: {t0: {type: tap, owner: no-such-user}}}
	no namespace nosuch|3|ip netns list|a: {ports: {v0: {type: veth, peer: eth0, namespace: nosuch}}}
	EOF
	untouched
}

# Several problems at once: each is told, with its line and a caret.
every_error_at_once()
{
	world
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  a: {mode: net}
	  b: {addresses: [10.1.0.1]}
	  c: {colour: red}
	EOF
	refuses 2 'lab.yaml:3:[0-9]+: error' 'lab.yaml:4:[0-9]+: error' 'lab.yaml:5:[0-9]+: error' \
		netdctl apply lab.yaml
	eq 3 "$(grep -c '^ *^~*' <<<"$err")" "carets"
	untouched
}

host_in_the_way()
{
	ip link add mybr0 type veth peer name mybr1
	ip link add br1 type bridge
	ip link add v0 type veth peer name v1
	ip link set v0 master br1
	ip address add 10.7.0.1/24 dev br1
	world
	ip route add 10.8.0.0/16 via 172.16.5.1
	as_is_now
	lab 'mybr0: {}'
	refuses_lab 'bridge mybr0: the name is taken by a veth' 'lab.yaml:3:3' 'bridge:'
	lab 'br1: {}'
	refuses_lab 'bridge br1: the name is taken by a bridge that netd did not make' 'lab.yaml:3:3' 'bridge:'
	lab 'a: {bridge: br1}'
	refuses_lab 'br1' 'lab.yaml:3:' 'choose another name'
	lab 'a: {ports: {v0: {}}}'
	refuses_lab 'v0: it is a port of another bridge' 'lab.yaml:3:' -
	lab 'a: {ports: {br1: {}}}'
	refuses_lab 'bridge cannot be a port' 'lab.yaml:3:' -
	lab 'a: {ports: {mybr0: {type: tap}}}'
	refuses_lab 'tap mybr0: the name is taken by a veth' 'lab.yaml:3:' 'remove'
	lab 'a: {addresses: [10.8.1.1/15]}'
	refuses_lab '10.8.0.0/15 overlaps the route 10.8.0.0/16 on eth0' 'lab.yaml:3:' 'overlaps: true'
	lab 'a: {addresses: [10.0.0.1/8]}'
	refuses_lab '10.0.0.0/8 overlaps' 'lab.yaml:3:' 'choose'
	lab 'a: {addresses: [10.7.0.1/24]}'
	refuses_lab '10.7.0.1 is already on br1' 'lab.yaml:3:' -
	untouched
}

# What another topology has is not ours either.
other_topology()
{
	world
	lab 'net0: {mode: nat, addresses: [10.1.0.254/24], forwards: [{listen: "172.16.5.40:80", to: 10.1.0.1}], ports: {tap0: {type: tap}}}'
	netdctl apply lab.yaml
	wait_for 5 grep -q down /sys/class/net/net0/operstate # the tap has no carrier
	as_is_now
	sed 's/name: lab/name: other/' lab.yaml >other.yaml
	refuses 2 'net0 runs already, in topology lab' 'other.yaml:3:3' 'destroy|rename' \
		netdctl apply other.yaml
	printf '%s\n' 'name: other' 'networks:' '  net1: {bridge: net0}' >other.yaml
	refuses 2 'net0: the name belongs to lab/net0' 'other.yaml:3:' 'bridge:' netdctl apply other.yaml
	printf '%s\n' 'name: other' 'networks:' '  net1: {addresses: [10.1.0.9/16]}' >other.yaml
	refuses 2 '10.1.0.0/16 overlaps' 'other.yaml:3:' - netdctl apply other.yaml
	printf '%s\n' 'name: other' 'networks:' '  net1: {ports: {tap0: {type: tap}}}' >other.yaml
	refuses 2 'tap0: the name belongs to lab/net0' 'other.yaml:3:' - netdctl apply other.yaml
	printf '%s\n' 'name: other' 'networks:' \
		'  net1: {mode: nat, addresses: [10.2.0.254/24], forwards: [{listen: "172.16.5.40:80", to: 10.2.0.1}]}' >other.yaml
	refuses 2 '172.16.5.40.*80.*lab' - - netdctl apply other.yaml
	refuses 2 'net0' - - netdctl network create net0
	refuses 2 'nosuch' - - netdctl network delete nosuch
	refuses 2 'nosuch' - - netdctl port add nosuch tap9 --tap
	refuses 2 'nosuch' - - netdctl forward remove nosuch 172.16.5.40:80
	untouched
}

# Files that are no files, too large, or traps.
strange_files()
{
	local i limit='ulimit -v 500000;'

	# sanitizers need more
	sh -c "$limit netdctl --version" >/dev/null 2>&1 || limit=
	world
	: >empty.yaml
	refuses 2 'empty.yaml' 'empty' - netdctl apply empty.yaml
	head -c 10485760 /dev/zero | tr '\0' '#' >large.yaml
	refuses 2 'large.yaml' - - timeout 10 netdctl apply large.yaml
	mkfifo fifo.yaml
	refuses 2 'fifo.yaml is not a regular file' - - timeout 10 netdctl apply fifo.yaml
	refuses 2 'not a regular file|directory' - - netdctl apply /etc
	refuses 2 'missing.yaml: No such file' - - netdctl apply missing.yaml
	head -c 100000 /dev/urandom >noise.yaml
	refuses 2 'noise.yaml' - - timeout 10 netdctl apply noise.yaml
	printf 'name: lab\nnetworks: {a\0b: {}}\n' >nul.yaml
	refuses 2 'nul.yaml' - - netdctl apply nul.yaml
	{
		echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
		for i in 1 2 3 4 5 6 7 8 9; do
			echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"
		done
	} >bomb.yaml
	refuses 2 'bomb.yaml:[0-9]+:[0-9]+: error' - - timeout 10 sh -c "$limit netdctl apply bomb.yaml"
	head -c 200000 /dev/zero | tr '\0' '[' >deep.yaml
	refuses 2 'deep.yaml' - - timeout 10 netdctl apply deep.yaml
	printf 'name: lab\nnetworks:\n\ta: {}\n' >tab.yaml
	refuses 2 'tab.yaml:3:' - - netdctl apply tab.yaml
	printf 'name: lab\nnetworks: {a: {}, a: {}}\n' >twice.yaml
	refuses 2 'twice.yaml:2:' - - netdctl apply twice.yaml
	refuses 2 '.' - - sh -c ': | netdctl apply -'
	untouched
}

# Who is not root is told so, and nothing happens.
not_root()
{
	need command:setpriv users
	world
	lab 'a: {addresses: [10.1.0.1/24]}'
	chmod 755 /run/test
	refuses 1 'root' - - other_user netdctl apply lab.yaml
	refuses 1 'root' - - other_user netdctl network create a
	chmod 000 lab.yaml
	refuses 1 'lab.yaml: Permission denied' - - other_user netdctl apply lab.yaml
	chmod 644 lab.yaml
	netdctl apply lab.yaml
	as_is_now
	refuses 1 'root' - - other_user netdctl destroy lab
	refuses 1 'root' - - other_user netdctl port add a tap0 --tap
	# looking is free
	ok other_user netdctl status
	match 'lab .* unknown, only root sees it' "$out"
	refuses 1 'root' - - other_user netdctl plan lab.yaml
	ok other_user netdctl show networks
	match '10.1.0.1/24' "$out"
	ok other_user netdctl export lab
}

no_tun_device()
{
	world
	mount -t tmpfs tmpfs /dev/net 2>/dev/null || { mkdir -p nodev && mount --bind nodev /dev/net; }
	lab 'a: {ports: {tap0: {type: tap}}}'
	refuses 1 'cannot open /dev/net/tun' - 'modprobe tun' netdctl apply lab.yaml
	match 'tap tap0|lab.yaml:3:' "$err"
	match 'rolled back' "$err"
	untouched
}

usage()
{
	local words

	world
	while read -r words; do
		# shellcheck disable=SC2086 # words
		refuses 2 . - - netdctl $words
	done <<-'EOF'
	aply lab.yaml
	apply
	apply --no-such-option x
	network
	network create
	network create a b
	network create a --mode
	network create a --mode natt
	network create a --address 10.1.0.1
	network create a --mtu 15o0
	network create a --stp maybe
	network create a --address 10.1.0.1/24 --no-dhcp --dhcp-range 10.1.0.9-10.1.0.20
	network create a --mtu 1400 --mtu 1500
	network create sixteen-bytes-ab
	network create a/b
	network set nosuch --mtu 1400
	port add a
	port add a t0 --tap --veth p
	port add a t0 --owner root
	forward add a 172.16.5.40:80
	show nonsense
	export nosuch
	destroy nosuch
	--state-dir
	EOF
	fails 2 netdctl network create a --mode rooted
	match '^--mode: error: unknown mode "rooted"' "$err"
	match 'did you mean "routed"' "$err"
	fails 2 netdctl network create a --stp maybe
	match 'must be on or off' "$err"
	fails 2 netdctl aply lab.yaml
	match 'did you mean "apply"' "$err"
	fails 2 netdctl network create a --adress 10.1.0.1/24
	match 'unknown option --adress; did you mean --address?' "$err"
	fails 2 netdctl network create a --colour=never
	match 'did you mean --color?' "$err"
	fails 2 netdctl network create a --nonsense
	eq "" "$(grep -o 'did you mean' <<<"$err")" "no guess at what is near to nothing"
	untouched
}

t_fresh "bad files" bad_files
t_fresh "every error at once" every_error_at_once
t_fresh "names, ports and subnets that others have" host_in_the_way
t_fresh "what another topology has" other_topology
t_fresh "files that are no files" strange_files
t_fresh "who is not root" not_root
t_fresh "no /dev/net/tun" no_tun_device
t_fresh "usage" usage
t_done
