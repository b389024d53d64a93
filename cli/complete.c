// SPDX-License-Identifier: GPL-2.0-or-later
/* Shell completion: scripts for the shells, and the verb that answers them. */
#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

/*
 * The scripts know nothing: they hand the words typed so far to `netdctl complete`, whose
 * answers come from the same tables as the parser and the help, and from what is running.
 */
static const struct {
	const char *shell;
	const char *script;
} scripts[] = {
	/* bash cuts words at = and : too, so the line is cut again here, at blanks; what
	   bash took for the last word's beginning is left out of the answers. */
	{"bash",
	 "# netdctl completion for bash\n"
	 "_netdctl() {\n"
	 "	local line=${COMP_LINE:0:COMP_POINT} part=${COMP_WORDS[COMP_CWORD]}\n"
	 "	local words=() raw word answer\n"
	 "	read -ra raw <<<\"$line\"\n"
	 "	case $line in *[[:blank:]]) raw+=('') ;; esac\n"
	 "	for word in \"${raw[@]:1}\"; do\n"
	 "		case $word in\n"
	 "		--*=*) words+=(\"${word%%=*}\" \"${word#*=}\") ;;\n"
	 "		*) words+=(\"$word\") ;;\n"
	 "		esac\n"
	 "	done\n"
	 "	word=${words[${#words[@]} - 1]}\n"
	 "	case $part in [=:]) part= ;; esac\n"
	 "	COMPREPLY=()\n"
	 "	while IFS= read -r answer; do\n"
	 "		if [ \"$answer\" = '<files>' ]; then\n"
	 "			compopt -o filenames 2>/dev/null\n"
	 "			mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
	 "		elif [ \"${answer:0:${#word}}\" = \"$word\" ]; then\n"
	 "			COMPREPLY+=(\"${answer:${#word} - ${#part}}\")\n"
	 "		fi\n"
	 "	done < <(netdctl complete -- \"${words[@]}\" 2>/dev/null)\n"
	 "}\n"
	 "complete -F _netdctl netdctl\n"},
	{"zsh", "#compdef netdctl\n"
		"_netdctl() {\n"
		"	local -a answers\n"
		"	answers=(${(f)\"$(netdctl complete -- \"${(@)words[2,CURRENT]}\" "
		"2>/dev/null)\"})\n"
		"	if [[ \"$answers\" == '<files>' ]]; then _files; else compadd -- "
		"$answers; fi\n"
		"}\n"
		"if [ \"$funcstack[1]\" = _netdctl ]; then _netdctl \"$@\"; "
		"else compdef _netdctl netdctl; fi\n"},
	{"fish", "# netdctl completion for fish\n"
		 "function __netdctl\n"
		 "	set -l words (commandline -opc) (commandline -ct)\n"
		 "	set -l answers (netdctl complete -- $words[2..-1] 2>/dev/null)\n"
		 "	if test \"$answers\" = '<files>'\n"
		 "		__fish_complete_path (commandline -ct)\n"
		 "	else\n"
		 "		printf '%s\\n' $answers\n"
		 "	end\n"
		 "end\n"
		 "complete -c netdctl -f -a '(__netdctl)'\n"},
};

int run_completion(struct cli *cli, char **argv)
{
	(void)cli;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (strcmp(scripts[i].shell, argv[0]) != 0)
			continue;
		fputs(scripts[i].script, stdout);
		return EXIT_DONE;
	}
	return usage("completion: no script for \"%s\"; there are bash, zsh and fish",
		     argv[0]);
}

/* That column of a table, a value per line. */
static void say_column(struct cli *cli, const char *kind, const char *key)
{
	struct netd_table *table = NULL;

	if (netd_list(cli->netd, kind, NULL, &table, NULL) < 0)
		return;
	for (size_t i = 0; i < netd_table_rows(table); i++)
		puts(netd_table_value(table, i, key));
	netd_table_free(table);
}

static void say_directory(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			puts(entry->d_name);
	if (dir)
		closedir(dir);
}

static void say_interfaces(void)
{
	say_directory("/sys/class/net");
}

static void say_namespaces(void)
{
	say_directory("/run/netns");
}

static void say_users(void)
{
	const struct passwd *user;

	setpwent();
	while ((user = getpwent()))
		puts(user->pw_name);
	endpwent();
}

static void say_programs(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir)))
		if (fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode) && st.st_mode & S_IXUSR)
			puts(entry->d_name);
	if (dir)
		closedir(dir);
}

/* Programs in the PATH. */
static void say_commands(void)
{
	const char *path = getenv("PATH"), *directory;
	char *copy, *rest;

	if (!path)
		return;
	copy = rest = strdup(path);
	while (rest && (directory = strsep(&rest, ":")))
		if (*directory)
			say_programs(directory);
	free(copy);
}

static void say_files(void)
{
	puts("<files>");
}

/* Of a kind that has several rows, all are answers; "<none>": what only the person knows.
 */
static const struct {
	const char *kind;
	const char *table, *column; /* of netd_list() */
	void (*say)(void);
} kinds[] = {
	{"<network>", "networks", "network", NULL},
	{"<topology>", "topologies", "topology", NULL},
	{"<port>", "ports", "port", NULL},
	{"<machine>", "machines", "machine", NULL},
	{"<router>", "routers", "router", NULL},
	{"<host>", "hosts", "host", NULL},
	{"<forward>", "forwards", "listen", NULL},
	{"<forwarder>", "networks", "network", NULL},
	{"<forwarder>", "routers", "router", NULL},
	{"<shown>", "networks", "network", NULL},
	{"<shown>", "routers", "router", NULL},
	{"<shown>", "hosts", "host", NULL},
	{"<interface>", NULL, NULL, say_interfaces},
	{"<command>", NULL, NULL, say_commands},
	{"<namespace>", NULL, NULL, say_namespaces},
	{"<user>", NULL, NULL, say_users},
	{"<yaml>", NULL, NULL, say_files},
	{"<directory>", NULL, NULL, say_files},
};

/* "a|b|c", or a kind. */
static void say_values(struct cli *cli, const char *values, size_t length)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].kind) != length ||
		    memcmp(kinds[i].kind, values, length) != 0)
			continue;
		if (kinds[i].say)
			kinds[i].say();
		else
			say_column(cli, kinds[i].table, kinds[i].column);
	}
	if (*values == '<')
		return;
	for (size_t i = 0; i < length; i++)
		if (values[i] == '|')
			putchar('\n');
		else
			putchar(values[i]);
	putchar('\n');
}

static void say_verbs(const struct verb *verbs)
{
	for (; verbs->name; verbs++)
		if (verbs->summary)
			puts(verbs->name);
}

static void say_options(const struct option_row *rows)
{
	struct option_walk w = {.row = rows};
	const struct option_row *row;

	while ((row = option_next(&w)))
		printf("--%s\n", row->name);
}

static bool find_option(const struct option_row *rows, const char *word,
			struct option_walk *w)
{
	const struct option_row *row;

	*w = (struct option_walk){.row = rows};
	while ((row = option_next(w))) {
		if (strncmp(word, "--", 2) != 0 || strcmp(row->name, word + 2) != 0)
			continue;
		w->made = *row;
		return true;
	}
	return false;
}

/* What --unset takes: the settings of the same verb. */
static void say_settings(const struct option_row *rows)
{
	struct option_walk w = {.row = rows};
	const struct option_row *row;

	while ((row = option_next(&w)))
		if (row->setting)
			puts(row->name);
}

/* What the value of the option may be that @w stands at. */
static void say_option_values(struct cli *cli, const struct option_row *rows,
			      const struct option_row *option)
{
	if (!option->values)
		return;
	if (strcmp(option->values, "<setting>") == 0)
		say_settings(rows);
	else
		say_values(cli, option->values, strlen(option->values));
}

/* What the @n-th argument of @verb may be; the last kind holds for all that follow. */
static void say_argument(struct cli *cli, const struct verb *verb, int n)
{
	const char *kind = verb->complete;
	size_t length;

	if (!kind || (verb->most >= 0 && n >= verb->most))
		return;
	for (; n > 0 && strchr(kind, ' '); n--)
		kind = strchr(kind, ' ') + 1;
	length = strcspn(kind, " ");
	say_values(cli, kind, length);
}

/* Where the words on the command line lead to. */
struct typed {
	const struct verb *verb, *verbs; /* verbs: those that may follow */
	const struct option_row *rows;
	struct option_walk option;
	bool wants_value; /* of @option, which is the last word */
	int arguments;
};

static bool read_option(struct typed *t, const char *word)
{
	if (!find_option(t->rows, word, &t->option) &&
	    !find_option(common_options, word, &t->option))
		return false;
	return t->option.made.argument;
}

/* All words but the last, which is being typed; false if one is no verb. */
static bool read_words(struct typed *t, char **words)
{
	for (; words[0] && words[1]; words++) {
		if (t->wants_value) {
			t->wants_value = false;
		} else if (words[0][0] == '-') {
			t->wants_value = read_option(t, words[0]);
		} else if (t->verbs) {
			t->verb = verb_find(t->verbs, words[0]);
			if (!t->verb)
				return false;
			t->verbs = t->verb->verbs;
			t->rows = t->verb->options;
		} else {
			t->arguments++;
		}
	}
	return true;
}

int run_complete(struct cli *cli, char **argv)
{
	struct typed t = {.verbs = netdctl_verbs};
	const char *last = "";

	if (!read_words(&t, argv))
		return EXIT_DONE;
	while (*argv)
		last = *argv++;
	if (t.wants_value) {
		say_option_values(cli, t.rows, &t.option.made);
	} else if (last[0] == '-') {
		say_options(t.rows);
		say_options(common_options);
	} else if (t.verbs) {
		say_verbs(t.verbs);
	} else {
		say_argument(cli, t.verb, t.arguments);
	}
	return EXIT_DONE;
}
