// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer's entry point for topology files. */
#include "fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	netd_fuzz_config(data, size);
	return 0;
}
