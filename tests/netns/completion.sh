#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion in bash: the script is sourced and asked as readline asks.
. "$(dirname "$0")/../lib/netns.sh"
eval "$(netdctl completion bash)"
compopt() { :; } # works within a completion only

# completes LINE EXPECTED: what bash offers behind LINE, sorted, on one line.
completes()
{
	local IFS=$' \t\n' cut

	# Words as bash has them: cut at blanks, and = and : are words of their own.
	cut=${1//=/ = }
	cut=${cut//:/ : }
	read -ra COMP_WORDS <<<"$cut"
	case $cut in *' ') COMP_WORDS+=('') ;; esac
	case $1 in *[=:]) unset 'COMP_WORDS[-1]' ;; esac
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMP_LINE=$1
	COMP_POINT=${#1}
	COMPREPLY=()
	_netdctl
	eq "$2" "$(printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd " ")" "$1"
}

verbs()
{
	completes "netdctl pl" plan
	completes "netdctl net" network
	completes "netdctl network s" "set start stop"
	completes "netdctl network nonsense x" ""
	completes "netdctl --json net" network
	completes "netdctl completion " "bash fish zsh"
	completes "netdctl compl" completion
	completes "netdctl show po" ports
}

options()
{
	completes "netdctl network create --au" --autostart
	completes "netdctl network autostart x --o" --off
	completes "netdctl plan --ver" --version
	completes "netdctl plan --owner" ""
}

values()
{
	completes "netdctl network create n --mode i" isolated
	completes "netdctl network set n --unset nat-s" nat-source
	completes "netdctl network create n --mode=i" isolated
	completes "netdctl network create n --mode=" "bridged isolated nat open routed"
	completes "netdctl --color=a" "always auto"
	completes "netdctl port add x y --owner roo" root
	completes "netdctl network create n --nat-out l" lo
	ip netns add box
	completes "netdctl port add x y --namespace b" box
}

things()
{
	netdctl network create mybr0 --mode nat --address 10.1.0.254/16
	netdctl port add mybr0 vm1 --tap
	netdctl forward add mybr0 172.16.5.40:8080 10.1.0.1:80
	completes "netdctl network stop my" mybr0
	completes "netdctl show ports m" mybr0
	completes "netdctl destroy d" default
	completes "netdctl export " default
	completes "netdctl port remove mybr0 v" vm1
	completes "netdctl port add mybr0 l" lo
	completes "netdctl forward add mybr0 " ""
	completes "netdctl forward remove mybr0 1" 172.16.5.40:8080
	completes "netdctl forward remove mybr0 172.16.5.40:8" 8080
	completes "netdctl forward remove mybr0 172.16.5.40:" 8080
}

nodes()
{
	local PATH=$PWD/bin:$PATH

	mkdir bin
	printf '#!/bin/sh\n' >bin/only-here
	chmod +x bin/only-here
	netdctl router create r1 -i mybr0=10.1.0.1/16
	netdctl host create h1 -i mybr0=10.1.0.10/16
	netdctl machine add mybr0 web 52:54:00:00:00:01
	completes "netdctl router e" exec
	completes "netdctl router exec " r1
	completes "netdctl host exec " h1
	completes "netdctl host exec h1 -- only-h" only-here
	completes "netdctl host exec h1 only-h" only-here
	completes "netdctl router show r" r1
	completes "netdctl router delete " r1
	completes "netdctl host delete " h1
	completes "netdctl show r" routers
	completes "netdctl show routers r" r1
	completes "netdctl show hosts h" h1
	completes "netdctl forward add r" r1
	completes "netdctl show machines my" mybr0
	completes "netdctl machine remove mybr0 " web
	completes "netdctl machine remove " mybr0
	completes "netdctl leases " mybr0
	completes "netdctl leases --wait " web
	completes "netdctl network create n --preset " "hostonly libvirt"
	completes "netdctl router create r2 --is" --isolate
	completes "netdctl host create h2 --is" ""
}

files()
{
	touch lab.yaml "two words.yaml"
	completes "netdctl apply la" lab.yaml
	completes "netdctl apply lab.yaml la" lab.yaml
	completes "netdctl apply two" "two words.yaml"
	mkdir state
	completes "netdctl --state-dir sta" state
}

# What answers may hold is never run.
names_are_data()
{
	ip link add 'a$(>ran)b' type dummy 2>/dev/null || ip link add 'a$(>ran)b' type veth peer name p
	completes 'netdctl port add x a' 'a$(>ran)b'
	[ ! -e ran ]
}

other_shells()
{
	match '#compdef netdctl' "$(netdctl completion zsh)"
	match 'complete -c netdctl' "$(netdctl completion fish)"
	! feature command:zsh || netdctl completion zsh | zsh -n
	! feature command:fish || netdctl completion fish | fish -n
	fails 2 netdctl completion tcsh
	match 'bash, zsh and fish' "$err"
}

t_case "verbs" verbs
t_case "options" options
t_case "values of options" values
t_case "networks, topologies, ports, forwards" things
t_case "routers, hosts, machines" nodes
t_case "files" files
t_case "names are data" names_are_data
t_case "the scripts of other shells" other_shells
t_done
