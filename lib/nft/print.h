/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements and chains as text, spelled as nft spells them. */
#ifndef NETD_NFT_PRINT_H
#define NETD_NFT_PRINT_H

struct netd_str;
struct netd_element;
struct netd_source_chain;
struct netd_ruleset;

/* "172.16.5.40 . tcp . 8080" */
void netd_element_print_key(struct netd_str *s, const struct netd_element *e);
/* "172.16.5.40 . tcp . 8080 comment "lab/mybr0 web" : 10.1.0.50 . 80" */
void netd_element_print(struct netd_str *s, const struct netd_element *e);
/* "masquerade to :2000-3000" or "snat ip to A-B:2000-3000, …", for a reader. */
void netd_source_chain_print(struct netd_str *s, const struct netd_source_chain *c);
/* Every element and chain of @r, one a line, under the name of its map. */
void netd_ruleset_print(struct netd_str *s, const struct netd_ruleset *r);

#endif
