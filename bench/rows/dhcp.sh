# SPDX-License-Identifier: GPL-2.0-or-later
# A NAT network with DHCP comes up, and a client that is plugged in gets its lease.
#
# The client's link is up all the time: how long the kernel takes to notice a carrier is not
# what is measured.  dnsmasq as libvirt starts it asks three seconds long whether somebody
# has the address already; the floor's does not, nor does netd's.
ip link set lo up
cat >lab.yaml <<'YAML'
name: lab
networks:
  mybr0: {mode: nat, addresses: [10.1.0.254/16], dhcp: {range: 10.1.0.2-10.1.0.200}}
YAML
# As libvirt writes it.
cat >dnsmasq.conf <<'CONFIG'
strict-order
pid-file=dnsmasq.pid
except-interface=lo
bind-dynamic
interface=mybr0
dhcp-range=10.1.0.2,10.1.0.200,255.255.0.0
dhcp-no-override
dhcp-authoritative
dhcp-lease-max=199
dhcp-leasefile=leases
conf-dir=/nonexistent,*.none
user=root
CONFIG
sed -i "s,=dnsmasq.pid,=$PWD/dnsmasq.pid,; s,=leases,=$PWD/leases,; /^conf-dir/d" dnsmasq.conf
cat >rules.sh <<'SCRIPT'
echo 1 >/proc/sys/net/ipv4/ip_forward
ip link add mybr0 type bridge mcast_snooping 0
ip address add 10.1.0.254/16 dev mybr0
ip link set mybr0 up
iptables -A INPUT -i mybr0 -p udp --dport 67 -j ACCEPT
iptables -A INPUT -i mybr0 -p udp --dport 53 -j ACCEPT
iptables -A FORWARD -i mybr0 -o mybr0 -j ACCEPT
iptables -A FORWARD -s 10.1.0.0/16 -i mybr0 -j ACCEPT
iptables -A FORWARD -d 10.1.0.0/16 -o mybr0 -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -A FORWARD -o mybr0 -j DROP
iptables -t nat -A POSTROUTING -s 10.1.0.0/16 -d 224.0.0.0/4 -j RETURN
iptables -t nat -A POSTROUTING -s 10.1.0.0/16 ! -d 10.1.0.0/16 -p tcp -j MASQUERADE --to-ports 1024-65535
iptables -t nat -A POSTROUTING -s 10.1.0.0/16 ! -d 10.1.0.0/16 -p udp -j MASQUERADE --to-ports 1024-65535
iptables -t nat -A POSTROUTING -s 10.1.0.0/16 ! -d 10.1.0.0/16 -j MASQUERADE
dnsmasq -C dnsmasq.conf
SCRIPT

{ cat dnsmasq.conf && echo no-ping; } >floor.conf

# up: what is timed.  "up lease" waits for a client, too.
cat >up <<'SCRIPT'
#!/bin/sh -e
case $1 in
floor)
	"$BUILD/bench/floor_network" up 1
	dnsmasq -C floor.conf
	;;
netd) "$BUILD/cli/netdctl" -q apply lab.yaml ;;
script) . ./rules.sh ;;
esac
[ "$2" = lease ] || exit 0
ip link set v0 master mybr0
exec ip netns exec client busybox udhcpc -f -q -n -i eth0 -t 20 -T 1 -s ./told 2>/dev/null
SCRIPT
cat >told <<'SCRIPT'
#!/bin/sh
[ "$1" != bound ] || echo "$ip" >lease
SCRIPT
cat >down <<'SCRIPT'
#!/bin/sh
rm -f lease
case $BENCH_LABEL in
netd*) "$BUILD/cli/netdctl" -q destroy lab ;;
*)
	pid=$(cat dnsmasq.pid)
	kill "$pid"
	while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
	rm -f leases dnsmasq.pid
	nft flush ruleset
	ip link del mybr0
	;;
esac
[ "$(ip -o link | wc -l)" = 2 ]
SCRIPT
# is [lease]: the server listens; the client's lease is one of its range.
cat >is <<'SCRIPT'
#!/bin/sh
ss -H -l -u -n 'sport = 67' | grep -q . || exit 1
[ "$1" != lease ] || grep -qx '10\.1\.0\.[0-9]*' lease
SCRIPT
chmod +x up down told is
ip netns add client
ip link add v0 type veth peer name eth0 netns client
ip -n client link set eth0 up
ip link set v0 addrgenmode none
ip link set v0 up
sleep 1.5 # until the carrier is noticed

for what in server lease; do
	title="a NAT network with DHCP: up"
	[ $what = server ] || title="the same, until a client has its lease"
	bench -t "$title" -n "${ROUNDS:-20}" -B "netdctl apply=2.0" -c "./is $what" -a ./down \
		"floor: bare static C, dnsmasq" "./up floor $what" \
		"netdctl apply" "./up netd $what" \
		"ip + iptables script, dnsmasq" "./up script $what"
done
