// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls as the XML that D-Bus's tools make bindings of. */
#include <string.h>

#include "announce.h"
#include "call.h"
#include "daemon.h"

/* Those of an array go with it. */
static size_t type_length(const char *signature)
{
	static const char *const known[] = {"aa{sv}", "a{sv}", "s", "u"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(signature, known[i], strlen(known[i])) == 0)
			return strlen(known[i]);
	return strlen(signature);
}

/* Returns what is behind the names of @signature's types. */
static const char *write_arguments(FILE *out, const char *signature, const char *names,
				   const char *direction)
{
	while (*signature) {
		size_t length = type_length(signature);

		fprintf(out, "   <arg type=\"%.*s\" name=\"%s\"%s/>\n", (int)length,
			signature, names, direction);
		signature += length;
		names += strlen(names) + 1;
	}
	return names;
}

int call_introspect(FILE *out)
{
	fputs("<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection "
	      "1.0//EN\"\n"
	      "\"https://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n"
	      "<node>\n <interface name=\"" BUS_NAME ".Manager\">\n",
	      out);
	for (const struct call_row *row = call_rows; row->member; row++) {
		const char *names;

		fprintf(out, "  <method name=\"%s\">\n", row->member);
		names = write_arguments(out, row->in, row->names, " direction=\"in\"");
		write_arguments(out, row->out, names, " direction=\"out\"");
		fputs("  </method>\n", out);
	}
	for (const struct announce_row *row = announce_rows; row->member; row++) {
		fprintf(out, "  <signal name=\"%s\">\n", row->member);
		write_arguments(out, row->signature, row->names, "");
		fputs("  </signal>\n", out);
	}
	fputs(" </interface>\n</node>\n", out);
	return fflush(out) != 0;
}
