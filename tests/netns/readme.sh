#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The README's tour, done as it says, on the same throw-away host as scripts/playground.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/playground.sh"
. "$T_LIB/walkthrough.sh"

need bridge tun veth nft_nat
playground || t_bail "no playground"
walk "${1:-$T_ROOT/README.md}"
t_done
