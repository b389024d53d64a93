// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A polkit for tests: polkit RULES.  It takes polkit's name on the system bus and answers
 * by the lines of that file, "ACTION yes", "ACTION no" or "ACTION password"; what is not
 * there is an unknown action.  Each question is a line of its output: "ACTION DETAIL…".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

static const char *rules;

/* "yes", "no", "password"; "" if there is no line for it. */
static void find_rule(const char *action, char out[16])
{
	FILE *f = fopen(rules, "re");
	char name[64], answer[16];

	out[0] = '\0';
	while (f && fscanf(f, "%63s %15s", name, answer) == 2)
		if (strcmp(name, action) == 0)
			strcpy(out, answer);
	if (f)
		fclose(f);
}

static int on_check(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const char *action, *key, *value;
	char answer[16];

	(void)data;
	sd_bus_message_skip(m, "(sa{sv})"); /* who */
	if (sd_bus_message_read(m, "s", &action) < 0)
		return -EINVAL;
	printf("%s", action);
	sd_bus_message_enter_container(m, 'a', "{ss}");
	while (sd_bus_message_read(m, "{ss}", &key, &value) > 0)
		printf(" %s=%s", key, value);
	puts("");
	fflush(stdout);
	find_rule(action, answer);
	if (!*answer)
		return sd_bus_error_setf(error, "org.freedesktop.PolicyKit1.Error.Failed",
					 "Action %s is not registered", action);
	return sd_bus_reply_method_return(m, "(bba{ss})", strcmp(answer, "yes") == 0,
					  strcmp(answer, "password") == 0, 0);
}

static const sd_bus_vtable methods[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("CheckAuthorization", "(sa{sv})sa{ss}us", "(bba{ss})", on_check,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

int main(int argc, char **argv)
{
	sd_bus *bus = NULL;

	if (argc != 2 || sd_bus_open_system(&bus) < 0)
		return 1;
	rules = argv[1];
	if (sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/PolicyKit1/Authority",
				     "org.freedesktop.PolicyKit1.Authority", methods,
				     NULL) < 0 ||
	    sd_bus_request_name(bus, "org.freedesktop.PolicyKit1", 0) < 0)
		return 1;
	puts("ready");
	fflush(stdout);
	while (sd_bus_process(bus, NULL) >= 0)
		if (sd_bus_wait(bus, UINT64_MAX) < 0)
			break;
	return 1;
}
