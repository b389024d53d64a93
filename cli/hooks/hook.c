// SPDX-License-Identifier: GPL-2.0-or-later
/* qemu-ifup and qemu-ifdown: what QEMU's script= and downscript= run. */
/*
 * Theory of operation.  One binary, told by its name what to do: QEMU calls a script with
 * the tap's name and nothing else, so a link named qemu-ifup-NETWORK carries the rest.
 * The run takes a fraction of a millisecond, most of it the start of a process; hence
 * static, without stdio, and netd.conf is opened only if neither the name nor the
 * environment says which network is meant.
 *
 * QEMU stops when this exits with anything but 0, so each failure is one line.  It waits
 * for the exit before the guest runs, so nothing here may block; see patience.c for the
 * one exception.
 */
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/choose.h"
#include "attach/record.h"
#include "attach/text.h"
#include "patience.h"
#include "say.h"
#include "standard.h"

#define CONFIG_DIR "/etc/netd"
#define CONFIG_FILE "/netd.conf"
#define CONFIG_SIZE 65536

struct hook {
	const char *program; /* "qemu-ifup", for messages */
	enum netd_hook what;
	const char *port;
	const char *state_dir;
	char network[NETD_RECORD_NAME];
	struct netd_record record;
};

static const char help[] =
	"Usage: qemu-ifup-NETWORK TAP | qemu-ifdown-NETWORK TAP\n"
	"Put QEMU's TAP into a network that netd runs, and set it up; or take it out.\n"
	"\n"
	"  ln -s " NETD_HOOK_PATH " /etc/qemu-ifup-mybr0\n"
	"  qemu-system-x86_64 -netdev "
	"tap,id=n0,script=/etc/qemu-ifup-mybr0,downscript=no\n"
	"\n"
	"The network is what stands behind qemu-ifup- in the program's own name; else\n"
	"$NETD_NETWORK; else what /etc/netd/netd.conf says:\n"
	"  ports = vm*:mybr0           taps called vm...; the first pattern that "
	"matches\n"
	"  default_network = mybr0     all others\n"
	"\n"
	"  --help      this text\n"
	"  --version   the version\n"
	"\n"
	"Exit code: 0 done, 1 failed (one line on standard error says why), 2 usage.\n";

static int name_network(struct hook *h, const char *name, size_t length)
{
	struct netd_attach_failure f = {NETD_ATTACH_NAME_CHECK, -EINVAL, "", ""};
	struct netd_attach_names names = {.port = name};

	if (length < sizeof(h->network)) {
		memcpy(h->network, name, length);
		h->network[length] = 0;
		if (netd_record_name_ok(h->network))
			return EXIT_DONE;
		names.port = h->network;
	}
	return say_failure(h->program, &f, &names);
}

/* DIRECTORY/netd.conf; "" if that is too long. */
static void config_path(char *out, size_t size)
{
	const char *dir = setting("NETD_CONFIG_DIR", CONFIG_DIR);
	size_t n = strlen(dir);

	out[0] = 0;
	if (n + sizeof(CONFIG_FILE) > size)
		return;
	memcpy(out, dir, n);
	memcpy(out + n, CONFIG_FILE, sizeof(CONFIG_FILE));
}

static int say_no_network(struct hook *h)
{
	say(h->program, "which network?",
	    "call it by a link named qemu-ifup-NETWORK, or set default_network in "
	    "/etc/netd/netd.conf");
	return EXIT_FAILED;
}

static int say_config(struct hook *h, const char *path, unsigned line)
{
	char text[640] = "line ";

	append_number(text, line);
	strcat(text, " of ");
	strncat(text, path, 512);
	strcat(text, " is not `key = value` (or not `ports = PATTERN:NETWORK`)");
	say(h->program, text, "correct it");
	return EXIT_FAILED;
}

static int say_unreadable(struct hook *h, const char *path, int code)
{
	const char *reason = strerror(-code);
	char text[640] = "cannot read ";

	if (code == -EPERM)
		reason = "others can change it";
	strncat(text, path, 512);
	strcat(text, ": ");
	strncat(text, reason, 100);
	say(h->program, text, "call the hook by a link named qemu-ifup-NETWORK");
	return EXIT_FAILED;
}

static int choose_by_config(struct hook *h)
{
	char text[CONFIG_SIZE], path[512];
	struct netd_choice choice;
	long length;

	config_path(path, sizeof(path));
	length = netd_text_read(path, geteuid(), text, sizeof(text));
	if (length == -ENOENT || length == 0)
		return say_no_network(h);
	if (length < 0)
		return say_unreadable(h, path, length);
	if (netd_choice_parse(&choice, text, length, h->port) < 0)
		return say_config(h, path, choice.line);
	if (!choice.network)
		return say_no_network(h);
	return name_network(h, choice.network, choice.length);
}

static int choose(struct hook *h, const char *name)
{
	if (!name)
		name = setting("NETD_NETWORK", NULL);
	if (name)
		return name_network(h, name, strlen(name));
	return choose_by_config(h);
}

static int fail(const struct hook *h, const struct netd_attach_failure *f)
{
	char running[256];
	const struct netd_attach_names names = {.port = h->port,
						.bridge = h->record.bridge,
						.network = h->network,
						.running = running};

	netd_record_list(h->state_dir, running, sizeof(running));
	return say_failure(h->program, f, &names);
}

static int up(struct hook *h)
{
	struct patience patience = {.state_dir = h->state_dir};
	struct netd_attach_failure f;

	do {
		f = (struct netd_attach_failure){.step = NETD_ATTACH_NETWORK};
		f.code = netd_record_read(h->state_dir, h->network, &h->record);
		if (f.code == 0 &&
		    netd_attach_port(h->record.bridge, h->port, 0, NULL, &f) == 0)
			return EXIT_DONE;
	} while (patience_again(&patience, &f));
	return fail(h, &f);
}

/* Succeeds also if the network was stopped, or the tap is gone already. */
static int down(struct hook *h)
{
	struct netd_attach_failure f = {.step = NETD_ATTACH_NETWORK};
	const char *bridge = h->record.bridge;

	f.code = netd_record_read(h->state_dir, h->network, &h->record);
	if (f.code < 0 && f.code != -ENOENT)
		return fail(h, &f);
	if (f.code)
		bridge = NULL;
	if (netd_attach_release(bridge, h->port, &f) < 0)
		return fail(h, &f);
	return EXIT_DONE;
}

static int run(struct hook *h, const char *name)
{
	static int (*const actions[])(struct hook *) = {
		[NETD_HOOK_UP] = up,
		[NETD_HOOK_DOWN] = down,
	};
	struct netd_attach_failure f = {NETD_ATTACH_NAME_CHECK, -EINVAL, "", ""};
	struct netd_attach_names names = {.port = h->port};
	int r;

	if (!netd_attach_name_ok(h->port))
		return say_failure(h->program, &f, &names);
	r = choose(h, name);
	if (r)
		return r;
	h->state_dir = setting("NETD_STATE_DIR", NETD_STATE_DIR_DEFAULT);
	return actions[h->what](h);
}

int main(int argc, char **argv)
{
	const char *name = NULL;
	struct hook h = {.program = "qemu-ifup"};

	if (argc)
		h.what = netd_hook_parse(argv[0], &name);
	if (h.what == NETD_HOOK_DOWN)
		h.program = "qemu-ifdown";
	if (open_standard() < 0)
		return EXIT_FAILED;
	if (getauxval(AT_SECURE)) {
		say(h.program,
		    "it must not be setuid or have capabilities: it asks nobody "
		    "who may use which network",
		    "netd-bridge-helper is made for users who are not root");
		return EXIT_FAILED;
	}
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return print(help);
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return print("netd " NETD_VERSION "\n");
	if (argc != 2 || argv[1][0] == '-' || h.what == NETD_HOOK_NONE) {
		say(h.program, "usage: qemu-ifup-NETWORK TAP", "try --help");
		return EXIT_USAGE;
	}
	h.port = argv[1];
	return run(&h, name);
}
