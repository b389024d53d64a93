#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each op fails, or netdctl is killed in front of it or behind it.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/everything.sh"
. "$T_LIB/inject.sh"

t_fresh "the first apply" injected first 4 op-fail op-kill op-kill-behind
t_fresh "a change" injected change 5 op-fail op-kill op-kill-behind
t_fresh "destroy" injected destroy 4 op-fail op-kill op-kill-behind
t_done
