// SPDX-License-Identifier: GPL-2.0-or-later
/* The library's lower tier: one thing done to one object, at once. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host/context.h"
#include "plan/op.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "rtnl/address.h"
#include "kind/link.h"
#include "host/netns.h"
#include "host/sysctl.h"
#include "kind/tap.h"
#include "netd.h"

static int bad_name(const char *name, struct netd_error *err)
{
	const char *problem = netd_ifname_problem(name);

	if (problem)
		return netd_error_add(err, -EINVAL, "interface name \"%s\" %s", name,
				      problem);
	return 0;
}

/* Sends @m, frees it, and says what was being done if the kernel refused. */
static int request(struct netd *netd, struct nl_msg *m, struct netd_error *err,
		   const char *what, const char *object)
{
	netd_auto_message struct nl_msg *message = m;
	int r;

	if (!m)
		return netd_error_no_memory(err);
	r = netd_nl_request(&netd->nl, message, err);
	if (r < 0)
		netd_error_context(err, "cannot %s %s", what, object);
	return r;
}

static int index_of(struct netd *netd, const char *link, struct netd_error *err)
{
	int index = netd_connect(netd, err);

	if (index < 0)
		return index;
	index = netd_nl_ifindex(&netd->nl, link);
	if (index == -ENODEV)
		netd_error_add(err, -ENODEV, "there is no interface %s", link);
	return index;
}

int netd_bridge_create(struct netd *netd, const char *name,
		       const struct netd_bridge_options *options, struct netd_error *err)
{
	struct netd_desired_link link = {.kind = NETD_LINK_BRIDGE, .up = true};
	int r = bad_name(name, err);

	if (r < 0)
		return r;
	r = netd_connect(netd, err);
	if (r < 0)
		return r;
	netd_copy(link.name, name);
	if (options) {
		link.mtu = options->mtu;
		link.bridge.stp = options->stp;
		if (options->stp)
			link.bridge.forward_delay = 1500;
		link.has_mac = options->mac != NULL;
		if (options->mac && netd_mac_parse(options->mac, &link.mac) < 0)
			return netd_error_add(err, -EINVAL, "\"%s\" is no MAC address",
					      options->mac);
	}
	r = request(netd, netd_link_create_message(&link, -1), err, "make bridge", name);
	if (r)
		return r;
	return request(netd, netd_link_set_message(&link.attrs, NETD_LINK_UP, 0), err,
		       "raise bridge", name);
}

static int set_link(struct netd *netd, const struct netd_link *link, unsigned fields,
		    int master, struct netd_error *err, const char *what)
{
	const char *hint, *reason;
	int r = netd_connect(netd, err);

	if (r < 0)
		return r;
	r = request(netd, netd_link_set_message(&link->attrs, fields, master), err, what,
		    link->name);
	if (r >= 0)
		return r;
	reason = netd_op_reason(NETD_OP_SET_LINK, r, &hint);
	if (strcmp(reason, strerror(-r)) != 0)
		netd_error_hint(err, "%s", reason);
	return r;
}

int netd_link_enslave(struct netd *netd, const char *name, const char *bridge,
		      struct netd_error *err)
{
	struct netd_link link = {.up = true};
	int master = index_of(netd, bridge, err);

	if (master < 0)
		return master;
	netd_copy(link.name, name);
	netd_copy(link.master, bridge);
	link.mtu = netd_nl_mtu(&netd->nl, bridge);
	return set_link(netd, &link, NETD_LINK_MTU | NETD_LINK_MASTER | NETD_LINK_UP,
			master, err, "enslave");
}

int netd_link_release(struct netd *netd, const char *name, struct netd_error *err)
{
	struct netd_link link = {0};

	netd_copy(link.name, name);
	return set_link(netd, &link, NETD_LINK_MASTER, 0, err, "release");
}

int netd_link_up(struct netd *netd, const char *name, bool up, struct netd_error *err)
{
	struct netd_link link = {.up = up};
	const char *what = "take down";

	if (up)
		what = "raise";
	netd_copy(link.name, name);
	return set_link(netd, &link, NETD_LINK_UP, 0, err, what);
}

int netd_link_delete(struct netd *netd, const char *name, struct netd_error *err)
{
	int index = index_of(netd, name, err);

	if (index < 0)
		return index;
	return request(netd, netd_link_delete_message(index), err, "delete", name);
}

int netd_veth_create(struct netd *netd, const char *name, const char *peer,
		     const char *peer_namespace, struct netd_error *err)
{
	struct netd_desired_link link = {.kind = NETD_LINK_VETH};
	netd_auto_close int ns = -1;
	int r = bad_name(name, err);

	if (r < 0)
		return r;
	r = bad_name(peer, err);
	if (r < 0)
		return r;
	r = netd_connect(netd, err);
	if (r < 0)
		return r;
	if (peer_namespace) {
		ns = netd_netns_open(peer_namespace, err);
		if (ns < 0)
			return ns;
	}
	netd_copy(link.name, name);
	netd_copy(link.peer, peer);
	return request(netd, netd_link_create_message(&link, ns), err, "make veth pair",
		       name);
}

int netd_tap_add(struct netd *netd, const char *name,
		 const struct netd_tap_options *options, int *fd, struct netd_error *err)
{
	static const struct netd_tap_options none;
	const struct netd_tap_options *o = options ? options : &none;
	struct netd_link_attrs link = {
		.kind = NETD_LINK_TAP,
		.tap = {o->has_owner, o->has_group, o->multi_queue, o->vnet_hdr,
			o->persistent, o->owner, o->group},
	};
	int r;

	(void)netd;
	if (!netd_copy(link.name, name))
		return bad_name(name, err);
	r = netd_tap_open(&link, err);
	if (r < 0)
		return r;
	if (fd)
		*fd = r;
	else
		close(r);
	return 0;
}

static int parse_address(const char *link, const char *text, struct netd_ifaddr *out,
			 struct netd_error *err)
{
	*out = (struct netd_ifaddr){.protocol = NETD_PROTOCOL};
	if (!netd_copy(out->link, link))
		return bad_name(link, err);
	if (netd_prefix_parse(text, &out->prefix) < 0)
		return netd_error_add(err, -EINVAL,
				      "\"%s\" is no address with a prefix length", text);
	return 0;
}

/* Sends what @make makes of the address. */
static int change_address(struct netd *netd, const char *link, const char *address,
			  struct nl_msg *(*make)(const struct netd_ifaddr *a, int index),
			  const char *what, struct netd_error *err)
{
	struct netd_ifaddr a;
	int index, r = parse_address(link, address, &a, err);

	if (r < 0)
		return r;
	index = index_of(netd, link, err);
	if (index < 0)
		return index;
	return request(netd, make(&a, index), err, what, address);
}

int netd_address_add(struct netd *netd, const char *link, const char *address,
		     struct netd_error *err)
{
	return change_address(netd, link, address, netd_address_add_message,
			      "add address", err);
}

int netd_address_delete(struct netd *netd, const char *link, const char *address,
			struct netd_error *err)
{
	return change_address(netd, link, address, netd_address_delete_message,
			      "delete address", err);
}

static int parse_route(const char *to, uint32_t metric, struct netd_route *out,
		       struct netd_error *err)
{
	*out = (struct netd_route){.metric = metric, .protocol = NETD_PROTOCOL};
	if (netd_prefix_parse(to, &out->to) < 0)
		return netd_error_add(err, -EINVAL, "\"%s\" is no subnet", to);
	return 0;
}

int netd_route_add(struct netd *netd, const char *to, const char *via, const char *link,
		   uint32_t metric, struct netd_error *err)
{
	struct netd_route route;
	int r = parse_route(to, metric, &route, err);

	if (r)
		return r;
	if (via && netd_addr_parse(via, &route.via) < 0)
		return netd_error_add(err, -EINVAL, "\"%s\" is no address", via);
	r = index_of(netd, link, err);
	if (r < 0)
		return r;
	return request(netd, netd_route_add_message(&route, r, false), err, "add route",
		       to);
}

int netd_route_delete(struct netd *netd, const char *to, const char *link,
		      uint32_t metric, struct netd_error *err)
{
	struct netd_route route;
	int r = parse_route(to, metric, &route, err);

	if (r)
		return r;
	r = index_of(netd, link, err);
	if (r < 0)
		return r;
	return request(netd, netd_route_delete_message(&route, r), err, "delete route",
		       to);
}

static int parse_plain_address(const char *text, struct netd_addr *out,
			       struct netd_error *err)
{
	if (netd_addr_parse(text, out) < 0)
		return netd_error_add(err, -EINVAL, "\"%s\" is no address", text);
	return 0;
}

int netd_neighbour_add(struct netd *netd, const char *link, const char *address,
		       const char *mac, struct netd_error *err)
{
	struct netd_addr a;
	struct netd_mac m;
	int r = parse_plain_address(address, &a, err);

	if (r)
		return r;
	if (netd_mac_parse(mac, &m) < 0)
		return netd_error_add(err, -EINVAL, "\"%s\" is no MAC address", mac);
	r = index_of(netd, link, err);
	if (r < 0)
		return r;
	return request(netd, netd_neighbour_add_message(r, &a, &m), err, "add neighbour",
		       address);
}

int netd_neighbour_delete(struct netd *netd, const char *link, const char *address,
			  struct netd_error *err)
{
	struct netd_addr a;
	int r = parse_plain_address(address, &a, err);

	if (r)
		return r;
	r = index_of(netd, link, err);
	if (r < 0)
		return r;
	return request(netd, netd_neighbour_delete_message(r, &a), err,
		       "delete neighbour", address);
}

int netd_namespace_create(const char *name, struct netd_error *err)
{
	return netd_netns_create(name, err);
}

int netd_namespace_delete(const char *name, struct netd_error *err)
{
	return netd_netns_delete(name, err);
}

/* *@previous is the value before. */
static int exchange_sysctl(const char *path, int value, int *previous)
{
	int r = netd_sysctl_read(path, previous);

	if (r < 0)
		return r;
	return netd_sysctl_write(path, value);
}

int netd_sysctl_set(const char *path, int value, int *previous, struct netd_error *err)
{
	int before, r = exchange_sysctl(path, value, &before);

	if (r < 0)
		return netd_error_add(err, r, "cannot set net/%s: %s", path,
				      strerror(-r));
	if (previous)
		*previous = before;
	return 0;
}
