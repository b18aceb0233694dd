/* Control messages as lines of JSON. Reading takes whatever comes: fields that are not known are skipped, and nothing is read beyond
 * the line, nested deeper than a bound, or written beyond a field's room. */
#ifndef SKYWAY_JSON_H
#define SKYWAY_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port.h"
#include "region.h"

enum sky_message_type {
	SKY_UNKNOWN, /* from somebody newer */
	SKY_WELCOME,
	SKY_INTRODUCE,
	SKY_ATTACH,
	SKY_DETACH,
	SKY_PING,
	SKY_STATE,
	SKY_DONE,
	SKY_FAILED,
	SKY_HELLO,
};

struct sky_message {
	enum sky_message_type type;
	int64_t id;
	int64_t version;
	int64_t slot;
	bool side_a;
	bool up;
	bool has_region;
	struct sky_region_ref region;
	char link[SKY_NAME_BYTES];
	char reason[512];
};

/* Reads one line of `length` bytes, without its line feed. Returns 0, or -1 if it is no message. */
int sky_json_read(const char *line, size_t length, struct sky_message *message);

/* Writes text as a JSON string with its quotes, as much of it as there is room. Returns what was written. */
const char *sky_json_quote(const char *text, char *out, size_t size);

#endif
