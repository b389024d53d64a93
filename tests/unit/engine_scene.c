// SPDX-License-Identifier: GPL-2.0-or-later
/* One change of a world, made again and again with a fault in another step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "engine_scene.h"

#define NOTHING "name: lab\n"

#define NAT           \
	"name: lab\n" \
	"networks:\n" \
	"  lan: {mode: nat, addresses: [10.1.0.1/24]}\n"

#define FULL                                                                           \
	"name: lab\n"                                                                  \
	"networks:\n"                                                                  \
	"  lan:\n"                                                                     \
	"    mode: nat\n"                                                              \
	"    addresses: [10.1.0.1/24, 'fd00:1::1/64']\n"                               \
	"    nat: {source: 172.16.5.40}\n"                                             \
	"    dhcp: true\n"                                                             \
	"    machines: {web: {mac: '52:54:00:00:00:01', address: 10.1.0.5}}\n"         \
	"    forwards: [{listen: '172.16.5.40:8080', to: 'web:80', protocol: tcp}]\n"  \
	"    ports: {tap5: {type: tap}}\n"                                             \
	"  dmz: {}\n"                                                                  \
	"routers:\n"                                                                   \
	"  r1:\n"                                                                      \
	"    interfaces:\n"                                                            \
	"      lan: {addresses: [10.1.0.2/24]}\n"                                      \
	"      dmz: {addresses: [10.2.0.1/24]}\n"                                      \
	"    routes: [{to: default, via: 10.1.0.1}]\n"                                 \
	"    nat: {out: lan}\n"                                                        \
	"hosts:\n"                                                                     \
	"  h1: {network: dmz, addresses: [10.2.0.10/24], routes: [{to: default, via: " \
	"10.2.0.1}]}\n"

/* The same names, and everything about them otherwise. */
#define OTHERWISE                                                           \
	"name: lab\n"                                                       \
	"networks:\n"                                                       \
	"  lan: {mode: isolated, addresses: [10.3.0.1/24], mtu: 1400}\n"    \
	"  dmz: {mode: routed, bridge: br-dmz, addresses: [10.4.0.1/24]}\n" \
	"hosts:\n"                                                          \
	"  r1: {network: lan, addresses: [10.3.0.2/24]}\n"

static const struct {
	const char *name, *from, *to;
} changes[] = {
	{"apply", NOTHING, FULL},      {"more", NAT, FULL},
	{"less", FULL, NAT},	       {"otherwise", FULL, OTHERWISE},
	{"and back", OTHERWISE, FULL}, {"destroy", FULL, NOTHING},
};

void scene_must(const struct scene *s, int r, const char *what)
{
	if (r < 0)
		fail_msg("%s: step %u: %s: %s", s->name, s->w->host.fail_step, what,
			 s->w->err->count ? s->w->err->problems[0].text : strerror(-r));
}

static void begin(struct scene *s)
{
	void *state;

	world_setup(&state);
	s->w = state;
	scene_must(s, world_apply(s->w, OTHER), "other");
	scene_must(s, world_apply(s->w, s->from), "from");
	if (netd_state_link(&s->w->host.kernel, "lan"))
		fake_host_plug(&s->w->host, "guest0", "lan");
	s->w->host.steps = 0;
}

static void end(struct scene *s)
{
	void *state = s->w;

	world_teardown(&state);
	s->w = NULL;
}

/* Once without a fault. */
static void rehearse(struct scene *s, int (*apply)(struct world *w, const char *text))
{
	begin(s);
	s->before = fake_host_text(&s->w->host);
	scene_must(s, apply(s->w, s->to), "to");
	s->after = fake_host_text(&s->w->host);
	s->steps = s->w->host.steps;
	end(s);
	assert_true(s->steps > 0);
}

static void forget(struct scene *s)
{
	free(s->before);
	free(s->after);
}

bool scene_is(const struct scene *s, const char *text)
{
	netd_auto_free char *now = fake_host_text(&s->w->host);

	return strcmp(now, text) == 0;
}

/* The lines of @a that @b has not. */
static void print_missing(char sign, const char *a, const char *b)
{
	for (; *a; a += strcspn(a, "\n") + 1) {
		size_t length = strcspn(a, "\n") + 1;
		netd_auto_free char *line = strndup(a, length);

		if (!strstr(b, line))
			fprintf(stderr, "%c%s", sign, line);
	}
}

void scene_assert(const struct scene *s, const char *text)
{
	netd_auto_free char *now = fake_host_text(&s->w->host);

	if (strcmp(now, text) == 0)
		return;
	fprintf(stderr, "%s: step %u:\n", s->name, s->w->host.fail_step);
	print_missing('-', text, now);
	print_missing('+', now, text);
	fail();
}

void scene_fail(struct scene *s, unsigned first, unsigned last)
{
	s->w->host.fail_step = first;
	s->w->host.fail_until = last;
}

void scene_heal(struct scene *s)
{
	s->w->host.fail_step = 0;
}

void scene_kill(struct scene *s, unsigned step, void (*take_over)(void *scene),
		int (*apply)(struct world *w, const char *text))
{
	int status = -1;
	pid_t child;

	s->w->host.kill_step = step;
	s->w->host.kill = take_over;
	s->w->host.data = s;
	netd_unlock(s->w->netd);
	child = fork();
	if (child == 0) {
		apply(s->w, s->to);
		_exit(2); /* it was to be killed */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

void scene_new_process(struct scene *s)
{
	struct world *w = s->w;

	netd_unlock(w->netd); /* which the kernel does for who is killed */
	SCENE_CHECK(netd_context_new(&fake_host_ops, w->state, w->config, &w->netd,
				     NULL) == 0);
	w->netd->host = &w->host;
	w->netd->watchdog = WORLD_WATCHDOG;
}

static struct scene rehearsed(size_t i, int (*apply)(struct world *w, const char *text))
{
	struct scene s = {
		.name = changes[i].name,
		.from = changes[i].from,
		.to = changes[i].to,
	};

	rehearse(&s, apply);
	return s;
}

void scene_each(int (*apply)(struct world *w, const char *text),
		void (*play)(struct scene *s))
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(changes); i++) {
		struct scene s = rehearsed(i, apply);

		begin(&s);
		play(&s);
		end(&s);
		forget(&s);
	}
}

void scene_each_step(int (*apply)(struct world *w, const char *text),
		     void (*play)(struct scene *s, unsigned step))
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(changes); i++) {
		struct scene s = rehearsed(i, apply);

		for (unsigned step = 1; step <= s.steps; step++) {
			begin(&s);
			play(&s, step);
			end(&s);
		}
		forget(&s);
	}
}
