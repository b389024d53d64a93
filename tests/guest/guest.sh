# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU guests for tests.  Source it behind tests/lib/netns.sh.
#
#	guest_start web 'net eth0 10.1.0.50/16 via 10.1.0.254; stay' \
#		-netdev tap,id=n,ifname=vm1,script=/etc/qemu-ifup-mybr0,downscript=no \
#		-device virtio-net-pci,netdev=n
#	guest_wait web 30 READY
#	guest_run web 'ping -c 1 10.1.0.254'
#	guest_say web exit
#	guest_wait web 10
#
# Theory of operation.  A guest has two serial ports: the kernel's console (console.log)
# and the script's terminal, whose output is a file (tty.out) and whose input a FIFO.
# On the terminal, lines that begin with @@@ are the harness's: start, exit STATUS and did
# STATUS.  Guests are children of the test's PID namespace and die with it; a guest that
# was started in a t_case runs on in the cases behind it.

T_GUEST=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
T_IMAGE=$NETD_BUILD/tests/guest/image
T_QEMU=qemu-system-x86_64

# No interrupt routing tests, no speculation workarounds, no self tests: none of it is
# under test, and all of it takes time where there is no KVM.
T_KERNEL_LINE="console=ttyS0 panic=-1 quiet mitigations=off nokaslr no_timer_check
	tsc=reliable cryptomgr.notests audit=0 apparmor=0"

# need_guests: skips if no guest can be started here.
need_guests()
{
	need "command:$T_QEMU" command:busybox command:cpio command:modprobe command:socat
	"$T_GUEST/image" "$T_IMAGE" 2>"$T_DIR/image.err" || t_skip "$(<"$T_DIR/image.err")"
}

t_guest_dir()
{
	echo "$T_DIR/guest-$1"
}

# guest_file NAME SOURCE DESTINATION: gives the guest a file; before guest_start.
guest_file()
{
	local root

	root=$(t_guest_dir "$1")/root
	mkdir -p "$root/$(dirname "$3")"
	cp -L "$2" "$root/$3"
}

# guest_program NAME PROGRAM…: the machine's own, as /host/PROGRAM (plain names are
# busybox's), with the shared libraries that it needs.
guest_program()
{
	local name=$1 program file

	shift
	for program; do
		program=$(command -v "$program")
		guest_file "$name" "$program" "/host/${program##*/}"
		for file in $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do
			guest_file "$name" "$file" "$file"
		done
	done
}

# guest_module NAME MODULE…: loaded at boot, with what they need.
guest_module()
{
	local root

	root=$(t_guest_dir "$1")/root
	shift
	"$T_GUEST/modules" "$root" "$root/test/modules" "$@"
}

# guest_start NAME SCRIPT [QEMU-ARGUMENT…]: SCRIPT is shell text, see inside.sh.
guest_start()
{
	local dir script=$2

	dir=$(t_guest_dir "$1")
	shift 2
	mkdir -p "$dir/root/test"
	rm -f "$dir"/{pid,exit,tty.in,tty.out,console.log}
	printf '%s\n' "$script" >"$dir/root/test/script"
	echo "${dir##*/guest-}" >"$dir/root/test/name"
	(cd "$dir/root" && find . -mindepth 1 | cpio -o -H newc --quiet -R 0:0) |
		cat "$T_IMAGE/base.cpio" - >"$dir/initrd"
	: >"$dir/tty.out"
	mkfifo "$dir/tty.in"
	{
		{ set +ex; } 2>/dev/null # the trace's descriptor is closed here
		"$T_QEMU" -machine pc,usb=off,vmport=off,hpet=off -accel tcg -m "${GUEST_MB:-96}" \
			-nodefaults -no-user-config -no-reboot -display none \
			-kernel "$T_IMAGE/kernel" -initrd "$dir/initrd" \
			-append "${T_KERNEL_LINE//[$'\n\t']/ }" \
			-serial "file:$dir/console.log" \
			-chardev "pipe,id=tty,path=$dir/tty" -serial chardev:tty \
			-qmp "unix:$dir/qmp,server=on,wait=off" "$@" &
		echo $! >"$dir/pid"
		wait $!
		echo $? >"$dir/exit"
	} </dev/null >"$dir/qemu.out" 2>"$dir/qemu.err" 9>&- &
	wait_for 2 test -s "$dir/pid"
}

# guest_pid NAME: of QEMU.
guest_pid()
{
	cat "$(t_guest_dir "$1")/pid"
}

# guest_wait NAME SECONDS [LINE]: until the guest has printed LINE, or its script has
# ended and QEMU is gone.
guest_wait()
{
	local name=$1 seconds=$2 line=${3:-} dir end

	{ set +x; } 2>/dev/null
	dir=$(t_guest_dir "$name")
	end=$((SECONDS + seconds * T_PATIENCE))
	until t_guest_reached "$dir" "$line"; do
		if [ -n "$line" ] && [ -e "$dir/exit" ]; then
			t_guest_reached "$dir" "$line" && break
			fail "guest $name ended without saying $line: $(t_guest_story "$dir")"
		fi
		[ $SECONDS -le $end ] ||
			fail "guest $name: no ${line:-end} in $seconds s: $(t_guest_story "$dir")"
		sleep 0.03
	done
	[ -z "$T_IN_CASE" ] || set -x
}

t_guest_reached()
{
	if [ -n "$2" ]; then
		tr -d '\r' <"$1/tty.out" | grep -qxF -e "$2"
	else
		[ -e "$1/exit" ]
	fi
}

t_guest_story()
{
	echo "QEMU's exit status $(cat "$1/exit" 2>/dev/null || echo none)"
	tail -n 20 "$1/qemu.err" "$1/tty.out" "$1/console.log" 2>/dev/null
}

# guest_output NAME: what the script printed.
guest_output()
{
	tr -d '\r' <"$(t_guest_dir "$1")/tty.out" | sed -n '/^@@@ start$/,$p' | sed '/^@@@ /d'
}

# guest_status NAME: the script's exit status, or "none" (killed, still running).
guest_status()
{
	tr -d '\r' <"$(t_guest_dir "$1")/tty.out" |
		awk '$1 == "@@@" && $2 == "exit" { s = $3 } END { print s == "" ? "none" : s }'
}

# guest_errors NAME: what QEMU wrote to stderr.
guest_errors()
{
	cat "$(t_guest_dir "$1")/qemu.err"
}

# guest_say NAME LINE: types it.
guest_say()
{
	printf '%s\n' "$2" >"$(t_guest_dir "$1")/tty.in"
}

# guest_run NAME COMMAND [SECONDS]: in a guest that stays (see inside.sh): prints what the
# command printed and returns its status.
guest_run()
{
	local dir before end

	{ set +x; } 2>/dev/null
	dir=$(t_guest_dir "$1")
	before=$(wc -c <"$dir/tty.out")
	guest_say "$1" "$2"
	end=$((SECONDS + ${3:-15} * T_PATIENCE))
	# the full stop says that all of the number is there
	until now_done=$(tail -c +$((before + 1)) "$dir/tty.out" | tr -d '\r' |
		grep '^@@@ did [0-9]* [.]'); do
		[ ! -e "$dir/exit" ] || fail "guest $1 ended during: $2: $(t_guest_story "$dir")"
		[ $SECONDS -le $end ] || fail "guest $1: no end of: $2"
		sleep 0.03
	done
	tail -c +$((before + 1)) "$dir/tty.out" | tr -d '\r' | grep -v '^@@@ did ' || :
	[ -z "$T_IN_CASE" ] || set -x
	now_done=${now_done#@@@ did }
	return "${now_done%% *}"
}

# guest_kill NAME: SIGKILL, and QEMU is gone when this returns.
guest_kill()
{
	kill -KILL "$(guest_pid "$1")"
	guest_wait "$1" 5
}

# guest_qmp NAME COMMAND [ARGUMENTS-JSON]: prints the answer's "return"; an error fails.
guest_qmp()
{
	local dir answer

	dir=$(t_guest_dir "$1")
	answer=$(printf '%s\n' '{"execute": "qmp_capabilities", "id": "hello"}' \
		"{\"execute\": \"$2\", \"arguments\": ${3:-{\}}, \"id\": \"it\"}" |
		t_guest_qmp_talk "$dir/qmp")
	jq -ce 'if has("error") then error(.error.desc) else .return end' <<<"$answer"
}

# Sends its input and prints the answer whose id is "it".
t_guest_qmp_talk()
{
	local line

	coproc socat - "UNIX-CONNECT:$1"
	cat >&"${COPROC[1]}"
	while read -r -t 10 line <&"${COPROC[0]}"; do
		if [ "$(jq -r '.id // ""' <<<"$line")" = it ]; then
			echo "$line"
			return
		fi
	done
	fail "no answer on $1"
}

# guest_plug NAME ID TAP-OPTIONS-JSON [DEVICE-OPTIONS-JSON]: hot-plugs a NIC.
guest_plug()
{
	guest_qmp "$1" netdev_add "$(jq -c --arg id "$2" '{type: "tap", id: $id} + .' <<<"$3")"
	guest_qmp "$1" device_add "$(jq -c --arg id "$2" \
		'{driver: "virtio-net-pci", id: $id, netdev: $id} + .' <<<"${4:-{\}}")"
}

# guest_unplug NAME ID: the guest has let the NIC go, and its tap is closed.
guest_unplug()
{
	guest_qmp "$1" device_del "{\"id\": \"$2\"}"
	wait_for 10 t_guest_unplugged "$1" "$2"
	guest_qmp "$1" netdev_del "{\"id\": \"$2\"}"
}

t_guest_unplugged()
{
	! guest_qmp "$1" qom-list '{"path": "/machine/peripheral"}' | grep -q "\"$2\""
}
