/* Reads lines as control messages and says what it made of them. With --fuzz SECONDS SEED it mutates those that it knows, which is for a
 * build with sanitizers: nothing must be read or written where it should not be. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../json.h"

static const char *const examples[] = {
	"{\"type\":\"welcome\",\"id\":9,\"version\":2,\"region\":{\"regionId\":1,\"sizeBytes\":8388608,\"path\":\"/dev/shm/x\"}}",
	"{\"type\":\"attach\",\"id\":1,\"slot\":0,\"region\":{\"regionId\":-1,\"sizeBytes\":2097152,\"path\":null},\"sideA\":true,\"link\":\"a<->b\"}",
	"{\"type\":\"failed\",\"id\":0,\"reason\":\"no \\u00e9 \\ud83d\\ude00 \\n\",\"slot\":3,\"more\":[1,2.5e3,{\"a\":[true,null]}]}",
	"{\"type\":\"state\",\"id\":4,\"up\":false}",
	"{\"type\":\"launch\",\"id\":5}",
};

static uint64_t state;

static uint64_t next_random(void) /* splitmix64 */
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void fuzz(double seconds)
{
	clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);
	uint64_t runs = 0, read = 0;

	for (; clock() < end; runs++) {
		const char *example = examples[next_random() % (sizeof(examples) / sizeof(examples[0]))];
		size_t length = strlen(example);
		/* Exactly as long as the line, so that a sanitizer sees the first byte that is read beyond it. */
		char *line = malloc(length ? length : 1);
		struct sky_message message;
		char quoted[64];

		if (!line)
			exit(2);
		memcpy(line, example, length);
		for (uint64_t n = next_random() % 5; n; n--)
			line[next_random() % length] = (char)(next_random() % 4 ? "{}[]\",:\\u0e9-+.ntf"[next_random() % 18] : (char)next_random());
		if (next_random() % 3 == 0)
			length = next_random() % (length + 1);
		if (sky_json_read(line, length, &message) == 0) {
			read++;
			sky_json_quote(message.reason, quoted, sizeof(quoted));
			if (message.slot >= (int64_t)SKY_SLOTS && message.type != SKY_FAILED && message.type <= SKY_PING && message.type >= SKY_ATTACH &&
			    message.type != SKY_PING)
				abort();
		}
		free(line);
	}
	printf("%" PRIu64 " lines, %" PRIu64 " read\n", runs, read);
}

int main(int count, char **arguments)
{
	static char line[65536];
	struct sky_message m;
	char reason[2048], link[600];

	if (count == 4 && !strcmp(arguments[1], "--fuzz")) {
		state = strtoull(arguments[3], NULL, 10);
		fuzz(strtod(arguments[2], NULL));
		return 0;
	}
	while (fgets(line, sizeof(line), stdin)) {
		if (sky_json_read(line, strcspn(line, "\n"), &m))
			printf("no\n");
		else
			printf("%d %" PRIi64 " %" PRIi64 " %" PRIi64 " %d %d %" PRIu64 " %" PRIu64 " %s %s %s\n", m.type, m.id, m.version, m.slot, m.side_a, m.up,
			       m.region.id, m.region.size, m.region.has_path ? m.region.path : "-", sky_json_quote(m.link, link, sizeof(link)),
			       sky_json_quote(m.reason, reason, sizeof(reason)));
		fflush(stdout);
	}
	return 0;
}
