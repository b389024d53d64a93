#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# netdctl under valgrind: every verb, successes and refusals, without a bad access or leak.
. "$(dirname "$0")/../lib/netns.sh"

command -v valgrind >/dev/null || t_skip "valgrind is not installed"
! sanitized || t_skip "AddressSanitizer is built in, and looks itself"

# checked CODE COMMAND…: that exit status, and nothing that valgrind would tell of.
checked()
{
	local code=$1 status=0

	shift
	valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible \
		"$NETD_BUILD/cli/netdctl" "$@" >"$T_DIR/said" 2>&1 || status=$?
	[ "$status" = "$code" ] || fail "netdctl $*: exit status $status, not $code: $(cat "$T_DIR/said")"
}

file()
{
	outside eth0 172.16.5.40/24 172.16.5.1/24
	cat >lab.yaml <<-'EOT'
		name: lab
		networks:
		  mybr0:
		    mode: nat
		    addresses: [10.1.0.254/16, "fd00:10:1::1/64"]
		    nat: {source: 172.16.5.40-172.16.5.41, ports: 2000-3000, out: eth0, on: eth0}
		    machines:
		      web: {mac: "52:54:00:00:00:01", address: 10.1.0.50}
		    forwards:
		      - {listen: 172.16.5.70, to: web, on: eth0}
		      - {listen: "172.16.5.40:9000-9009", to: "web:9000-9009", protocol: [tcp, udp]}
		    ports:
		      vm1: {type: tap}
		  dmz: {}
	EOT
	checked 3 plan lab.yaml
	checked 0 apply lab.yaml
	checked 0 plan lab.yaml
	checked 0 apply lab.yaml
	sed -i 's/172.16.5.70/172.16.5.71/; s/dmz: {}/dmz: {mtu: 1400}/' lab.yaml
	checked 0 apply --json lab.yaml
}

reports()
{
	checked 0 status
	checked 0 status --json
	for kind in networks ports forwards machines routers hosts services topologies; do
		checked 0 show "$kind"
		checked 0 show "$kind" --json
	done
	checked 0 export lab
	checked 0 export lab --json
	checked 0 complete -- show ""
	checked 0 --help
}

one_liners()
{
	checked 0 network create n1 --mode nat --address 10.7.0.1/24
	checked 0 network set n1 --mtu 1400
	checked 0 forward add n1 172.16.5.40:99 10.7.0.2
	checked 0 forward add n1 172.16.5.40:98 10.7.0.2
	checked 0 forward remove n1 172.16.5.40:98
	checked 0 port add n1 t0 --tap
	checked 0 port remove n1 t0
	checked 0 router create r1 --interface n1=10.7.0.3/24 --route 10.8.0.0/16=10.7.0.1 --dns 9.9.9.9
	checked 0 host create h1 --interface n1=10.7.0.4/24,fd00:7::4/64 --route default=10.7.0.3
	checked 0 machine add n1 web 52:54:00:00:00:07 10.7.0.9
	checked 0 machine list
	checked 0 router list
	checked 0 router show --json
	checked 0 host show h1
	checked 0 leases
	checked 0 host exec h1 true
	checked 2 host exec h2 true
	checked 2 router create r2 --interface nosuch
	checked 0 machine remove n1 web
	checked 0 network stop n1
	checked 0 network start n1
	checked 0 router delete r1
	checked 0 host delete h1
	checked 0 network create n2 --preset hostonly --no-dhcp
	checked 2 network create n3 --preset nosuch
	checked 0 network delete n2
	checked 0 network autostart n1
	checked 0 network list
	checked 0 network stop n1
	checked 0 network start --autostart
	checked 0 network start --autostart --again
	checked 0 network delete n1
}

refusals()
{
	checked 2 apply /nonexistent
	checked 2 apply "$0"
	checked 2 network create mybr0 --mode natt
	checked 2 network create eth0
	checked 2 forward add nosuch 172.16.5.40:98 10.7.0.2
	checked 2 forward add mybr0 172.16.5.71 10.1.0.51
	checked 2 port add dmz nosuch
	checked 2 destroy nosuch
	checked 2 show nothing
}

gone()
{
	checked 0 recover
	checked 0 repair
	checked 0 destroy lab
	checked 0 status
}

t_case "a file: plan, apply, change" file
t_case "status, show, export, completion" reports
t_case "one-liners" one_liners
t_case "refusals" refusals
t_case "destroy" gone
t_done
