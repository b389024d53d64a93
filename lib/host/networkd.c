// SPDX-License-Identifier: GPL-2.0-or-later
/* What systemd-networkd's .network files say of a link that is not there yet. */
#include "host/networkd.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

/*
 * Theory of operation.  networkd takes the first file, by the names of the files, that is
 * about a link; of files of one name, the one in the first of these directories:
 * systemd.network(5).  A file is about a link if all that its [Match] asks for is so.  It
 * takes the link out of its bridge unless it says that it does not, or names that bridge.
 */
static const char *const patterns[] = {
	"/etc/systemd/network/*.network",
	"/run/systemd/network/*.network",
	"/usr/local/lib/systemd/network/*.network",
	"/usr/lib/systemd/network/*.network",
};

#define OURS "10-netd.network" /* in data */
#define FILE_MAX 65536	       /* bytes */

/* systemd links a running unit's invocation there. */
#define RUNS "/run/systemd/units/invocation:systemd-networkd.service"

struct judgement {
	const struct netd_networkd_link *link;
	bool asks, fails, leaves;
};

/* Patterns that blanks separate, of which one fits; behind a "!", none. */
static bool fits(char *list, const char *text)
{
	bool inverted = *list == '!', found = false;
	char *rest = list + inverted, *pattern;

	while ((pattern = strsep(&rest, " \t")))
		found |= *pattern && fnmatch(pattern, text, 0) == 0;
	return found != inverted;
}

static bool is_yes(const char *value)
{
	static const char *const words[] = {"yes", "true", "1", "on", "y", "t"};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(words); i++)
		if (strcmp(value, words[i]) == 0)
			return true;
	return false;
}

static bool match_name(const struct judgement *j, char *value)
{
	return fits(value, j->link->name);
}

static bool match_driver(const struct judgement *j, char *value)
{
	return fits(value, j->link->driver);
}

static bool match_type(const struct judgement *j, char *value)
{
	return fits(value, strcmp(j->link->driver, "bridge") == 0 ? "bridge" : "ether");
}

static bool match_property(const struct judgement *j, char *value)
{
	return j->link->ours && strcmp(value, "NETD=1") == 0;
}

static bool leaves_at_all(const struct judgement *j, char *value)
{
	(void)j;
	return is_yes(value);
}

static bool leaves_in_bridge(const struct judgement *j, char *value)
{
	return strcmp(value, j->link->bridge) == 0;
}

/* What a line of a section means; all else in [Match] is asked for in vain. */
static const struct {
	const char *section, *key;
	bool (*is)(const struct judgement *j, char *value);
} rows[] = {
	{"[Match]", "Name", match_name},
	{"[Match]", "Driver", match_driver},
	{"[Match]", "Kind", match_driver},
	{"[Match]", "Type", match_type},
	{"[Match]", "Property", match_property},
	{"[Link]", "Unmanaged", leaves_at_all},
	{"[Network]", "KeepMaster", leaves_at_all},
	{"[Network]", "Bridge", leaves_in_bridge},
};

static void judge_line(struct judgement *j, const char *section, const char *key,
		       char *value)
{
	bool is = false, match = strcmp(section, "[Match]") == 0;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (strcmp(section, rows[i].section) == 0 &&
		    strcmp(key, rows[i].key) == 0)
			is = rows[i].is(j, value);
	j->asks |= match;
	j->fails |= match && !is;
	j->leaves |= !match && is;
}

/* Without the blanks around it. */
static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r", end[-1]))
		*--end = '\0';
	return text;
}

enum netd_networkd_verdict netd_networkd_judge(char *text,
					       const struct netd_networkd_link *link)
{
	struct judgement j = {.link = link};
	const char *section = "";
	char *line;

	while ((line = strsep(&text, "\n"))) {
		char *value;

		line = trim(line);
		if (*line == '[')
			section = line;
		value = strchr(line, '=');
		if (!value || strchr("[#;", *line))
			continue;
		*value = '\0';
		judge_line(&j, section, trim(line), trim(value + 1));
	}
	if (!j.asks || j.fails)
		return NETD_NETWORKD_OTHER;
	if (j.leaves)
		return NETD_NETWORKD_LEAVES;
	return NETD_NETWORKD_TAKES;
}

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static int rank_of(const char *path)
{
	int rank = 0;

	while (strncmp(path, patterns[rank], strcspn(patterns[rank], "*")) != 0)
		rank++;
	return rank;
}

/* By name; those of one name by their directories. */
static int compare(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	int order = strcmp(name_of(*x), name_of(*y));

	if (order)
		return order;
	return rank_of(*x) - rank_of(*y);
}

/* A file that cannot be read, such as a link to /dev/null, is about nothing. */
static enum netd_networkd_verdict judge_file(const char *path,
					     const struct netd_networkd_link *link)
{
	netd_auto_free char *text = NULL;

	if (netd_file_read(AT_FDCWD, path, FILE_MAX, &text, NULL, NULL) < 0)
		return NETD_NETWORKD_OTHER;
	return netd_networkd_judge(text, link);
}

static enum netd_networkd_verdict judge_files(char *const *paths, size_t count,
					      const struct netd_networkd_link *link,
					      char *file, size_t size)
{
	enum netd_networkd_verdict verdict = NETD_NETWORKD_OTHER;

	for (size_t i = 0; verdict == NETD_NETWORKD_OTHER && i < count; i++) {
		if (i && strcmp(name_of(paths[i - 1]), name_of(paths[i])) == 0)
			continue;
		verdict = judge_file(paths[i], link);
		snprintf(file, size, "%s", paths[i]);
	}
	return verdict;
}

bool netd_networkd_takes(const struct netd_networkd_link *link, char *file, size_t size)
{
	enum netd_networkd_verdict verdict;
	struct stat state;
	glob_t found = {0};

	if (lstat(RUNS, &state) < 0)
		return false;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(patterns); i++)
		glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found);
	netd_array_sort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv), compare);
	verdict = judge_files(found.gl_pathv, found.gl_pathc, link, file, size);
	globfree(&found);
	return verdict == NETD_NETWORKD_TAKES;
}

/* networkd reads files in the order of their names: the system's come behind netd's. */
void netd_networkd_problem(struct netd_error *err, int code, const char *port,
			   const char *file)
{
	const char *name = name_of(file), *word = name + strspn(name, "0123456789-_");
	int directory = (int)(name - file);

	netd_error_add(err, code,
		       "port %s: systemd-networkd takes it out of its bridge, by %s",
		       port, file);
	if (strcmp(name, OURS) > 0)
		netd_error_hint(err,
				"have networkd read " OURS ", which came with netd, or "
				"choose another name");
	else
		netd_error_hint(
			err,
			"`mv %s %.*s20-%s && networkctl reload` puts it behind " OURS
			", which came with netd; or choose another name",
			file, directory, file, word);
}
