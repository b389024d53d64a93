// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a port. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>

#include "config/reader.h"

static const char *const kinds[] = {
	[NETD_PORT_INTERFACE] = "interface",
	[NETD_PORT_TAP] = "tap",
	[NETD_PORT_VETH] = "veth",
	NULL,
};

#define ID_MAX 0xfffffffeUL /* (uid_t)-1 is no user */

static int find_user(const char *name, uint32_t *id)
{
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (getpwnam_r(name, &entry, buffer, sizeof(buffer), &found) || !found)
		return -ENOENT;
	*id = found->pw_uid;
	return 0;
}

static int find_group(const char *name, uint32_t *id)
{
	struct group entry, *found = NULL;
	char buffer[16384];

	if (getgrnam_r(name, &entry, buffer, sizeof(buffer), &found) || !found)
		return -ENOENT;
	*id = found->gr_gid;
	return 0;
}

/* A number, or a name that @find knows. */
static int read_id(struct netd_reader *r, const struct netd_yaml *value, const char *what,
		   int (*find)(const char *name, uint32_t *id), uint32_t *id, bool *has)
{
	const char *text = netd_read_scalar(r, value, what);
	unsigned long number;

	if (!text)
		return -EINVAL;
	if (netd_parse_number(text, ID_MAX, &number) == 0)
		*id = (uint32_t)number;
	else if (find(text, id))
		return netd_reader_problem(r, value, "this host has no %s \"%s\"", what,
					   text);
	*has = true;
	return 0;
}

static int read_owner(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	struct netd_port *p = object;

	(void)key;
	return read_id(r, value, "user", find_user, &p->owner, &p->has_owner);
}

static int read_group(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	struct netd_port *p = object;

	(void)key;
	return read_id(r, value, "group", find_group, &p->group, &p->has_group);
}

#define PORT(field) NETD_FIELD(struct netd_port, field)

static const struct netd_key port_keys[] = {
	{"type", netd_read_choice, PORT(kind), .choices = kinds},
	{"owner", read_owner},
	{"group", read_group},
	{"multi_queue", netd_read_bool, PORT(multi_queue)},
	{"vnet_hdr", netd_read_bool, PORT(vnet_hdr)},
	{"peer", netd_read_text, PORT(peer),
	 .place = offsetof(struct netd_port, peer_place)},
	{"namespace", netd_read_text, PORT(peer_namespace)},
};

static int read_port(struct netd_reader *r, const struct netd_yaml *name,
		     const struct netd_yaml *value, void *object)
{
	struct netd_network *n = object;
	struct netd_port *p = netd_array_add(&n->ports, &n->port_count, sizeof(*p));

	if (!p)
		return netd_reader_no_memory(r);
	p->place = name->place;
	if (netd_read_name(r, name, "port name", p->name, sizeof(p->name)))
		p->partial = true;
	if (netd_read_mapping(r, value, port_keys, NETD_ARRAY_SIZE(port_keys), "a port",
			      p))
		p->partial = true;
	return p->partial ? -EINVAL : 0;
}

int netd_read_ports_map(struct netd_reader *r, const struct netd_yaml *value,
			const struct netd_key *key, void *object)
{
	return netd_read_entries(r, value, key, object, read_port);
}
