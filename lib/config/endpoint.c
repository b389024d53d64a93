// SPDX-License-Identifier: GPL-2.0-or-later
/* "host:port" in its forms. */
#include <errno.h>
#include <string.h>

#include "config/reader.h"

static int take_host(const char *text, size_t length, struct netd_endpoint *out)
{
	if (length == 0 || length >= sizeof(out->host))
		return -EINVAL;
	memcpy(out->host, text, length);
	out->host[length] = '\0';
	return 0;
}

static int take_ports(const char *text, struct netd_endpoint *out)
{
	if (!*text)
		return 0;
	return *text == ':' ? netd_parse_ports(text + 1, &out->first, &out->last)
			    : -EINVAL;
}

int netd_endpoint_parse(const char *text, struct netd_endpoint *out)
{
	const char *end = strchr(text, text[0] == '[' ? ']' : ':');
	struct netd_addr addr;

	*out = (struct netd_endpoint){0};
	if (text[0] == '[') {
		if (!end || take_host(text + 1, (size_t)(end - text) - 1, out) ||
		    netd_addr_parse(out->host, &addr))
			return -EINVAL;
		return take_ports(end + 1, out);
	}
	if (!end || netd_addr_parse(text, &addr) == 0)
		return take_host(text, strlen(text), out);
	if (take_host(text, (size_t)(end - text), out))
		return -EINVAL;
	return take_ports(end, out);
}
