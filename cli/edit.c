// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl port and forward: edits of a network or router, wherever it is. */
#include <errno.h>

#include "cli.h"

static const struct option_row port_add_options[] = {
	FLAG("tap", 't', tap, "make a persistent tap"),
	SETTINGS("port"),
	VALUE("veth", 0, veth, "PEER", "make a veth pair with that far end", NULL),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

static const struct option_row forward_add_options[] = {
	SETTINGS("forward"),
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

static int take(struct cli *cli, const struct pair *p, const char *name)
{
	if (netd_network_exists(p->defined, name))
		return netd_network_take(p->running, p->defined, name, cli->err);
	return netd_node_take(p->running, p->defined, name, cli->err);
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
static int edit_default(struct cli *cli, struct pair *p, char **argv)
{
	const char *name = argv[0];
	bool runs;
	int r = netd_running_or_empty(cli->netd, TOPOLOGY, &p->running, cli->err);

	if (r < 0)
		return r;
	runs = has(p->running, name);
	note_disagreement(cli, p, name);
	r = cli->verb->change(cli, p->defined, argv);
	if (r < 0)
		return r;
	if (runs) {
		r = take(cli, p, name);
		if (r < 0)
			return r;
	}
	return pair_commit(cli, p, runs, name, cli->verb->done);
}

/* Edits what runs of a topology that a file describes. */
static int edit_running(struct cli *cli, const char *name, char **argv)
{
	auto_topology struct netd_topology *t = NULL;
	int r = netd_running(cli->netd, name, &t, cli->err), code;

	if (r < 0)
		return r;
	r = cli->verb->change(cli, t, argv);
	if (r < 0)
		return r;
	code = apply_topology(cli, t, argv[0], cli->verb->done);
	if (code == EXIT_DONE)
		note(cli,
		     "note: topology %s came from a file; applying that file again "
		     "takes this back (`netdctl export %s` has it)",
		     name, name);
	return code;
}

int run_edit(struct cli *cli, char **argv)
{
	auto_text char *topology = NULL;
	auto_pair struct pair p = {0};
	int r = change_begin(cli);

	if (r < 0)
		return r;
	r = netd_definition_load(cli->netd, TOPOLOGY, &p.defined, cli->err);
	if (r < 0)
		return r;
	if (has(p.defined, argv[0]))
		return edit_default(cli, &p, argv);
	r = find(cli, argv[0], &topology);
	if (r < 0)
		return r;
	return edit_running(cli, topology, argv);
}

/*
 * Ports
 */

static int add_port(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_port_add(t, argv[0], argv[1], cli->options.settings, cli->err);
}

static bool has_tap_settings(const struct options *o)
{
	return setting_has(o, "owner") || setting_has(o, "group") ||
	       setting_has(o, "multi-queue") || setting_has(o, "vnet-hdr");
}

static int run_port_add(struct cli *cli, char **argv)
{
	struct options *o = &cli->options;

	if (o->tap && o->veth)
		return usage("port add: --tap or --veth, not both");
	if (!o->tap && has_tap_settings(o))
		return usage("port add: --owner, --group, --multi-queue and --vnet-hdr "
			     "go with --tap");
	if (!o->veth && setting_has(o, "namespace"))
		return usage("port add: --namespace goes with --veth");
	if (o->tap)
		setting_add(o, "type", "tap");
	if (o->veth) {
		setting_add(o, "type", "veth");
		setting_add(o, "peer", o->veth);
	}
	return run_edit(cli, argv);
}

static int remove_port(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_port_remove(t, argv[0], argv[1], cli->err);
}

const struct verb port_verbs[] = {
	{"add", "NETWORK NAME", "Plug an interface into a network, or make one for it",
	 "Without --tap or --veth, NAME is an interface that exists.", 2, 2,
	 "<network> <interface>", port_add_options, run_port_add, .change = add_port,
	 .done = "port added"},
	{"remove", "NETWORK NAME", "Unplug an interface; what netd made is deleted", NULL,
	 2, 2, "<network> <port>", trial_options, run_edit, .change = remove_port,
	 .done = "port removed"},
	{"list", "[NETWORK]", "List ports, those of QEMU's hooks too", NULL, 0, 1,
	 "<network>", NULL, run_list, .subject = "ports", .by_daemon = true},
	{0},
};

/*
 * Forwards
 */

static int add_forward(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_forward_add(t, argv[0], cli->options.settings, cli->err);
}

/* --json prints a plan and --confirm needs a way back: both edit the topology instead. */
static int insert_forward(struct cli *cli, const char *owner)
{
	if (cli->options.json || cli->trial)
		return -EAGAIN;
	return netd_forward_insert(cli->netd, owner, cli->options.settings, cli->err);
}

static int run_forward_add(struct cli *cli, char **argv)
{
	int r;

	setting_add(&cli->options, "listen", argv[1]);
	setting_add(&cli->options, "to", argv[2]);
	r = insert_forward(cli, argv[0]);
	if (r == -EAGAIN)
		return run_edit(cli, argv);
	if (r == -EBUSY)
		return r;
	if (r < 0)
		return report(cli, r, NETD_ROLLED_BACK);
	note(cli, "%s: forward added, 1 change", argv[0]);
	return EXIT_DONE;
}

static int remove_forward(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_forward_remove(t, argv[0], argv[1], cli->options.protocol, cli->err);
}

const struct verb forward_verbs[] = {
	{"add", "NETWORK|ROUTER LISTEN TO",
	 "Deliver an address, port or port range to a machine",
	 "LISTEN: ADDRESS, ADDRESS:PORT or ADDRESS:FIRST-LAST, IPv6 as [ADDRESS]:PORT.\n"
	 "TO: a machine's name or address, and :PORT or :FIRST-LAST if it is another "
	 "one.\n"
	 "The host itself and machines of the same network reach LISTEN too.",
	 3, 3, "<forwarder> <none>", forward_add_options, run_forward_add,
	 .change = add_forward, .done = "forward added"},
	{"remove", "NETWORK|ROUTER LISTEN",
	 "Take a forward away, and the flows that it made", NULL, 2, 2,
	 "<forwarder> <forward>", forward_remove_options, run_edit,
	 .change = remove_forward, .done = "forward removed"},
	{"list", "[NETWORK|ROUTER]", "List forwards", NULL, 0, 1, "<forwarder>", NULL,
	 run_list, .subject = "forwards", .by_daemon = true},
	{0},
};
