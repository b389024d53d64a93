// SPDX-License-Identifier: GPL-2.0-or-later
/* The texts of dnsmasq's files for one segment of a topology.  Pure. */
#include "dhcp/compile.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "dhcp/write.h"

/*
 * Theory of operation.  One dnsmasq serves one link.  It binds to the addresses of that
 * link and checks the interface by which each packet came in (bind-dynamic with
 * interface=): with listen-address alone it would answer everybody who can route a query
 * to the bridge's address.  It reads only the files that it is given: no /etc/hosts, no
 * /etc/dnsmasq.conf.
 *
 * Names and reservations may change while it runs: they are in files of their own, which
 * dnsmasq reads again on SIGHUP.  Everything else is in the configuration; a change there
 * needs a restart, which keeps the leases.
 *
 * All strings are checked here again, although the topology was checked: a line end in
 * one of them would begin an option of dnsmasq, and some options run programs.
 */

#define MARK "# netd "
#define MARK_LINK "# link "
#define MARK_SPACE "# namespace "
#define NO_RESOLV "no-resolv\n"

bool netd_segment_has_family(const struct netd_segment *s, uint8_t family)
{
	for (size_t i = 0; i < s->address_count; i++)
		if (s->addresses[i].addr.family == family)
			return true;
	return false;
}

const struct netd_prefix *netd_segment_subnet(const struct netd_segment *s,
					      const struct netd_addr *a)
{
	for (size_t i = 0; i < s->address_count; i++)
		if (netd_prefix_contains(&s->addresses[i], a))
			return &s->addresses[i];
	return NULL;
}

bool netd_segment_no_gateway(const struct netd_segment *s)
{
	return s->dhcp->no_gateway || (s->isolated && !s->dhcp->gateway.family);
}

void netd_dhcp_quote(struct netd_str *out, const char *text)
{
	netd_str_add_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			netd_str_add_char(out, '\\');
		netd_str_add_char(out, *text);
	}
	netd_str_add_char(out, '"');
}

/*
 * Checks
 */

static bool is_name(const char *text)
{
	const char *c = text;

	for (; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789.-_",
			    *c))
			return false;
	return c > text;
}

static bool is_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			return false;
	return true;
}

static int check_name(const struct netd_segment *s, const char *what, const char *text,
		      struct netd_place place, struct netd_error *err)
{
	if (!*text || is_name(text))
		return 0;
	return netd_topology_error(s->topology, err, place,
				   "dhcp %s: \"%s\" is no %s that dnsmasq can be told",
				   s->name, text, what);
}

static int check_text(const struct netd_segment *s, const char *what, const char *text,
		      struct netd_place place, struct netd_error *err)
{
	if (is_line(text))
		return 0;
	return netd_topology_error(s->topology, err, place,
				   "dhcp %s: a control character in %s", s->name, what);
}

static int check(const struct netd_segment *s, struct netd_error *err)
{
	const struct netd_dns *dns = s->dns;
	int r = check_name(s, "domain", dns->domain, dns->domain_place, err);

	if (r)
		return r;
	for (size_t i = 0; i < dns->forwarder_count; i++) {
		r = check_name(s, "domain", dns->forwarders[i].domain,
			       dns->forwarders[i].place, err);
		if (r)
			return r;
	}
	for (size_t i = 0; i < dns->record_count; i++) {
		r = check_name(s, "name", dns->records[i].name, dns->records[i].place,
			       err);
		if (r)
			return r;
	}
	for (size_t i = 0; i < s->network->machine_count; i++) {
		r = check_name(s, "machine's name", s->network->machines[i].name,
			       s->network->machines[i].place, err);
		if (r)
			return r;
	}
	r = check_name(s, "interface", s->link, s->place, err);
	if (r)
		return r;
	r = check_text(s, "boot.file", s->dhcp->boot.file, s->dhcp->boot.place, err);
	if (r < 0)
		return r;
	return check_text(s, "tftp", s->dhcp->tftp_root, s->dhcp->tftp_place, err);
}

/*
 * DNS
 */

/* True if the DNS of that segment asks the servers in the host's resolv.conf. */
static bool uses_resolv(const struct netd_segment *s)
{
	if (!s->dns->enabled || s->isolated || s->dns->no_forward)
		return false;
	for (size_t i = 0; i < s->dns->forwarder_count; i++)
		if (!s->dns->forwarders[i].domain[0])
			return false;
	return true;
}

static void write_forwarders(const struct netd_segment *s, struct netd_str *out)
{
	char text[NETD_ADDR_TEXT];

	if (!uses_resolv(s))
		netd_str_add(out, NO_RESOLV);
	if (s->isolated || s->dns->no_forward)
		return;
	for (size_t i = 0; i < s->dns->forwarder_count; i++) {
		const struct netd_dns_forwarder *f = &s->dns->forwarders[i];

		netd_str_add(out, "server=");
		if (f->domain[0])
			netd_str_addf(out, "/%s/", f->domain);
		netd_str_add(out, netd_addr_format(&f->addr, text));
		if (f->port && f->port != 53)
			netd_str_addf(out, "#%u", f->port);
		netd_str_add_char(out, '\n');
	}
}

/*
 * bogus-priv and domain-needed: queries that only this host can answer are not forwarded.
 * Without stop-dns-rebind, since in a lab outside names do have private addresses.
 */
static void write_dns(const struct netd_segment *s, struct netd_str *out)
{
	if (!s->dns->enabled) {
		netd_str_add(out, "port=0\n");
		return;
	}
	netd_str_add(out, "domain-needed\nbogus-priv\n");
	if (s->dns->domain[0])
		netd_str_addf(out, "domain=%s\nlocal=/%s/\nexpand-hosts\n",
			      s->dns->domain, s->dns->domain);
	write_forwarders(s, out);
}

static void write_config(const struct netd_segment *s, struct netd_str *out)
{
	netd_str_addf(out, MARK "%s\n", s->owner);
	netd_str_addf(out, MARK_LINK "%s\n", s->link);
	if (s->space[0])
		netd_str_addf(out, MARK_SPACE "%s\n", s->space);
	netd_str_addf(out, "interface=%s\nexcept-interface=lo\nbind-dynamic\nno-hosts\n",
		      s->link);
	write_dns(s, out);
	if (!s->dhcp->enabled)
		return;
	if (!s->dns->enabled && s->dns->domain[0])
		netd_str_addf(out, "domain=%s\n", s->dns->domain);
	netd_dhcp_write_ranges(s, out);
	netd_dhcp_write_options(s, out);
	netd_dhcp_write_boot(s, out);
}

int netd_dhcp_compile(const struct netd_segment *s, struct netd_service *out,
		      struct netd_error *err)
{
	struct netd_str config = {0}, reserved = {0}, names = {0};
	int r = check(s, err);

	if (r < 0)
		return r;
	write_config(s, &config);
	netd_dhcp_write_names(s, &names);
	r = netd_dhcp_write_reservations(s, &reserved);
	netd_copy(out->name, s->name);
	netd_copy(out->owner, s->owner);
	netd_copy(out->link, s->link);
	out->place = s->place;
	out->config = netd_str_take(&config);
	out->reserved = netd_str_take(&reserved);
	out->names = netd_str_take(&names);
	if (r < 0 || !out->config || !out->reserved || !out->names) {
		netd_service_done(out);
		return -ENOMEM;
	}
	return 0;
}

/*
 * Reading a configuration back
 */

/* If *@text begins with @mark: copies the rest of that line, and moves *@text behind it.
 */
static bool take_mark(const char **text, const char *mark, char *out, size_t size)
{
	size_t skip = strlen(mark), length;

	if (strncmp(*text, mark, skip) != 0)
		return false;
	length = strcspn(*text + skip, "\n");
	if (length >= size || length == 0)
		return false;
	memcpy(out, *text + skip, length);
	out[length] = '\0';
	*text += skip + length;
	*text += **text == '\n';
	return true;
}

int netd_dhcp_parse_marks(const char *config, char owner[NETD_OWNER],
			  char link[NETD_IFNAME], char space[NETD_NODE_NAME])
{
	if (!take_mark(&config, MARK, owner, NETD_OWNER) ||
	    !take_mark(&config, MARK_LINK, link, NETD_IFNAME))
		return -EINVAL;
	if (!take_mark(&config, MARK_SPACE, space, NETD_NODE_NAME))
		space[0] = '\0';
	return 0;
}

bool netd_dhcp_config_gives_ipv4(const char *config)
{
	static const char range[] = "\ndhcp-range=";

	for (config = strstr(config, range); config; config = strstr(config + 1, range)) {
		size_t first = strcspn(config + 1, ","); /* IPv6's has no dot */

		if (memchr(config + 1, '.', first) &&
		    strncmp(config + 1 + first, ",static", 7) != 0)
			return true;
	}
	return false;
}

bool netd_dhcp_config_has_dns(const char *config)
{
	return !strstr(config, "\nport=0\n");
}

bool netd_dhcp_config_uses_resolv(const char *config)
{
	return netd_dhcp_config_has_dns(config) && !strstr(config, "\n" NO_RESOLV);
}
