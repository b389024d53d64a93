# SPDX-License-Identifier: GPL-2.0-or-later
# What `ip -j` and `nft -j` print, without what moves by itself.

def moving: [
	# counters
	"stats", "stats64", "packets", "bytes", "carrier_changes", "used",
	"fdb_n_learned",
	# timers, lifetimes
	"hello_timer", "tcn_timer", "gc_timer", "topology_change_timer", "hold_timer",
	"message_age_timer", "forward_delay_timer", "preferred_life_time", "expires",
	# carrier, duplicate address detection, rule handles
	"operstate", "topology_change", "topology_change_detected", "tentative", "handle"
];

def still_object:
	. as $object
	| reduce moving[] as $key ($object; del(.[$key]))
	| if has("valid_life_time") and .valid_life_time != 4294967295
	  then .valid_life_time = "limited" else del(.valid_life_time) end
	| if (.flags | type) == "array"
	  then .flags -= ["LOWER_UP", "NO-CARRIER", "M-DOWN", "linkdown", "dead"]
	  else . end;

def still: walk(if type == "object" then still_object else . end);
