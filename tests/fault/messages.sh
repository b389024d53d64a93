#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each message to the kernel is refused, or the last one before a kill; answers get lost;
# calls are interrupted.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/everything.sh"
. "$T_LIB/inject.sh"

# One network, small enough for all of its points at each run.
small()
{
	everything
	cat >lab.yaml <<-'YAML'
	name: lab
	networks:
	  nat0: {mode: nat, addresses: [10.1.0.254/24], mtu: 1400, ports: {p0: {}, tap0: {type: tap}}}
	YAML
	cat >changed.yaml <<-'YAML'
	name: lab
	networks:
	  nat0: {mode: isolated, addresses: [10.1.0.253/24], ports: {tap1: {type: tap}}}
	YAML
	NETD_FAULT=all inject_points "$1" all message-refused
}

faults=(message-refused message-kill message-lost message-overrun send-interrupted receive-interrupted)
t_fresh "the first apply" injected first 3 "${faults[@]}"
t_fresh "a change" injected change 3 "${faults[@]}"
t_fresh "destroy" injected destroy 3 "${faults[@]}"
t_fresh "a small one, everywhere: first" small first
t_fresh "a small one, everywhere: a change" small change
t_done
