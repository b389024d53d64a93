// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings (/proc/sys/net/…/conf/LINK) of an uplink and of its bridge. */
#include "uplink/uplink_settings.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/str.h"
#include "host/sysctl.h"

/*
 * Theory of operation.  A bridge that takes a NIC's place gets each of its settings. Four
 * are set at another time: IPv6 itself (disable_ipv6), the address that the kernel makes
 * (addr_gen_mode), temporary addresses (use_tempaddr), and the reverse path filter.
 * Writing a setting that has its value already may have effects (forwarding, accept_ra),
 * so only those that differ are written.  A setting that the kernel does not tell, or
 * refuses, is left out: nothing depends on it.  But everything depends on those four, and
 * any other failure (no memory, no descriptors) would lose what the NIC had without
 * notice.
 */
#define GEN_MODE "ipv6/addr_gen_mode"
#define GEN_MODE_NONE 1 /* linux/if_link.h IN6_ADDR_GEN_MODE_NONE … */
#define GEN_MODE_STABLE 2
#define DISABLE6 "ipv6/disable_ipv6"
#define TEMPADDR "ipv6/use_tempaddr"
#define RP_FILTER "ipv4/rp_filter"
#define RP_STRICT 1 /* Documentation/networking/ip-sysctl.rst */
#define RP_LOOSE 2

static const char *const special[] = {GEN_MODE, DISABLE6, TEMPADDR, RP_FILTER};

/* "ipv4/rp_filter" → "ipv4/conf/eth0/rp_filter". */
static void path_of(const char *link, const char *name, char out[NETD_SYSCTL_PATH * 2])
{
	snprintf(out, (size_t)NETD_SYSCTL_PATH * 2, "%.4s/conf/%s/%s", name, link,
		 name + 5);
}

static bool is_special(const char *name)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(special); i++)
		if (strcmp(special[i], name) == 0)
			return true;
	return false;
}

/* Not a number, not readable (stable_secret: EIO), not writable, or missing. */
static bool is_refusal(const char *name, int code)
{
	static const int refusals[] = {-EINVAL, -EIO, -EACCES, -EPERM, -ENOENT};

	if (is_special(name))
		return code == -ENOENT; /* a kernel without IPv6 */
	for (size_t i = 0; i < NETD_ARRAY_SIZE(refusals); i++)
		if (code == refusals[i])
			return true;
	return false;
}

static int add_setting(struct netd_capture *c, const char *link, const char *family,
		       const char *name)
{
	struct netd_capture_setting setting, *slot;
	char path[NETD_SYSCTL_PATH * 2];
	int r;

	if (snprintf(setting.name, sizeof(setting.name), "%s/%s", family, name) >=
	    (int)sizeof(setting.name))
		return 0;
	path_of(link, setting.name, path);
	r = netd_sysctl_read(path, &setting.value);
	if (r < 0 && is_refusal(setting.name, r))
		return 0;
	if (r < 0)
		return r;
	slot = netd_array_add(&c->settings, &c->setting_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = setting;
	return 0;
}

static int read_family(struct netd_capture *c, const char *link, const char *family)
{
	char path[64 + NETD_IFNAME];
	netd_auto_closedir DIR *dir = NULL;
	const struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s", family, link);
	dir = opendir(path);
	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		int r;

		if (entry->d_name[0] == '.')
			continue;
		r = add_setting(c, link, family, entry->d_name);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_capture_read_settings(struct netd_capture *c, const char *link,
			       struct netd_error *err)
{
	static const char *const families[] = {"ipv4", "ipv6"};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(families); i++) {
		int r = read_family(c, link, families[i]);

		if (r < 0)
			return netd_error_add(err, r,
					      "cannot read the settings of %s: %s", link,
					      strerror(-r));
	}
	return 0;
}

void netd_capture_disown_settings(struct netd_capture *c,
				  const struct netd_claims *claims, const char *topology)
{
	for (size_t i = 0; i < c->setting_count; i++) {
		struct netd_capture_setting *s = &c->settings[i];
		char path[NETD_SYSCTL_PATH * 2];
		const struct netd_claim *claim;

		path_of(c->nic, s->name, path);
		claim = netd_claims_find(claims, topology, NETD_CLAIM_SYSCTL, path);
		if (claim && claim->ours == s->value &&
		    !netd_claims_other(claims, topology, NETD_CLAIM_SYSCTL, path))
			s->value = claim->previous;
	}
}

/* Writes the setting unless it has that value already. */
static int write_other(const char *path, int value)
{
	int now, r = netd_sysctl_read(path, &now);

	if (r < 0 || now == value)
		return r;
	return netd_sysctl_write(path, value);
}

static int set(const char *link, const char *name, int value, struct netd_error *err)
{
	char path[NETD_SYSCTL_PATH * 2];
	int r;

	path_of(link, name, path);
	r = write_other(path, value);
	if (r < 0 && !is_refusal(name, r))
		return netd_error_add(err, r, "%s = %d: %s", path, value, strerror(-r));
	return 0;
}

int netd_capture_copy_settings(const struct netd_capture *c, const char *link,
			       struct netd_error *err)
{
	for (size_t i = 0; i < c->setting_count; i++) {
		const struct netd_capture_setting *s = &c->settings[i];
		int r;

		if (is_special(s->name))
			continue;
		r = set(link, s->name, s->value, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The kernel uses the larger of the link's value and that of all (IN_DEV_RPFILTER). */
static bool is_strict(int own, int all)
{
	return own <= RP_STRICT && (own == RP_STRICT || all == RP_STRICT);
}

/*
 * On a link without carrier, the kernel gives up temporary addresses for good and sets
 * use_tempaddr to -1 (addrconf.c ipv6_create_tempaddr(), addrconf_dad_begin()).  So there
 * are none until the end of the move.
 */
static int set_temporary(const struct netd_capture *c, const char *link, bool on,
			 struct netd_error *err)
{
	int value = netd_capture_setting(c, TEMPADDR, INT_MIN);

	if (value == INT_MIN)
		return 0;
	if (!on)
		value = 0;
	return set(link, TEMPADDR, value, err);
}

int netd_capture_loosen(const struct netd_capture *c, const char *link,
			struct netd_error *err)
{
	static const char of_all[] = "ipv4/conf/all/rp_filter";
	int own = netd_capture_setting(c, RP_FILTER, 0), all;
	int r = netd_sysctl_read(of_all, &all);

	if (r < 0)
		return netd_error_add(err, r, "%s: %s", of_all, strerror(-r));
	if (is_strict(own, all))
		own = RP_LOOSE;
	r = set(link, RP_FILTER, own, err);
	if (r < 0)
		return r;
	r = set_temporary(c, link, false, err);
	if (r < 0)
		return r;
	return set(link, GEN_MODE, GEN_MODE_NONE, err);
}

bool netd_capture_is_stable(const struct netd_capture *c)
{
	return netd_capture_setting(c, GEN_MODE, 0) >= GEN_MODE_STABLE;
}

/* With a secret the bridge has another mode: see uplink_token.c. */
int netd_capture_tighten(const struct netd_capture *c, const char *link,
			 struct netd_error *err)
{
	int r = set(link, RP_FILTER, netd_capture_setting(c, RP_FILTER, 0), err);

	if (r < 0)
		return r;
	if (strcmp(link, c->bridge) != 0 || !netd_capture_is_stable(c)) {
		r = set(link, GEN_MODE, netd_capture_setting(c, GEN_MODE, 0), err);
		if (r < 0)
			return r;
	}
	return set_temporary(c, link, true, err);
}

/* Documentation/networking/ip-sysctl.rst: not on a router, unless accept_ra is 2. */
bool netd_capture_learns(const struct netd_capture *c)
{
	int accepts = netd_capture_setting(c, "ipv6/accept_ra", 1);

	return accepts > 1 ||
	       (accepts == 1 && !netd_capture_setting(c, "ipv6/forwarding", 0));
}

uint32_t netd_capture_learned_metric(const struct netd_capture *c)
{
	return (uint32_t)netd_capture_setting(c, "ipv6/ra_defrtr_metric", 1024);
}

/* A NIC whose MTU was too small for IPv6 had no such setting: a new link's counts. */
bool netd_capture_ipv6(const struct netd_capture *c)
{
	int of_new = 1;

	netd_sysctl_read("ipv6/conf/default/disable_ipv6", &of_new);
	return !netd_capture_setting(c, DISABLE6, of_new);
}

int netd_capture_switch_ipv6(const char *link, bool on, struct netd_error *err)
{
	return set(link, DISABLE6, !on, err);
}
