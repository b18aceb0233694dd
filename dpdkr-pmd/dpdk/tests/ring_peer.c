/* Both ends of a ring in a file, driven by lines on standard input, each of which is answered by one: for a test in another language that
 * has the other end. Arguments: the file, the ring's offset, and how far it goes on from there.
 *
 *   attach                          takes both ends, as new processes would
 *   offer NUMBER LENGTH...          packets whose byte i is NUMBER + i, the next with NUMBER + 1 and so on; answers how many were taken
 *   mark HEX | used                 0 or 1 | cells in use
 *   peek MAX                        answers the mark, then length, first byte and place of each packet; all are checked to be whole
 *   release | take | empty | limit CURSOR | unlimit | atlimit | shown | faults
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../ring.h"

#define MOST 64

static struct sky_producer producer;
static struct sky_consumer consumer;

static void offer(char *rest)
{
	uint64_t number = strtoull(rest, &rest, 10);
	struct sky_writer writer = sky_write_begin(&producer);
	int taken = 0;

	for (;; taken++, number++) {
		char *end;
		uint32_t length = (uint32_t)strtoul(rest, &end, 10);
		uint8_t *cell;

		if (end == rest)
			break;
		rest = end;
		cell = sky_write(&writer, length);
		if (!cell)
			break;
		for (uint32_t at = 0; at < length; at++)
			cell[at] = (uint8_t)(number + at);
	}
	sky_write_end(&writer);
	printf("%d\n", taken);
}

static void peek(char *rest)
{
	void *packets[MOST];
	uint32_t lengths[MOST];
	uint64_t bytes, sum = 0;
	uint16_t max = (uint16_t)strtoul(rest, NULL, 10);
	uint16_t count = sky_peek(&consumer, packets, lengths, max < MOST ? max : MOST, &bytes);

	printf("%" PRIx64, consumer.mark);
	for (uint16_t i = 0; i < count; i++) {
		const uint8_t *packet = packets[i];
		bool whole = true;

		for (uint32_t at = 0; at < lengths[i]; at++)
			whole = whole && packet[at] == (uint8_t)(packet[0] + at);
		sum += lengths[i];
		printf(" %u:%u:%td:%d", lengths[i], packet[0], packet - (uint8_t *)consumer.ring, whole);
	}
	printf("%s\n", sum == bytes ? "" : " bytes");
}

int main(int count, char **arguments)
{
	static char line[8192];
	struct stat status;
	char why[512];
	uint8_t *base;
	uint64_t room;
	int fd;

	if (count != 4)
		return 2;
	fd = open(arguments[1], O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status))
		return 2;
	base = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return 2;
	base += strtoull(arguments[2], NULL, 10);
	room = strtoull(arguments[3], NULL, 10);
	while (fgets(line, sizeof(line), stdin)) {
		char *rest = line + strcspn(line, " \n");

		if (!strncmp(line, "attach", 6)) {
			if (sky_producer_attach(&producer, base, room, "test", why, sizeof(why)) ||
			    sky_consumer_attach(&consumer, base, room, "test", why, sizeof(why)))
				printf("%s\n", why);
			else
				printf("ok\n");
		} else if (!strncmp(line, "offer", 5)) {
			offer(rest);
		} else if (!strncmp(line, "mark", 4)) {
			printf("%d\n", sky_producer_mark(&producer, strtoull(rest, NULL, 16)));
		} else if (!strncmp(line, "used", 4)) {
			printf("%" PRIu64 "\n", sky_used_cells(&producer));
		} else if (!strncmp(line, "peek", 4)) {
			peek(rest);
		} else if (!strncmp(line, "release", 7)) {
			sky_give_back(&consumer);
			printf("ok\n");
		} else if (!strncmp(line, "take", 4)) {
			sky_take_mark(&consumer);
			printf("ok\n");
		} else if (!strncmp(line, "empty", 5)) {
			printf("%d\n", sky_is_empty(&consumer));
		} else if (!strncmp(line, "limit", 5)) {
			sky_consumer_limit(&consumer, strtoull(rest, NULL, 10));
			printf("ok\n");
		} else if (!strncmp(line, "unlimit", 7)) {
			consumer.limited = false;
			printf("ok\n");
		} else if (!strncmp(line, "atlimit", 7)) {
			printf("%d\n", sky_is_at_limit(&consumer));
		} else if (!strncmp(line, "shown", 5)) {
			printf("%" PRIi64 "\n", (int64_t)consumer.next);
		} else if (!strncmp(line, "faults", 6)) {
			printf("%s|%s\n", producer.faulty ? producer.fault : "", consumer.faulty ? consumer.fault : "");
		} else {
			printf("?\n");
		}
		fflush(stdout);
	}
	return 0;
}
