// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of kinds, and the walks over their values. */
#include "kind/kind.h"

#include <linux/if_link.h>
#include <netlink/attr.h>
#include <string.h>

#include "base/array.h"

static const struct netd_kind *const kinds[] = {
	[NETD_LINK_OTHER] = &netd_kind_foreign,
	[NETD_LINK_BRIDGE] = &netd_kind_bridge,
	[NETD_LINK_TAP] = &netd_kind_tap,
	[NETD_LINK_VETH] = &netd_kind_veth,
};

const struct netd_kind *netd_kind(enum netd_link_kind kind)
{
	return kinds[kind];
}

bool netd_kind_is_foreign(const struct netd_link *link)
{
	return !netd_kind_of(link)->kernel;
}

const char *netd_kind_name(const struct netd_link *link, const char *otherwise)
{
	if (!netd_kind_is_foreign(link))
		return netd_kind_of(link)->word;
	if (link->kind_name[0])
		return link->kind_name;
	return otherwise;
}

bool netd_link_is_guest_port(const struct netd_link *link)
{
	return netd_kind_of(link)->is_port && link->master[0] && !link->captured_for[0];
}

bool netd_link_is_existing_network(const struct netd_desired_link *want)
{
	return want->foreign && netd_kind_of(want)->is_network;
}

static uint32_t get(const struct netd_link_attrs *link, const struct netd_kind_value *v)
{
	const char *field = (const char *)link + v->offset;

	if (v->is_boolean)
		return *(const bool *)field;
	return *(const uint32_t *)(const void *)field;
}

static void set(struct netd_link_attrs *link, const struct netd_kind_value *v,
		uint32_t value)
{
	char *field = (char *)link + v->offset;

	if (v->is_boolean)
		*(bool *)field = value != 0;
	else
		*(uint32_t *)(void *)field = value;
}

static void put_values(struct nl_msg *m, const struct netd_link_attrs *link)
{
	const struct netd_kind *kind = netd_kind_of(link);
	struct nlattr *data = nla_nest_start(m, IFLA_INFO_DATA);

	for (size_t i = 0; i < kind->value_count; i++) {
		const struct netd_kind_value *v = &kind->values[i];

		if (v->bytes == sizeof(uint8_t))
			nla_put_u8(m, v->attribute, (uint8_t)get(link, v));
		else if (v->bytes == sizeof(uint16_t))
			nla_put_u16(m, v->attribute, (uint16_t)get(link, v));
		else
			nla_put_u32(m, v->attribute, get(link, v));
	}
	nla_nest_end(m, data);
}

void netd_kind_put(struct nl_msg *m, const struct netd_link_attrs *link)
{
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO);

	nla_put_string(m, IFLA_INFO_KIND, netd_kind_of(link)->kernel);
	put_values(m, link);
	nla_nest_end(m, info);
}

void netd_kind_put_birth(struct nl_msg *m, const struct netd_desired_link *link,
			 int peer_ns)
{
	const struct netd_kind *kind = netd_kind_of(link);
	struct nlattr *info;

	if (!kind->put_data) {
		netd_kind_put(m, &link->attrs);
		return;
	}
	info = nla_nest_start(m, IFLA_LINKINFO);
	nla_put_string(m, IFLA_INFO_KIND, kind->kernel);
	kind->put_data(m, link, peer_ns);
	nla_nest_end(m, info);
}

/* What is shorter than it should be is not read. */
static void read_values(struct netd_link_attrs *out, const struct netd_kind *kind,
			struct nlattr *data)
{
	for (size_t i = 0; data && i < kind->value_count; i++) {
		const struct netd_kind_value *v = &kind->values[i];
		struct nlattr *a = nla_find(nla_data(data), nla_len(data), v->attribute);

		if (!a || nla_len(a) < v->bytes)
			continue;
		if (v->bytes == sizeof(uint8_t))
			set(out, v, nla_get_u8(a));
		else if (v->bytes == sizeof(uint16_t))
			set(out, v, nla_get_u16(a));
		else
			set(out, v, nla_get_u32(a));
	}
}

static bool is_called(const struct netd_kind *kind, const char *name)
{
	return kind->kernel && strcmp(kind->kernel, name) == 0;
}

void netd_kind_read(struct netd_link *out, struct nlattr *info)
{
	struct nlattr *name, *data;

	name = nla_find(nla_data(info), nla_len(info), IFLA_INFO_KIND);
	data = nla_find(nla_data(info), nla_len(info), IFLA_INFO_DATA);
	if (name)
		nla_strlcpy(out->kind_name, name, sizeof(out->kind_name));
	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++) {
		if (!is_called(kinds[i], out->kind_name))
			continue;
		read_values(&out->attrs, kinds[i], data);
		if (!kinds[i]->read_data || kinds[i]->read_data(out, data))
			out->kind = (enum netd_link_kind)i;
	}
}

bool netd_kind_data_differs(const struct netd_link_attrs *want,
			    const struct netd_link_attrs *have)
{
	const struct netd_kind *kind = netd_kind_of(want);

	for (size_t i = 0; i < kind->value_count; i++)
		if (get(want, &kind->values[i]) != get(have, &kind->values[i]))
			return true;
	return false;
}

struct netd_str *netd_link_next_word(const struct netd_link_words *w)
{
	if (!w->want)
		netd_str_add(w->out, " ");
	else if (w->out->length)
		netd_str_add(w->out, ", ");
	return w->out;
}

void netd_kind_say(const struct netd_link_words *w)
{
	const struct netd_kind *kind = netd_kind_of(w->link);

	for (size_t i = 0; i < kind->value_count; i++) {
		const struct netd_kind_value *v = &kind->values[i];
		uint32_t value = get(w->link, v);
		bool is_told = v->in_plan;

		if (w->want)
			is_told = value != get(w->want, v);
		if (!is_told)
			continue;
		netd_str_addf(netd_link_next_word(w), "%s ", v->name);
		if (!w->want && v->is_boolean)
			netd_str_add(w->out, value ? "on" : "off");
		else
			netd_str_addf(w->out, "%u", value);
	}
}
