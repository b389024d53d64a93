// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of links: compared, put into messages, read and named by one row each. */
#include "kind/attribute.h"

#include <linux/if_link.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "kind/kind.h"
#include "kind/tap.h"
#include "rtnl/setting.h"

/* linux/if_link.h: IN6_ADDR_GEN_MODE_NONE, no address of the kernel's own making */
#define ADDR_GEN_MODE_NONE 1

struct pair {
	const struct netd_desired_link *want;
	const struct netd_link *have;
	const struct netd_state *observed;
};

struct row {
	enum netd_link_field field;
	const char *name; /* NULL: it has several, each named in front of its value */
	bool foreign;	  /* set on links of others, too */
	bool late;	  /* cannot be set by the message that makes a link */
	bool in_spec;	  /* put goes into IFLA_AF_SPEC */
	int attribute;
	/* True if @want says what it is to be; NULL: it does not as long as it is made */
	bool (*wanted)(const struct netd_link_attrs *want);
	bool (*differs)(const struct pair *p);
	/* NULL: not by this message, or in its header. */
	void (*put)(struct nl_msg *m, const struct netd_link_attrs *link);
	void (*read)(struct netd_link *out, struct nlattr *a);
	void (*say)(const struct netd_link_words *w);
};

static bool always(const struct netd_link_attrs *want)
{
	(void)want;
	return true;
}

static void read_u32(uint32_t *to, struct nlattr *a)
{
	if (nla_len(a) >= (int)sizeof(*to))
		*to = nla_get_u32(a);
}

static bool mac_wanted(const struct netd_link_attrs *want)
{
	return want->has_mac;
}

static bool mac_differs(const struct pair *p)
{
	return p->want->has_mac &&
	       memcmp(&p->want->mac, &p->have->mac, sizeof(p->want->mac)) != 0;
}

static void mac_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	nla_put(m, IFLA_ADDRESS, sizeof(link->mac.bytes), link->mac.bytes);
}

static void mac_read(struct netd_link *out, struct nlattr *a)
{
	if (nla_len(a) != sizeof(out->mac.bytes))
		return;
	memcpy(out->mac.bytes, nla_data(a), sizeof(out->mac.bytes));
	out->has_mac = true;
}

static void mac_say(const struct netd_link_words *w)
{
	char mac[NETD_MAC_TEXT];

	netd_str_addf(netd_link_next_word(w), "mac %s",
		      netd_mac_format(&w->link->mac, mac));
}

static bool mtu_wanted(const struct netd_link_attrs *want)
{
	return want->mtu;
}

static bool mtu_differs(const struct pair *p)
{
	return p->want->mtu && p->want->mtu != p->have->mtu;
}

static void mtu_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	nla_put_u32(m, IFLA_MTU, link->mtu);
}

static void mtu_read(struct netd_link *out, struct nlattr *a)
{
	read_u32(&out->mtu, a);
}

static void mtu_say(const struct netd_link_words *w)
{
	netd_str_addf(netd_link_next_word(w), "mtu %u", w->link->mtu);
}

static bool master_wanted(const struct netd_link_attrs *want)
{
	return want->master[0];
}

/* One that shall be no port leaves our bridges only: others' masters are the admin's. */
static bool master_differs(const struct pair *p)
{
	const struct netd_link *master = netd_state_link(p->observed, p->have->master);

	if (p->want->master[0])
		return strcmp(p->want->master, p->have->master) != 0;
	return master && netd_link_is_ours(master);
}

static void master_read(struct netd_link *out, struct nlattr *a)
{
	uint32_t index = 0;

	read_u32(&index, a);
	out->master_index = (int)index;
}

static void master_say(const struct netd_link_words *w)
{
	struct netd_str *out = netd_link_next_word(w);

	if (w->link->master[0])
		netd_str_addf(out, "%s %s", w->want ? "in" : "joins", w->link->master);
	else
		netd_str_add(out, w->want ? "in no bridge" : "leaves its bridge");
}

static bool alias_differs(const struct pair *p)
{
	return strcmp(p->want->alias, p->have->alias) != 0;
}

static void alias_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	nla_put_string(m, IFLA_IFALIAS, link->alias);
}

static void alias_read(struct netd_link *out, struct nlattr *a)
{
	nla_strlcpy(out->alias, a, sizeof(out->alias));
}

static void alias_say(const struct netd_link_words *w)
{
	if (w->link->alias[0])
		netd_str_addf(netd_link_next_word(w), "alias %s", w->link->alias);
	else
		netd_str_add(netd_link_next_word(w), "no alias");
}

static bool group_differs(const struct pair *p)
{
	return p->want->group != p->have->group;
}

static void group_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	nla_put_u32(m, IFLA_GROUP, link->group);
}

static void group_read(struct netd_link *out, struct nlattr *a)
{
	read_u32(&out->group, a);
}

/* A plan does not speak of it: it is a number that nobody knows. */
static void group_say(const struct netd_link_words *w)
{
	if (w->want)
		netd_str_addf(netd_link_next_word(w), "group %u", w->link->group);
}

static bool data_differs(const struct pair *p)
{
	return netd_kind_data_differs(&p->want->attrs, &p->have->attrs);
}

static void data_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	netd_kind_put(m, link);
}

static bool owner_differs(const struct pair *p)
{
	return netd_tap_owner_differs(&p->want->attrs, &p->have->attrs) &&
	       !netd_tap_is_open_to_all(p->have);
}

static void owner_say(const struct netd_link_words *w)
{
	const struct netd_tap *tap = &w->link->tap;

	if (tap->has_owner)
		netd_str_addf(netd_link_next_word(w), "owner %u", tap->owner);
	if (tap->has_group)
		netd_str_addf(netd_link_next_word(w), "group %u", tap->group);
	if (!tap->has_owner && !tap->has_group)
		netd_str_add(netd_link_next_word(w), "every user can open it");
}

static bool no_ipv6_wanted(const struct netd_link_attrs *want)
{
	return want->no_ipv6_address;
}

/*
 * One that is up already is a port, whose own IPv6 the kernel never asks: then the mode
 * is whoever's who sets it.  NetworkManager does when it starts, of what it does not
 * manage, too.
 */
static bool no_ipv6_differs(const struct pair *p)
{
	return p->want->no_ipv6_address && !p->have->no_ipv6_address && !p->have->up;
}

static void no_ipv6_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	struct nlattr *inet6 = nla_nest_start(m, AF_INET6);

	(void)link;
	nla_put_u8(m, IFLA_INET6_ADDR_GEN_MODE, ADDR_GEN_MODE_NONE);
	nla_nest_end(m, inet6);
}

static void no_ipv6_read(struct netd_link *out, struct nlattr *spec)
{
	struct nlattr *inet6 = nla_find(nla_data(spec), nla_len(spec), AF_INET6), *mode;

	if (!inet6)
		return;
	mode = nla_find(nla_data(inet6), nla_len(inet6), IFLA_INET6_ADDR_GEN_MODE);
	out->no_ipv6_address =
		mode && nla_len(mode) >= 1 && nla_get_u8(mode) == ADDR_GEN_MODE_NONE;
}

static void no_ipv6_say(const struct netd_link_words *w)
{
	const char *text = "with IPv6";

	if (w->link->no_ipv6_address)
		text = "without IPv6";
	netd_str_add(netd_link_next_word(w), text);
}

static bool settings_wanted(const struct netd_link_attrs *want)
{
	return want->settings_known;
}

static bool settings_differ(const struct pair *p)
{
	for (unsigned i = 0; i < NETD_SETTING_COUNT; i++)
		if (p->want->settings_known & 1U << i &&
		    (!(p->have->settings_known & 1U << i) ||
		     p->want->settings[i] != p->have->settings[i]))
			return true;
	return false;
}

static void settings_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	netd_setting_put(m, link);
}

static void settings_say(const struct netd_link_words *w)
{
	const struct netd_link_attrs *link = w->link, *want = w->want;

	for (unsigned i = 0; i < NETD_SETTING_COUNT; i++) {
		if (!(link->settings_known & 1U << i))
			continue;
		if (want && (!(want->settings_known & 1U << i) ||
			     want->settings[i] == link->settings[i]))
			continue;
		netd_str_addf(netd_link_next_word(w), "%s %d", netd_setting_name(i),
			      link->settings[i]);
	}
}

/* Up or down stands in the header of a message. */

static bool up_differs(const struct pair *p)
{
	return p->want->up != p->have->up;
}

static void up_say(const struct netd_link_words *w)
{
	netd_str_add(netd_link_next_word(w), w->link->up ? "up" : "down");
}

/* In the order of a plan's words. */
static const struct row rows[] = {
	{NETD_LINK_MAC, "mac", .attribute = IFLA_ADDRESS, .wanted = mac_wanted,
	 .differs = mac_differs, .put = mac_put, .read = mac_read, .say = mac_say},
	{NETD_LINK_MTU, "mtu", .foreign = true, .attribute = IFLA_MTU,
	 .wanted = mtu_wanted, .differs = mtu_differs, .put = mtu_put, .read = mtu_read,
	 .say = mtu_say},
	{NETD_LINK_MASTER, "bridge", .foreign = true, .late = true,
	 .attribute = IFLA_MASTER, .wanted = master_wanted, .differs = master_differs,
	 .read = master_read, .say = master_say},
	{NETD_LINK_ALIAS_TEXT, "alias", .late = true, .attribute = IFLA_IFALIAS,
	 .wanted = always, .differs = alias_differs, .put = alias_put, .read = alias_read,
	 .say = alias_say},
	{NETD_LINK_GROUP_NUMBER, "group", .attribute = IFLA_GROUP, .wanted = always,
	 .differs = group_differs, .put = group_put, .read = group_read,
	 .say = group_say},
	{NETD_LINK_KIND_DATA, .attribute = IFLA_LINKINFO, .differs = data_differs,
	 .put = data_put, .read = netd_kind_read, .say = netd_kind_say},
	{NETD_LINK_TAP_OWNER, "owner", .differs = owner_differs, .say = owner_say},
	{NETD_LINK_NO_IPV6, "ipv6", .late = true, .in_spec = true,
	 .attribute = IFLA_AF_SPEC, .wanted = no_ipv6_wanted, .differs = no_ipv6_differs,
	 .put = no_ipv6_put, .read = no_ipv6_read, .say = no_ipv6_say},
	{NETD_LINK_SETTINGS, .late = true, .in_spec = true, .attribute = IFLA_AF_SPEC,
	 .wanted = settings_wanted, .differs = settings_differ, .put = settings_put,
	 .read = netd_setting_read_link, .say = settings_say},
	{NETD_LINK_UP, "state", .foreign = true, .late = true, .wanted = always,
	 .differs = up_differs, .say = up_say},
};

unsigned netd_link_changes(const struct netd_desired_link *want,
			   const struct netd_link *have,
			   const struct netd_state *observed)
{
	const struct pair p = {want, have, observed};
	unsigned fields = 0;

	if (netd_link_is_existing_network(want))
		return 0; /* it exists, and that is all */
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if ((rows[i].foreign || !want->foreign) && rows[i].differs(&p))
			fields |= rows[i].field;
	return fields;
}

static unsigned wanted_fields(const struct netd_link_attrs *want, bool late)
{
	unsigned fields = 0;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		bool is_late = rows[i].late || netd_kind_of(want)->late & rows[i].field;

		if (is_late == late && rows[i].wanted && rows[i].wanted(want))
			fields |= rows[i].field;
	}
	return fields;
}

unsigned netd_link_create_fields(const struct netd_link_attrs *want)
{
	return wanted_fields(want, false);
}

unsigned netd_link_late_fields(const struct netd_link_attrs *want)
{
	return wanted_fields(want, true);
}

static void put_rows(struct nl_msg *m, const struct netd_link_attrs *link,
		     unsigned fields, bool in_spec)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (fields & rows[i].field && rows[i].put && rows[i].in_spec == in_spec)
			rows[i].put(m, link);
}

void netd_link_put(struct nl_msg *m, const struct netd_link_attrs *link, unsigned fields)
{
	struct nlattr *spec;

	put_rows(m, link, fields, false);
	if (!(fields & (NETD_LINK_NO_IPV6 | NETD_LINK_SETTINGS)))
		return;
	spec = nla_nest_start(m, IFLA_AF_SPEC);
	put_rows(m, link, fields, true);
	nla_nest_end(m, spec);
}

void netd_link_read(struct netd_link *out, struct nlattr *const *a)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (rows[i].read && a[rows[i].attribute])
			rows[i].read(out, a[rows[i].attribute]);
}

static void say(const struct netd_link_words *w, unsigned fields)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (fields & rows[i].field)
			rows[i].say(w);
}

void netd_link_say(const struct netd_link_attrs *link, unsigned fields,
		   struct netd_str *out)
{
	say(&(struct netd_link_words){.link = link, .out = out}, fields);
}

void netd_link_say_now(const struct netd_link_attrs *have,
		       const struct netd_link_attrs *want, unsigned fields,
		       struct netd_str *out)
{
	say(&(struct netd_link_words){have, want, out}, fields);
}

/* What is left of @text without "@name " in front. */
static const char *bare(const char *text, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(text, name, length) == 0 && text[length] == ' ')
		return text + length + 1;
	return text;
}

/* Cuts the next item off *@rest, which is behind @between then; NULL: there is none. */
static char *split(char **rest, const char *between)
{
	char *item = *rest, *end = NULL;

	if (item)
		end = strstr(item, between);
	*rest = NULL;
	if (!end)
		return item;
	*end = '\0';
	*rest = end + strlen(between);
	return item;
}

/* "stp 1, forward_delay 15": each in turn; both texts name the same ones. */
static void compare_parts(char *wanted, char *found, netd_link_visit *visit, void *data)
{
	char *want, *have;

	while ((want = split(&wanted, ", ")) && (have = split(&found, ", "))) {
		const char *name = split(&want, " ");

		split(&have, " ");
		visit(name, want, have, data);
	}
}

static void compare_row(const struct row *row, const struct netd_link_attrs *want,
			const struct netd_link_attrs *have, netd_link_visit *visit,
			void *data)
{
	netd_auto(netd_str_done) struct netd_str wanted = {0}, found = {0};

	netd_link_say_now(want, have, row->field, &wanted);
	netd_link_say_now(have, want, row->field, &found);
	if (row->field == NETD_LINK_MASTER)
		visit(row->name, want->master, have->master, data);
	else if (row->name)
		visit(row->name, bare(netd_str_text(&wanted), row->name),
		      bare(netd_str_text(&found), row->name), data);
	else if (wanted.text && found.text)
		compare_parts(wanted.text, found.text, visit, data);
}

void netd_link_compare(const struct netd_link_attrs *want,
		       const struct netd_link_attrs *have, unsigned fields,
		       netd_link_visit *visit, void *data)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (fields & rows[i].field)
			compare_row(&rows[i], want, have, visit, data);
}
