// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose files on this host explain what a plan found. */
#include "advise/suspect.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "host/manager.h"
#include "host/networkd.h"
#include "advise/sysctl_files.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "kind/kind.h"

#define RULES_FILE "/etc/nftables.conf" /* Debian's; nftables.service loads it */
#define RULES_MAX (1024 * 1024)

/* What an op is about is looked at with; both "" if nothing is known of it. */
struct look {
	const struct netd_plan *plan;
	const struct netd_op *op;
	const struct netd_state *observed;
	bool runs;
	struct netd_evidence *evidence;
};

static void blame_manager(const struct look *l, const char *link)
{
	const struct netd_link *have = netd_state_link(l->observed, link);
	const struct netd_manager *manager = have ? netd_manager_of(have->index) : NULL;

	if (manager)
		snprintf(l->evidence->by, sizeof(l->evidence->by), "%s manages it",
			 manager->name);
}

static void suspect_link(const struct look *l)
{
	blame_manager(l, l->op->link.name);
}

static void suspect_address(const struct look *l)
{
	blame_manager(l, l->op->addr.link);
}

static void suspect_sysctl(const struct look *l)
{
	char file[sizeof(l->evidence->by)];
	int value;

	if (netd_state_sysctl(l->observed, l->op->sysctl.path, &value) &&
	    netd_sysctl_files_find(l->op->sysctl.path, value, file, sizeof(file)))
		snprintf(l->evidence->by, sizeof(l->evidence->by), "%.100s says so",
			 file);
}

/* A comment is no command, wherever it stands on its line. */
static bool flushes_all(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line[strcspn(line, "#")] = '\0';
		if (strstr(line, "flush ruleset"))
			return true;
	}
	return false;
}

static void suspect_firewall(const struct look *l)
{
	const struct netd_plan_firewall *f = netd_plan_firewall(l->plan, "");
	netd_auto_free char *text = NULL;

	if (!l->runs || !f || !f->delta.create_table || f->delta.delete_table)
		return;
	netd_copy(l->evidence->now, "gone");
	if (netd_file_read(AT_FDCWD, RULES_FILE, RULES_MAX, &text, NULL, NULL) == 0 &&
	    flushes_all(text))
		netd_copy(l->evidence->by, RULES_FILE " flushes all tables when loaded");
}

static void (*const suspects[NETD_OP_COUNT])(const struct look *l) = {
	[NETD_OP_SET_LINK] = suspect_link,     [NETD_OP_ADD_ADDRESS] = suspect_address,
	[NETD_OP_SET_SYSCTL] = suspect_sysctl, [NETD_OP_CLAIM_SYSCTL] = suspect_sysctl,
	[NETD_OP_FIREWALL] = suspect_firewall,
};

void netd_suspects_add(struct netd_plan *plan, const struct netd_state *observed,
		       bool runs)
{
	for (size_t i = 0; plan->evidence && i < plan->op_count; i++) {
		const struct look l = {
			.plan = plan,
			.op = &plan->ops[i],
			.observed = observed,
			.runs = runs,
			.evidence = &plan->evidence[i],
		};

		/* The files are the host's, not a namespace's. */
		if (!l.op->space[0] && !l.evidence->by[0] && suspects[l.op->kind])
			suspects[l.op->kind](&l);
	}
}

/* True if that is somebody else's interface, as a port of a bridge of ours. */
static bool is_others_port(const struct netd_desired *desired,
			   const struct netd_desired_link *want)
{
	const struct netd_desired_link *bridge = netd_desired_link(desired, want->master);

	return want->foreign && bridge && !bridge->foreign && !bridge->uplink[0];
}

static void note_ports(const struct netd_state *observed,
		       const struct netd_desired *desired, struct netd_error *notes)
{
	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_desired_link *want = &desired->links[i];
		const struct netd_link *have = netd_state_link(observed, want->name);
		const struct netd_manager *manager;

		if (!have || !is_others_port(desired, want))
			continue;
		manager = netd_manager_of(have->index);
		if (!manager)
			continue;
		netd_error_add(notes, 0,
			       "%s manages %s, and may take it out of bridge %s, at the "
			       "latest when it starts again",
			       manager->name, want->name, want->master);
		netd_manager_hint_port(notes, manager, want->name);
	}
}

/* One is enough. */
static void note_missing(const struct netd_state *observed,
			 const struct netd_desired *desired, struct netd_error *notes)
{
	char file[PATH_MAX];

	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_desired_link *want = &desired->links[i];
		const struct netd_networkd_link link = {
			.name = want->name,
			.bridge = want->master,
			.driver = netd_kind_of(want)->kernel,
			.ours = true,
		};

		if (!want->master[0] || !link.driver ||
		    netd_state_link(observed, want->name) ||
		    !netd_networkd_takes(&link, file, sizeof(file)))
			continue;
		netd_networkd_problem(notes, 0, want->name, file);
		return;
	}
}

/* One is enough: what is told to do is the same for all. */
static void note_made(const char *topology, const struct netd_state *observed,
		      struct netd_error *notes)
{
	for (size_t i = 0; i < observed->link_count; i++) {
		const struct netd_link *link = &observed->links[i];
		const char *owner =
			netd_link_is_ours(link) ? netd_link_owner(link) : NULL;
		const struct netd_manager *manager;

		if (!owner || !netd_owner_is(owner, topology))
			continue;
		manager = netd_manager_of(link->index);
		if (!manager || !manager->release)
			continue;
		netd_error_add(notes, 0,
			       "%s manages %s, and may take it out of its bridge or "
			       "change it",
			       manager->name, link->name);
		netd_error_hint(notes, "have it read the files that came with netd: %s",
				manager->release);
		return;
	}
}

void netd_managed_note(const char *topology, const struct netd_state *observed,
		       const struct netd_desired *desired, struct netd_error *notes)
{
	if (netd_managers_run()) { /* a thousand ports are a thousand files to look for */
		note_made(topology, observed, notes);
		note_ports(observed, desired, notes);
	}
	note_missing(observed, desired, notes);
}
