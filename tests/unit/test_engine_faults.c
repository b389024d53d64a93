// SPDX-License-Identifier: GPL-2.0-or-later
/* Every step of a change fails, for once or for good, or is where the process is killed.
 */
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
#include "engine_world.h"

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

#define OTHER           \
	"name: other\n" \
	"networks:\n"   \
	"  elsewhere: {mode: nat, addresses: [10.9.0.1/24]}\n"

static const struct change {
	const char *name, *from, *to;
} changes[] = {
	{"apply", NOTHING, FULL},      {"more", NAT, FULL},
	{"less", FULL, NAT},	       {"otherwise", FULL, OTHERWISE},
	{"and back", OTHERWISE, FULL}, {"destroy", FULL, NOTHING},
};

/*
 * A world in which row->from runs beside another topology, and a guest is plugged in;
 * @after is what the host is once row->to has been applied.
 */
struct scene {
	const struct change *row;
	struct world *w;
	char *before, *after;
	unsigned steps; /* of the change */
};

static void must(const struct scene *s, int r, const char *what)
{
	if (r < 0)
		fail_msg("%s: step %u: %s: %s", s->row->name, s->w->host.fail_step, what,
			 s->w->err->count ? s->w->err->problems[0].text : strerror(-r));
}

static void begin(struct scene *s)
{
	void *state;

	world_setup(&state);
	s->w = state;
	must(s, world_apply(s->w, OTHER), "other");
	must(s, world_apply(s->w, s->row->from), "from");
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
static void rehearse(struct scene *s)
{
	begin(s);
	s->before = fake_host_text(&s->w->host);
	must(s, world_apply(s->w, s->row->to), "to");
	s->after = fake_host_text(&s->w->host);
	s->steps = s->w->host.steps;
	world_assert_settled(s->w);
	end(s);
	assert_true(s->steps > 0);
}

static void forget(struct scene *s)
{
	free(s->before);
	free(s->after);
}

static bool is(const struct scene *s, const char *text)
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

static void assert_is(const struct scene *s, const char *text)
{
	netd_auto_free char *now = fake_host_text(&s->w->host);

	if (strcmp(now, text) == 0)
		return;
	fprintf(stderr, "%s: step %u:\n", s->row->name, s->w->host.fail_step);
	print_missing('-', text, now);
	print_missing('+', now, text);
	fail();
}

static void heal(struct scene *s)
{
	s->w->host.fail_step = 0;
}

/* One fault: all is as it was, and the change can be made once more. */
static void fails_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(changes); i++) {
		struct scene s = {.row = &changes[i]};

		rehearse(&s);
		for (unsigned step = 1; step <= s.steps; step++) {
			begin(&s);
			s.w->host.fail_step = s.w->host.fail_until = step;
			if (world_apply(s.w, s.row->to) < 0)
				assert_is(&s, s.before);
			else
				assert_is(&s, s.after);
			assert_int_not_equal(s.w->outcome, NETD_NOT_ROLLED_BACK);
			world_assert_settled(s.w);
			heal(&s);
			must(&s, world_apply(s.w, s.row->to), "once more");
			assert_is(&s, s.after);
			end(&s);
		}
		forget(&s);
	}
}

/*
 * From some step on everything fails, also the way back: then the topology is stuck,
 * nothing else is, and recovering makes all as it was.
 */
static void fails_for_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(changes); i++) {
		struct scene s = {.row = &changes[i]};
		unsigned stuck = 0;

		rehearse(&s);
		for (unsigned step = 1; step <= s.steps; step++) {
			begin(&s);
			s.w->host.fail_step = step;
			s.w->host.fail_until = ~0U;
			assert_true(world_apply(s.w, s.row->to) < 0);
			world_assert_settled(s.w);
			assert_int_equal(s.w->outcome == NETD_NOT_ROLLED_BACK,
					 world_has(s.w, "stuck/lab.yaml"));
			stuck += s.w->outcome == NETD_NOT_ROLLED_BACK;
			heal(&s);
			must(&s, world_destroy(s.w, "other"), "other");
			must(&s, world_apply(s.w, OTHER), "other");
			must(&s, netd_recover(s.w->netd, &s.w->outcome, s.w->err),
			     "recover");
			assert_is(&s, s.before);
			assert_false(world_has(s.w, "stuck/lab.yaml"));
			end(&s);
		}
		assert_true(stuck > 0);
		forget(&s);
	}
}

/* What is stuck goes wholly when it is destroyed. */
static void stuck_is_destroyed(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(changes); i++) {
		struct scene s = {.row = &changes[i]};

		rehearse(&s);
		for (unsigned step = 1; step <= s.steps; step++) {
			begin(&s);
			s.w->host.fail_step = step;
			s.w->host.fail_until = ~0U;
			world_apply(s.w, s.row->to);
			heal(&s);
			if (s.w->outcome == NETD_NOT_ROLLED_BACK)
				must(&s, world_destroy(s.w, "lab"), "destroy");
			assert_false(world_has(s.w, "stuck/lab.yaml"));
			end(&s);
		}
		forget(&s);
	}
}

/*
 * Killed
 */

#define CHECK(what)                                                                   \
	do {                                                                          \
		if (!(what)) {                                                        \
			fprintf(stderr, "%s: step %u: not " #what "\n", s->row->name, \
				s->w->host.kill_step);                                \
			_exit(1);                                                     \
		}                                                                     \
	} while (0)

/* What the next process finds, and makes of it; the child of a test, so nothing is freed.
 */
static void take_over(void *data)
{
	struct scene *s = data;
	struct world *w = s->w;

	netd_unlock(w->netd);
	CHECK(netd_context_new(&fake_host_ops, w->state, w->config, &w->netd, NULL) == 0);
	w->netd->host = &w->host;
	CHECK(netd_recover(w->netd, &w->outcome, w->err) >= 0);
	CHECK(w->outcome != NETD_NOT_ROLLED_BACK);
	CHECK(is(s, w->outcome == NETD_DONE ? s->after : s->before));
	CHECK(!world_has(w, "pending.yaml"));
	CHECK(world_apply(w, s->row->to) == 0);
	CHECK(is(s, s->after));
	CHECK(world_apply(w, s->row->from) == 0);
	CHECK(is(s, s->before));
	_exit(0);
}

static void killed(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(changes); i++) {
		struct scene s = {.row = &changes[i]};

		rehearse(&s);
		for (unsigned step = 1; step <= s.steps; step++) {
			int status = -1;
			pid_t child;

			begin(&s);
			s.w->host.kill_step = step;
			s.w->host.kill = take_over;
			s.w->host.data = &s;
			netd_unlock(s.w->netd);
			child = fork();
			if (child == 0) {
				world_apply(s.w, s.row->to);
				_exit(2); /* it was to be killed */
			}
			assert_int_equal(waitpid(child, &status, 0), child);
			assert_int_equal(status, 0);
			end(&s);
		}
		forget(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fails_once),
		cmocka_unit_test(fails_for_good),
		cmocka_unit_test(stuck_is_destroyed),
		cmocka_unit_test(killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
