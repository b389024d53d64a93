/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Well-formed UTF-8 (RFC 3629), one character at a time. */
#ifndef NETD_BASE_UTF8_H
#define NETD_BASE_UTF8_H

#include <stddef.h>

/*
 * The length in bytes (1 to 4) of the character at @text, of which @left bytes may be
 * read; 0 if they do not begin with a well-formed one (or @left is 0).  Overlong forms,
 * surrogates and what lies behind U+10FFFF are not well-formed.
 */
size_t netd_utf8_length(const char *text, size_t left);

#endif
