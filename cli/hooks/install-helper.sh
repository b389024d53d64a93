#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Gives the installed helper the one capability that it needs; setuid root where the file
# system has no capabilities; a word to the packager where we are not root.  It must be
# root's and nobody else's to write before it has power: a new owner takes both away.
set -eu
helper=${DESTDIR:-}$1
if [ "$(id -u)" != 0 ]; then
	echo "$helper: give it cap_net_admin (setcap cap_net_admin+ep) to serve users"
	exit 0
fi
chown 0:0 "$helper"
chmod 755 "$helper"
if ! setcap cap_net_admin+ep "$helper" 2>/dev/null; then
	echo "$helper: no file capabilities here: setuid root instead"
	chmod 4755 "$helper"
fi
