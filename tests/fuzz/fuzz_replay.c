// SPDX-License-Identifier: GPL-2.0-or-later
/* Stands in for libFuzzer where it is not: fuzz_replay DIRECTORY, each file once. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz_target.h"

#define SIZE (1 << 20)

static void replay(const char *name)
{
	/* Of the exact size, so that a sanitizer sees a read behind the end. */
	uint8_t *data = malloc(SIZE), *exact;
	FILE *f = fopen(name, "r");
	size_t n;

	if (!data || !f) {
		perror(name);
		exit(1);
	}
	n = fread(data, 1, SIZE, f);
	fclose(f);
	exact = realloc(data, n ? n : 1);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	if (argc != 2 || chdir(argv[1]) < 0 || !(dir = opendir("."))) {
		fprintf(stderr, "usage: fuzz_replay DIRECTORY\n");
		return 2;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		replay(entry->d_name);
		count++;
	}
	closedir(dir);
	printf("%d files\n", count);
	return !count;
}
