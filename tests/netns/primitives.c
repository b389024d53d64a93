// SPDX-License-Identifier: GPL-2.0-or-later
/* The primitives of netd.h on a real kernel, by way of the shared library. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "netd.h"

/* One context in an empty namespace, made anew for every test. */
struct fixture {
	struct netd *netd;
	struct netd_error *err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	f->err = netd_error_new();
	assert_non_null(f->err);
	assert_int_equal(netd_new("/nonexistent", "/nonexistent", &f->netd, f->err), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	netd_free(f->netd);
	netd_error_free(f->err);
	free(f);
	return 0;
}

/* True if the shell command succeeds; ip(8) is the second opinion on what we did. */
static int shell(const char *command)
{
	return system(command) == 0;
}

/* The call failed with that code and said this. */
static void assert_says(struct fixture *f, int r, int code, const char *words)
{
	char *text = netd_error_format(f->err, NETD_FORMAT_TEXT, false);

	assert_int_equal(r, code);
	assert_non_null(text);
	if (!strstr(text, words))
		fail_msg("\"%s\" does not say \"%s\"", text, words);
	free(text);
	netd_error_free(f->err);
	f->err = netd_error_new();
}

static void bridge(void **state)
{
	const struct netd_bridge_options options = {.mac = "52:54:00:00:00:01",
						    .mtu = 1400};
	struct fixture *f = *state;

	assert_int_equal(netd_bridge_create(f->netd, "br0", &options, f->err), 0);
	assert_true(shell("ip -d link show br0 | grep -q '[<,]UP.*mtu 1400'"));
	assert_true(shell("ip -d link show br0 | grep -q 52:54:00:00:00:01"));
	assert_true(
		shell("ip -d link show br0 | grep -q 'forward_delay 0 .*stp_state 0'"));
	assert_says(f, netd_bridge_create(f->netd, "br0", NULL, f->err), -EEXIST,
		    "cannot make bridge br0: File exists");
	assert_says(f, netd_bridge_create(f->netd, "a-name-of-16-byt", NULL, f->err),
		    -EINVAL, "longer than 15 bytes");
	assert_int_equal(netd_link_delete(f->netd, "br0", f->err), 0);
	assert_false(shell("ip link show br0 2>/dev/null"));
	assert_says(f, netd_link_delete(f->netd, "br0", f->err), -ENODEV,
		    "there is no interface br0");
}

static void ports(void **state)
{
	const struct netd_bridge_options options = {.mtu = 1300};
	struct fixture *f = *state;

	assert_int_equal(netd_bridge_create(f->netd, "br0", &options, f->err), 0);
	assert_int_equal(netd_veth_create(f->netd, "v0", "v1", NULL, f->err), 0);
	assert_int_equal(netd_link_enslave(f->netd, "v0", "br0", f->err), 0);
	assert_true(shell("ip link show v0 | grep -q 'mtu 1300.*master br0'"));
	assert_true(shell("ip link show br0 | grep -q 'mtu 1300'"));
	assert_int_equal(netd_link_release(f->netd, "v0", f->err), 0);
	assert_false(shell("ip link show v0 | grep -q master"));
	assert_int_equal(netd_link_up(f->netd, "v1", true, f->err), 0);
	assert_true(shell("ip link show v1 | grep -q '[<,]UP'"));
	assert_says(f, netd_link_enslave(f->netd, "v0", "br9", f->err), -ENODEV,
		    "there is no interface br9");
	assert_says(f, netd_link_enslave(f->netd, "v0", "v1", f->err), -EOPNOTSUPP, "v0");
	/* the kernel's own words come through */
	assert_int_equal(netd_bridge_create(f->netd, "br1", NULL, f->err), 0);
	assert_says(f, netd_link_enslave(f->netd, "br1", "br0", f->err), -ELOOP,
		    "Can not enslave a bridge to a bridge");
}

static void veth_into_namespace(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(netd_namespace_create("h1", f->err), 0);
	assert_says(f, netd_namespace_create("h1", f->err), -EEXIST, "namespace h1");
	assert_int_equal(netd_veth_create(f->netd, "v0", "eth0", "h1", f->err), 0);
	assert_true(shell("ip -n h1 link show eth0 >/dev/null"));
	assert_true(shell("ip -n h1 link show lo | grep -q '[<,]UP'"));
	assert_false(shell("ip link show eth0 2>/dev/null"));
	assert_says(f, netd_veth_create(f->netd, "v2", "eth1", "h9", f->err), -ENOENT,
		    "namespace h9");
	assert_int_equal(netd_namespace_delete("h1", f->err), 0);
	assert_false(shell("ip netns list | grep -q h1"));
	assert_says(f, netd_namespace_delete("h1", f->err), -ENOENT, "namespace h1");
}

static void taps(void **state)
{
	const struct netd_tap_options lasting = {
		.persistent = true,
		.vnet_hdr = true,
		.multi_queue = true,
		.has_owner = true,
		.owner = 1234,
		.has_group = true,
		.group = 4321,
	};
	struct fixture *f = *state;
	int fd = -1;

	if (access("/dev/net/tun", F_OK) != 0)
		skip();
	assert_int_equal(netd_tap_add(f->netd, "tap0", &lasting, NULL, f->err), 0);
	assert_true(
		shell("ip -d tuntap show | grep -q 'tap0: tap .*multi_queue.*vnet_hdr.*"
		      "persist.*user 1234.*group 4321'") ||
		shell("ip -d link show tap0 | grep -q 'vnet_hdr on.*persist on.*user "
		      "1234 "
		      "group 4321'"));
	assert_int_equal(netd_tap_add(f->netd, "tmp%d", NULL, &fd, f->err), 0);
	assert_true(fd >= 0);
	assert_true(shell("ip link show tmp0 >/dev/null"));
	assert_says(f, netd_tap_add(f->netd, "lo", NULL, NULL, f->err), -EINVAL,
		    "an interface of that name exists already");
	close(fd);
	assert_false(shell("ip link show tmp0 2>/dev/null"));
	assert_true(shell("ip link show tap0 >/dev/null"));
}

static void addresses(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(netd_bridge_create(f->netd, "br0", NULL, f->err), 0);
	assert_int_equal(netd_address_add(f->netd, "br0", "10.1.0.1/16", f->err), 0);
	assert_int_equal(netd_address_add(f->netd, "br0", "fd00::1/64", f->err), 0);
	assert_true(
		shell("ip addr show br0 | grep -q 'inet 10.1.0.1/16 brd 10.1.255.255'"));
	assert_true(shell(
		"ip addr show br0 | grep -q 'inet6 fd00::1/64 scope global nodad'"));
	assert_says(f, netd_address_add(f->netd, "br0", "10.1.0.1/16", f->err), -EEXIST,
		    "cannot add address 10.1.0.1/16");
	assert_says(f, netd_address_add(f->netd, "br0", "10.1.0.1", f->err), -EINVAL,
		    "prefix length");
	assert_int_equal(
		netd_route_add(f->netd, "10.9.0.0/16", "10.1.0.2", "br0", 7, f->err), 0);
	assert_true(shell(
		"ip route | grep -q '10.9.0.0/16 via 10.1.0.2 dev br0 .*metric 7'"));
	assert_says(
		f,
		netd_route_add(f->netd, "10.8.0.0/16", "192.168.7.1", "br0", 0, f->err),
		-ENETUNREACH, "Nexthop has invalid gateway");
	assert_int_equal(netd_route_delete(f->netd, "10.9.0.0/16", "br0", 7, f->err), 0);
	assert_says(f, netd_route_delete(f->netd, "10.9.0.0/16", "br0", 7, f->err),
		    -ESRCH, "10.9.0.0/16");
	assert_int_equal(netd_neighbour_add(f->netd, "br0", "10.1.0.3",
					    "52:54:00:00:00:03", f->err),
			 0);
	assert_true(shell("ip neigh show dev br0 | grep -q '10.1.0.3 lladdr "
			  "52:54:00:00:00:03 PERMANENT'"));
	assert_int_equal(netd_neighbour_delete(f->netd, "br0", "10.1.0.3", f->err), 0);
	assert_says(f, netd_neighbour_delete(f->netd, "br0", "10.1.0.3", f->err), -ENOENT,
		    "10.1.0.3");
	assert_int_equal(netd_address_delete(f->netd, "br0", "fd00::1/64", f->err), 0);
	assert_says(f, netd_address_delete(f->netd, "br0", "fd00::1/64", f->err),
		    -EADDRNOTAVAIL, "fd00::1/64");
	assert_int_equal(netd_route_add(f->netd, "10.8.0.0/16", NULL, "br0", 9, f->err),
			 0);
	assert_int_equal(netd_route_delete(f->netd, "10.8.0.0/16", "br0", 0, f->err), 0);
	assert_false(shell("ip addr show br0 | grep -q fd00"));
}

static void sysctls(void **state)
{
	struct fixture *f = *state;
	int before = -1;

	assert_int_equal(netd_sysctl_set("ipv4/conf/lo/forwarding", 1, &before, f->err),
			 0);
	assert_int_equal(before, 0);
	assert_int_equal(netd_sysctl_set("ipv4/conf/lo/forwarding", 0, &before, f->err),
			 0);
	assert_int_equal(before, 1);
	assert_says(f, netd_sysctl_set("ipv4/conf/none/forwarding", 1, NULL, f->err),
		    -ENOENT, "net/ipv4/conf/none/forwarding");
	assert_says(f, netd_sysctl_set("../kernel/panic", 1, NULL, f->err), -EINVAL,
		    "cannot set");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bridge, setup, teardown),
		cmocka_unit_test_setup_teardown(ports, setup, teardown),
		cmocka_unit_test_setup_teardown(veth_into_namespace, setup, teardown),
		cmocka_unit_test_setup_teardown(taps, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(sysctls, setup, teardown),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	/* Names of namespaces are mounts: ours, and gone with us. */
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("run", "/run", "tmpfs", 0, NULL) < 0 || mkdir("/run/netns", 0755) < 0) {
		printf("1..0 # SKIP no mount namespace: %s\n", strerror(errno));
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
