/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the kernel's answers: sendmsg(2) and recvmsg(2) of the program under test.
 */
#ifndef NETD_FUZZ_FAKE_KERNEL_H
#define NETD_FUZZ_FAKE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/*
 * From now on what is sent goes nowhere, and each receive gets the next chunk of @data:
 * two bytes of length (little-endian), then that many bytes.  Sequence numbers are set to
 * what was asked last.  Behind the last chunk each question is answered by an ack, then
 * by EIO.
 */
void netd_fake_kernel_begin(const uint8_t *data, size_t size);
/* Frees the last chunk. */
void netd_fake_kernel_end(void);

/* The target's: something was read beyond its attribute.  Ends the process or the input.
 */
_Noreturn void netd_fake_kernel_misread(void);

/*
 * With NETD_FUZZ_RECORD=FILE in the environment the real kernel answers, and its answers
 * are added to that file as such chunks: an input for the corpus.
 */
#endif
