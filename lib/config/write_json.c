// SPDX-License-Identifier: GPL-2.0-or-later
/* A topology as JSON. */
#include "base/json.h"
#include "config/config.h"
#include "config/emit.h"

static void begin_mapping(void *to, bool one_line)
{
	(void)one_line;
	netd_json_begin_object(to);
}

static void end_mapping(void *to)
{
	netd_json_end_object(to);
}

static void begin_list(void *to, bool one_line)
{
	(void)one_line;
	netd_json_begin_array(to);
}

static void end_list(void *to)
{
	netd_json_end_array(to);
}

static void key(void *to, const char *name)
{
	netd_json_key(to, name);
}

static void string(void *to, const char *text)
{
	netd_json_string(to, text);
}

static void number(void *to, uint64_t n)
{
	netd_json_unsigned(to, n);
}

static void truth(void *to, bool value)
{
	netd_json_bool(to, value);
}

int netd_config_write_json(const struct netd_topology *t, struct netd_str *out)
{
	struct netd_json json = netd_json_to(out);
	struct netd_emitter e = {begin_mapping, end_mapping, begin_list, end_list, key,
				 string,	number,	     truth,	 &json};

	netd_emit_object(&e, &netd_topology_object, t, "");
	netd_json_finish(&json);
	return netd_str_error(out);
}
