/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host in memory: what ops do to it. */
#ifndef NETD_TESTS_FAKE_KERNEL_H
#define NETD_TESTS_FAKE_KERNEL_H

#include "engine/run.h"
#include "fake_host.h"

/* One more step: true if it fails. */
bool fake_host_fails(struct fake_host *f);

/* "" is the host itself; NULL: there is no such namespace. */
struct netd_state *fake_kernel_space(struct fake_host *f, const char *name);

struct netd_link *fake_kernel_add_link(struct fake_host *f, struct netd_state *s,
				       const char *name);
void fake_kernel_enslave(struct netd_link *link, const struct netd_link *bridge);

#define FAKE_ADD(s, list, number) \
	netd_array_add(&(s)->list, &(s)->number, sizeof(*(s)->list))
/* Takes item @i out of an array of which more is asked later. */
void fake_kernel_remove(void **items, size_t *count, size_t size, size_t i);
#define FAKE_REMOVE(s, list, number, i) \
	fake_kernel_remove((void **)&(s)->list, &(s)->number, sizeof(*(s)->list), i)

/* The value of a path below /proc/sys/net; 0 if nobody has set it. */
int fake_kernel_setting(const struct netd_state *s, const char *path);

int fake_kernel_set(struct netd_state *s, const char *path, int value);

void fake_rules_add(struct netd_ruleset *r, const struct netd_element *e, size_t n);
void fake_rules_delete(struct netd_ruleset *r, const struct netd_element *e, size_t n);
int fake_kernel_commit(struct fake_host *f, struct netd_state *s,
		       const struct netd_op *op);
int fake_kernel_run(const struct netd_run *run);

#endif
