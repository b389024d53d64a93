# SPDX-License-Identifier: GPL-2.0-or-later
# 100 NAT networks up, and down.
export COUNT=100 COUNT_ROUNDS=5 BUDGET_UP=1.6 BUDGET_DOWN=1.05
. "$ROWS/network.sh"
