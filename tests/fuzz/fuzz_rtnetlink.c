// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as rtnetlink's answers: dumps of links, addresses and routes, and acks. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "base/error.h"
#include "fake_kernel.h"
#include "fuzz_target.h"
#include "rtnl/address.h"
#include "kind/link.h"
#include "rtnl/setting.h"
#include "model/state.h"

static void check_text(const char *text, size_t size)
{
	if (!memchr(text, 0, size))
		abort();
}

static void check_state(const struct netd_state *s)
{
	for (size_t i = 0; i < s->link_count; i++) {
		check_text(s->links[i].name, sizeof(s->links[i].name));
		check_text(s->links[i].alias, sizeof(s->links[i].alias));
		check_text(s->links[i].master, sizeof(s->links[i].master));
		netd_link_owner(&s->links[i]);
	}
	for (size_t i = 0; i < s->addr_count; i++) {
		char text[NETD_PREFIX_TEXT];

		netd_prefix_format(&s->addrs[i].prefix, text);
		netd_prefix_last(&s->addrs[i].prefix);
	}
	for (size_t i = 0; i < s->route_count; i++) {
		char text[NETD_PREFIX_TEXT];

		netd_prefix_format(&s->routes[i].to, text);
		netd_prefix_last(&s->routes[i].to);
	}
}

static void change_something(struct netd_nl *nl)
{
	struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
	struct nl_msg *messages[3];
	struct netd_reply replies[3] = {{0}};
	struct netd_error err = {0};

	for (size_t i = 0; i < 3; i++)
		messages[i] = netd_nl_message(RTM_NEWLINK, 0, &header, sizeof(header));
	netd_nl_burst(nl, messages, 3, replies, &err);
	netd_nl_request(nl, messages[0], &err);
	for (size_t i = 0; i < 3; i++) {
		check_text(replies[i].text, sizeof(replies[i].text));
		nlmsg_free(messages[i]);
	}
	netd_error_done(&err);
}

_Noreturn void netd_fake_kernel_misread(void)
{
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct netd_nl nl = {.fd = -1};
	struct netd_state state = {0};
	struct netd_error err = {0};
	int value;

	if (nl.fd < 0 && netd_nl_open(&nl, NULL) < 0)
		abort();
	netd_fake_kernel_begin(data, size);
	if (netd_link_dump(&nl, true, &state, &err) == 0) {
		netd_address_dump(&nl, &state, &err);
		netd_route_dump(&nl, &state, &err);
		check_state(&state);
	}
	netd_setting_forwarding(&nl, AF_INET, &value);
	if (!getenv("NETD_FUZZ_RECORD"))
		change_something(&nl);
	netd_fake_kernel_end();
	netd_state_done(&state);
	netd_error_done(&err);
	return 0;
}
