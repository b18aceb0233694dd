#include "json.h"

#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 16

struct reader {
	const char *at;
	const char *end;
	bool bad;
};

static int peek(const struct reader *r)
{
	return r->at < r->end ? (unsigned char)*r->at : -1;
}

static void skip_space(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r' || *r->at == '\n'))
		r->at++;
}

static bool take(struct reader *r, char c)
{
	skip_space(r);
	if (peek(r) != c)
		return false;
	r->at++;
	return true;
}

static void expect(struct reader *r, char c)
{
	if (!take(r, c))
		r->bad = true;
}

static bool take_word(struct reader *r, const char *word)
{
	size_t length = strlen(word);

	skip_space(r);
	if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length))
		return false;
	r->at += length;
	return true;
}

/* Room for text; what does not fit is dropped, and `size` 0 drops all. */
struct text {
	char *at;
	size_t size;
	size_t used;
};

static void put(struct text *t, unsigned byte)
{
	if (t->used + 1 < t->size)
		t->at[t->used++] = (char)byte;
}

static void put_code_point(struct text *t, uint32_t c)
{
	if (c < 0x80) {
		put(t, c);
	} else if (c < 0x800) {
		put(t, 0xc0 | c >> 6);
		put(t, 0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		put(t, 0xe0 | c >> 12);
		put(t, 0x80 | (c >> 6 & 0x3f));
		put(t, 0x80 | (c & 0x3f));
	} else {
		put(t, 0xf0 | c >> 18);
		put(t, 0x80 | (c >> 12 & 0x3f));
		put(t, 0x80 | (c >> 6 & 0x3f));
		put(t, 0x80 | (c & 0x3f));
	}
}

static uint32_t hex4(struct reader *r)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		int c = peek(r);
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (digit < 0) {
			r->bad = true;
			return 0;
		}
		value = value << 4 | (uint32_t)digit;
		r->at++;
	}
	return value;
}

static uint32_t escaped(struct reader *r)
{
	int c = peek(r);

	if (c < 0) {
		r->bad = true;
		return 0;
	}
	r->at++;
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case '"':
	case '\\':
	case '/':
		return (uint32_t)c;
	case 'u': {
		uint32_t high = hex4(r);

		if (high >= 0xd800 && high < 0xdc00 && take_word(r, "\\u")) {
			uint32_t low = hex4(r);

			return low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) : '?';
		}
		return high >= 0xd800 && high < 0xe000 ? '?' : high;
	}
	default:
		r->bad = true;
		return 0;
	}
}

/* What is read gets into logs and onto terminals: nothing in it that is not to be seen. */
static uint32_t readable(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ? '?' : c;
}

static void read_string(struct reader *r, char *out, size_t size)
{
	struct text t = { out, size, 0 };

	expect(r, '"');
	while (!r->bad) {
		int c = peek(r);

		if (c < 0 || (c < 0x20 && c != '\t')) {
			r->bad = true;
			break;
		}
		r->at++;
		if (c == '"')
			break;
		if (c == '\\')
			put_code_point(&t, readable(escaped(r)));
		else
			put(&t, c >= 0x20 && c != 0x7f ? (unsigned)c : '?');
	}
	if (size)
		out[t.used] = 0;
}

static int64_t read_integer(struct reader *r)
{
	bool negative;
	uint64_t value = 0;
	int digits = 0;

	skip_space(r);
	negative = take(r, '-');
	for (; peek(r) >= '0' && peek(r) <= '9'; r->at++, digits++) {
		unsigned digit = (unsigned)(*r->at - '0');

		if (value > ((uint64_t)INT64_MAX - digit) / 10) {
			r->bad = true;
			return 0;
		}
		value = value * 10 + digit;
	}
	if (!digits || peek(r) == '.' || peek(r) == 'e' || peek(r) == 'E')
		r->bad = true;
	return negative ? -(int64_t)value : (int64_t)value;
}

static bool read_boolean(struct reader *r)
{
	if (take_word(r, "true"))
		return true;
	if (!take_word(r, "false"))
		r->bad = true;
	return false;
}

static void skip_number(struct reader *r)
{
	const char *start = r->at;

	while (peek(r) >= 0 && strchr("+-.0123456789eE", peek(r)))
		r->at++;
	if (r->at == start)
		r->bad = true;
}

static void skip_value(struct reader *r, int depth)
{
	skip_space(r);
	if (depth > MAX_DEPTH) {
		r->bad = true;
	} else if (peek(r) == '"') {
		read_string(r, NULL, 0);
	} else if (take(r, '{')) {
		if (take(r, '}'))
			return;
		do {
			read_string(r, NULL, 0);
			expect(r, ':');
			skip_value(r, depth + 1);
		} while (!r->bad && take(r, ','));
		expect(r, '}');
	} else if (take(r, '[')) {
		if (take(r, ']'))
			return;
		do {
			skip_value(r, depth + 1);
		} while (!r->bad && take(r, ','));
		expect(r, ']');
	} else if (!take_word(r, "null") && !take_word(r, "true") && !take_word(r, "false")) {
		skip_number(r);
	}
}

static bool is(const char *key, const char *name)
{
	return strcmp(key, name) == 0;
}

static void read_region(struct reader *r, struct sky_region_ref *region)
{
	char key[32];

	expect(r, '{');
	if (take(r, '}'))
		return;
	do {
		read_string(r, key, sizeof(key));
		expect(r, ':');
		if (is(key, "regionId"))
			region->id = (uint64_t)read_integer(r);
		else if (is(key, "sizeBytes"))
			region->size = (uint64_t)read_integer(r);
		else if (is(key, "path") && !take_word(r, "null")) {
			read_string(r, region->path, sizeof(region->path));
			region->has_path = true;
		} else if (!is(key, "path"))
			skip_value(r, 0);
	} while (!r->bad && take(r, ','));
	expect(r, '}');
}

static enum sky_message_type type_of(const char *name)
{
	static const struct {
		const char *name;
		enum sky_message_type type;
	} all[] = {
		{ "welcome", SKY_WELCOME }, { "introduce", SKY_INTRODUCE }, { "attach", SKY_ATTACH }, { "detach", SKY_DETACH },
		{ "ping", SKY_PING },	    { "state", SKY_STATE },	    { "done", SKY_DONE },     { "failed", SKY_FAILED },
		{ "hello", SKY_HELLO },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (is(name, all[i].name))
			return all[i].type;
	}
	return SKY_UNKNOWN;
}

static void read_field(struct reader *r, const char *key, struct sky_message *m, bool *typed)
{
	char type[16];

	if (is(key, "type")) {
		read_string(r, type, sizeof(type));
		m->type = type_of(type);
		*typed = true;
	} else if (is(key, "id")) {
		m->id = read_integer(r);
	} else if (is(key, "version")) {
		m->version = read_integer(r);
	} else if (is(key, "slot") && !take_word(r, "null")) {
		m->slot = read_integer(r);
	} else if (is(key, "sideA")) {
		m->side_a = read_boolean(r);
	} else if (is(key, "up")) {
		m->up = read_boolean(r);
	} else if (is(key, "link") && !take_word(r, "null")) {
		read_string(r, m->link, sizeof(m->link));
	} else if (is(key, "reason") && !take_word(r, "null")) {
		read_string(r, m->reason, sizeof(m->reason));
	} else if (is(key, "region") && !take_word(r, "null")) {
		read_region(r, &m->region);
		m->has_region = true;
	} else if (!is(key, "slot") && !is(key, "link") && !is(key, "reason") && !is(key, "region")) {
		skip_value(r, 0);
	}
}

int sky_json_read(const char *line, size_t length, struct sky_message *m)
{
	struct reader r = { line, line + length, false };
	bool typed = false;
	char key[32];

	memset(m, 0, sizeof(*m));
	m->slot = -1;
	expect(&r, '{');
	if (!take(&r, '}')) {
		do {
			read_string(&r, key, sizeof(key));
			expect(&r, ':');
			if (!r.bad)
				read_field(&r, key, m, &typed);
		} while (!r.bad && take(&r, ','));
		expect(&r, '}');
	}
	skip_space(&r);
	if (r.bad || r.at != r.end || !typed)
		return -1;
	if ((m->type == SKY_WELCOME || m->type == SKY_ATTACH) && !m->has_region)
		return -1;
	if ((m->type == SKY_ATTACH || m->type == SKY_DETACH) && (m->slot < 0 || m->slot >= (int64_t)SKY_SLOTS))
		return -1;
	return m->type == SKY_UNKNOWN && m->id == 0 ? -1 : 0;
}

const char *sky_json_quote(const char *text, char *out, size_t size)
{
	size_t used = 0;

	if (size < 3)
		return "\"\"";
	out[used++] = '"';
	for (; *text && used + 8 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\') {
			out[used++] = '\\';
			out[used++] = (char)c;
		} else if (c < 0x20) {
			used += (size_t)snprintf(out + used, size - used, "\\u%04x", c);
		} else {
			out[used++] = (char)c;
		}
	}
	out[used++] = '"';
	out[used] = 0;
	return out;
}
