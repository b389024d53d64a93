// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a topology file: no crash, no leak, and what is accepted survives a
 * round trip; both YAML readers agree. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "config/config.h"
#include "config/yaml.h"
#include "fuzz/fuzz_config.h"
#include "model/topology.h"
#include "show/error.h"

/*
 * libfyaml 0.7.12 loses 4 KiB over a quoted text with some fifty escapes.  The
 * sanitizer's library, which is shared with gcc, must see the function.
 */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:fy_atom_iter_grow_chunk\n";
}

static bool same_tree(const struct netd_yaml *a, const struct netd_yaml *b)
{
	for (; a && b; a = a->next, b = b->next) {
		if (a->kind != b->kind || a->weight != b->weight ||
		    memcmp(&a->place, &b->place, sizeof(a->place)) != 0)
			return false;
		if (a->kind == NETD_YAML_SCALAR &&
		    (a->plain != b->plain || strcmp(a->text, b->text) != 0))
			return false;
		if (!same_tree(a->first, b->first))
			return false;
	}
	return !a && !b;
}

static void compare_readers(const char *text, size_t length)
{
	struct netd_yaml_document quick = {0}, full = {0};

	if (netd_yaml_read_plain(&quick, text, length) == 0 &&
	    (netd_yaml_read_fy(&full, text, length) != 0 ||
	     !same_tree(quick.root, full.root)))
		abort();
	netd_yaml_done(&quick);
	netd_yaml_done(&full);
}

static void round_trip(const struct netd_topology *t)
{
	struct netd_topology *again = NULL;
	struct netd_str text = {0}, json = {0};

	if (netd_config_write(t, &text) ||
	    netd_config_parse(text.text, text.length, "again.yaml", &again, NULL) ||
	    !netd_topology_equal(t, again))
		abort();
	netd_topology_free(again);
	/* JSON is YAML. */
	if (netd_config_write_json(t, &json) ||
	    netd_config_parse(json.text, json.length, "again.yaml", &again, NULL) ||
	    !netd_topology_equal(t, again))
		abort();
	netd_topology_free(again);
	netd_str_done(&text);
	netd_str_done(&json);
}

void netd_fuzz_config(const uint8_t *data, size_t size)
{
	struct netd_topology *t = NULL;
	struct netd_error err = {0};
	struct netd_str out = {0};
	int r = netd_config_parse((const char *)data, size, "fuzz.yaml", &t, &err);

	if ((r == 0) != (t != NULL) || (r == 0) != (err.count == 0))
		abort();
	netd_render_error(&err, true, &out);
	netd_render_error_json(&err, &out);
	for (size_t i = 0; i < out.length; i++)
		if ((unsigned char)out.text[i] == 0x7f || out.text[i] == '\0')
			abort();
	if (t)
		round_trip(t);
	compare_readers((const char *)data, size);
	netd_str_done(&out);
	netd_error_done(&err);
	netd_topology_free(t);
}
