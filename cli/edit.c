// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl port and forward: edits of a network or router, wherever it is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const struct option_row port_add_options[] = {
	FLAG("tap", 't', tap, "make a persistent tap"),
	VALUE("owner", 'u', owner, "USER", "who may open the tap; without a group: root",
	      "<user>"),
	VALUE("group", 'g', group, "GROUP",
	      "whose members may open it; with --owner: that user, if in it", NULL),
	FLAG("multi-queue", 0, multi_queue,
	     "a tap with several queues, as QEMU's queues=N"),
	FLAG("vnet-hdr", 0, vnet_hdr, "a tap with offloads, as QEMU opens it"),
	VALUE("veth", 0, veth, "PEER", "make a veth pair with that far end", NULL),
	VALUE("namespace", 'n', namespace_name, "NAME", "where the far end goes",
	      "<namespace>"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

static const struct option_row forward_add_options[] = {
	VALUE("protocol", 'p', protocol, "PROTO", "tcp (default), udp, sctp, or tcp,udp",
	      "tcp|udp|sctp|tcp,udp"),
	VALUE("on", 0, on, "IFACE", "add the address to this interface meanwhile",
	      "<interface>"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

static const struct option_row forward_remove_options[] = {
	VALUE("protocol", 'p', protocol, "PROTO", "only this protocol's", "tcp|udp|sctp"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

static bool has(const struct netd_topology *t, const char *name)
{
	return netd_network_exists(t, name) || netd_node_exists(t, name);
}

static int take(struct cli *cli, struct netd_topology *running,
		const struct netd_topology *defined, const char *name)
{
	return netd_network_exists(defined, name)
		       ? netd_network_take(running, defined, name, cli->err)
		       : netd_node_take(running, defined, name, cli->err);
}

/* The running topology that has it. */
static int find(struct cli *cli, const char *name, char **topology)
{
	if (netd_network_find(cli->netd, name, topology, NULL) == 0 ||
	    netd_node_find(cli->netd, name, topology, NULL) == 0)
		return 0;
	return netd_network_find(cli->netd, name, topology, cli->err);
}

/* Edits `default`: its definition, and what runs if the network or router does. */
static int edit_default(struct cli *cli, struct netd_topology *defined, const char *name,
			edit change, const char *done, char **argv)
{
	struct netd_topology *running = NULL;
	bool runs = false;
	int code, r = netd_running_or_empty(cli->netd, TOPOLOGY, &running, cli->err);

	if (r == 0) {
		runs = has(running, name);
		note_disagreement(cli, defined, running, name);
		r = change(cli, defined, argv);
	}
	if (r == 0 && runs)
		r = take(cli, running, defined, name);
	code = r < 0 ? report(cli, r, NETD_UNTOUCHED)
		     : commit_definition(cli, runs ? running : NULL, defined, name, done);
	netd_topology_free(running);
	return code;
}

/* Edits what runs of a topology that a file describes. */
static int edit_running(struct cli *cli, const char *name, edit change, const char *done,
			char **argv)
{
	struct netd_topology *t = NULL;
	int r = netd_running(cli->netd, name, &t, cli->err), code;

	if (r == 0)
		r = change(cli, t, argv);
	code = r < 0 ? report(cli, r, NETD_UNTOUCHED)
		     : apply_topology(cli, t, argv[0], done);
	if (code == EXIT_DONE)
		note(cli,
		     "note: topology %s came from a file; applying that file again "
		     "takes this back (`netdctl export %s` has it)",
		     name, name);
	netd_topology_free(t);
	return code;
}

int edit_network(struct cli *cli, const char *name, edit change, const char *done,
		 char **argv)
{
	struct netd_topology *defined = NULL;
	char *topology = NULL;
	int code;
	int r = change_begin(cli);

	if (r == 0)
		r = netd_definition_load(cli->netd, TOPOLOGY, &defined, cli->err);
	if (r == 0 && has(defined, name)) {
		code = edit_default(cli, defined, name, change, done, argv);
	} else {
		if (r == 0)
			r = find(cli, name, &topology);
		code = r < 0 ? report(cli, r, NETD_UNTOUCHED)
			     : edit_running(cli, topology, change, done, argv);
	}
	free(topology);
	netd_topology_free(defined);
	return code;
}

/*
 * Ports
 */

static int add_port(struct cli *cli, struct netd_topology *t, char **argv)
{
	const struct options *o = &cli->options;
	struct settings s = {0};
	int r;

	settings_open(&s, NULL);
	settings_word(&s, "type", o->tap ? "tap" : o->veth ? "veth" : NULL);
	settings_word(&s, "owner", o->owner);
	settings_word(&s, "group", o->group);
	settings_flag(&s, "multi_queue", o->multi_queue);
	settings_flag(&s, "vnet_hdr", o->vnet_hdr);
	settings_word(&s, "peer", o->veth);
	settings_word(&s, "namespace", o->namespace_name);
	settings_close(&s);
	r = netd_port_add(t, argv[0], argv[1], s.text, cli->err);
	free(s.text);
	return r;
}

static int run_port_add(struct cli *cli, int argc, char **argv)
{
	const struct options *o = &cli->options;

	(void)argc;
	if (o->tap && o->veth)
		return usage(cli, "port add: --tap or --veth, not both");
	if (!o->tap && (o->owner || o->group || o->multi_queue || o->vnet_hdr))
		return usage(cli,
			     "port add: --owner, --group, --multi-queue and --vnet-hdr "
			     "go with --tap");
	if (!o->veth && o->namespace_name)
		return usage(cli, "port add: --namespace goes with --veth");
	return edit_network(cli, argv[0], add_port, "port added", argv);
}

static int remove_port(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_port_remove(t, argv[0], argv[1], cli->err);
}

static int run_port_remove(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return edit_network(cli, argv[0], remove_port, "port removed", argv);
}

static int run_port_list(struct cli *cli, int argc, char **argv)
{
	return print_table(cli, "ports", argc ? argv[0] : NULL);
}

const struct verb port_verbs[] = {
	{"add", "NETWORK NAME", "Plug an interface into a network, or make one for it",
	 "Without --tap or --veth, NAME is an interface that exists.", 2, 2,
	 "<network> <interface>", port_add_options, run_port_add, NULL},
	{"remove", "NETWORK NAME", "Unplug an interface; what netd made is deleted", NULL,
	 2, 2, "<network> <port>", trial_options, run_port_remove, NULL},
	{"list", "[NETWORK]", "List ports, those of QEMU's hooks too", NULL, 0, 1,
	 "<network>", NULL, run_port_list, NULL},
	{0},
};

/*
 * Forwards
 */

/* The words of the command line as the file's; the caller frees it. */
static char *forward_settings(const struct options *o, char **argv)
{
	struct settings s = {0};
	struct list protocols = {0};
	char *words = o->protocol ? strdup(o->protocol) : NULL, *rest = words, *word;

	while (rest && protocols.count < LIST_MAX && (word = strsep(&rest, ",")))
		protocols.items[protocols.count++] = word;
	settings_open(&s, NULL);
	settings_word(&s, "listen", argv[1]);
	settings_word(&s, "to", argv[2]);
	settings_list(&s, "protocol", &protocols);
	settings_word(&s, "on", o->on);
	settings_close(&s);
	free(words);
	return s.text;
}

static int add_forward(struct cli *cli, struct netd_topology *t, char **argv)
{
	char *settings = forward_settings(&cli->options, argv);
	int r = netd_forward_add(t, argv[0], settings, cli->err);

	free(settings);
	return r;
}

static int run_forward_add(struct cli *cli, int argc, char **argv)
{
	char *settings = forward_settings(&cli->options, argv);
	int r = cli->options.json || cli->trial
			? -EAGAIN /* asks for the plan, or for the way back */
			: netd_forward_insert(cli->netd, argv[0], settings, cli->err);

	(void)argc;
	free(settings);
	if (r == 0)
		note(cli, "%s: forward added, 1 change", argv[0]);
	if (r != -EAGAIN)
		return !r ? EXIT_DONE
			  : report(cli, r,
				   r == -EBUSY ? NETD_UNTOUCHED : NETD_ROLLED_BACK);
	return edit_network(cli, argv[0], add_forward, "forward added", argv);
}

static int remove_forward(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_forward_remove(t, argv[0], argv[1], cli->options.protocol, cli->err);
}

static int run_forward_remove(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return edit_network(cli, argv[0], remove_forward, "forward removed", argv);
}

static int run_forward_list(struct cli *cli, int argc, char **argv)
{
	return print_table(cli, "forwards", argc ? argv[0] : NULL);
}

const struct verb forward_verbs[] = {
	{"add", "NETWORK|ROUTER LISTEN TO",
	 "Deliver an address, port or port range to a machine",
	 "LISTEN: ADDRESS, ADDRESS:PORT or ADDRESS:FIRST-LAST, IPv6 as [ADDRESS]:PORT.\n"
	 "TO: a machine's name or address, and :PORT or :FIRST-LAST if it is another "
	 "one.\n"
	 "The host itself and machines of the same network reach LISTEN too.",
	 3, 3, "<forwarder> <none>", forward_add_options, run_forward_add, NULL},
	{"remove", "NETWORK|ROUTER LISTEN",
	 "Take a forward away, and the flows that it made", NULL, 2, 2,
	 "<forwarder> <forward>", forward_remove_options, run_forward_remove, NULL},
	{"list", "[NETWORK|ROUTER]", "List forwards", NULL, 0, 1, "<forwarder>", NULL,
	 run_forward_list, NULL},
	{0},
};
