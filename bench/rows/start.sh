# SPDX-License-Identifier: GPL-2.0-or-later
# What starting a process costs: it is most of the hook's time.
bench -t "start of a process" -n "${ROUNDS:-200}" \
	"an empty static C program" "$BUILD/bench/floor_empty" \
	"qemu-ifup --version" "$BUILD/cli/hooks/qemu-ifup --version" \
	"ip -V" "ip -V" \
	"sh -c :" "sh -c :"
