# SPDX-License-Identifier: GPL-2.0-or-later
# A system bus in a test's namespaces, and a polkit that says what the test wants.
#
#	need command:dbus-daemon
#	bus_start                     # as root's, with netd's policy file
#	polkit_start; rule apply yes  # tests/lib/polkit.c; rules may change meanwhile
#	polkit_asked                  # the questions, one per line

BUS_SOCKET=/run/dbus/system_bus_socket

# Method calls are refused unless a file allows them, as on a real host.
bus_write_config()
{
	cat >"$T_DIR/bus.conf" <<-EOF
		<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
		 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
		<busconfig>
		<type>system</type>
		<listen>unix:path=$BUS_SOCKET</listen>
		<auth>EXTERNAL</auth>
		<policy context="default">
		<allow user="*"/>
		<deny own="*"/>
		<deny send_type="method_call"/>
		<allow send_type="signal"/>
		<allow send_requested_reply="true" send_type="method_return"/>
		<allow send_requested_reply="true" send_type="error"/>
		<allow receive_type="method_call"/>
		<allow receive_type="method_return"/>
		<allow receive_type="error"/>
		<allow receive_type="signal"/>
		<allow send_destination="org.freedesktop.DBus"/>
		<allow send_destination="org.freedesktop.PolicyKit1"/>
		</policy>
		<policy user="root">
		<allow own="org.freedesktop.PolicyKit1"/>
		</policy>
		<include>$T_ROOT/data/org.netd1.conf</include>
		</busconfig>
	EOF
}

# dbus-daemon lets in only whom the host knows.
bus_know_other_user()
{
	grep -q "^other:" /etc/passwd && return
	cp --remove-destination "$(readlink -f /etc/passwd)" /etc/passwd.new
	echo "other:x:$T_OTHER:$T_OTHER::/:/bin/false" >>/etc/passwd.new
	mv /etc/passwd.new /etc/passwd
	cp --remove-destination "$(readlink -f /etc/group)" /etc/group.new
	echo "other:x:$T_OTHER:" >>/etc/group.new
	mv /etc/group.new /etc/group
}

bus_start()
{
	bus_know_other_user
	mkdir -p "${BUS_SOCKET%/*}"
	rm -f "$BUS_SOCKET"
	bus_write_config
	dbus-daemon --config-file="$T_DIR/bus.conf" --nofork --nopidfile &
	BUS=$!
	wait_for 5 test -S "$BUS_SOCKET"
}

bus_stop()
{
	kill "$BUS"
	wait "$BUS" || :
}

polkit_start()
{
	: >"$T_DIR/rules"
	: >"$T_DIR/polkit.log"
	"$NETD_BUILD/tests/lib/polkit" "$T_DIR/rules" >"$T_DIR/polkit.log" &
	POLKIT=$!
	wait_for 5 grep -q ready "$T_DIR/polkit.log"
}

polkit_stop()
{
	kill "$POLKIT"
	wait "$POLKIT" || :
}

# rule ACTION yes|no|password
rule()
{
	echo "org.netd1.$1 $2" >>"$T_DIR/rules"
}

polkit_asked()
{
	grep -v ready "$T_DIR/polkit.log" || :
}
