#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/tutorial.md, done as it says, on the same throw-away host as scripts/playground.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_LIB/playground.sh"
. "$T_LIB/walkthrough.sh"

need_guests
need bridge tun veth nft_nat
playground || t_bail "no playground"
walk "${1:-$T_ROOT/docs/tutorial.md}"
t_done
