#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each allocation fails.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/everything.sh"
. "$T_LIB/inject.sh"

t_fresh "the first apply" injected first 20 alloc
t_fresh "a change" injected change 20 alloc
t_fresh "destroy" injected destroy 20 alloc
t_done
