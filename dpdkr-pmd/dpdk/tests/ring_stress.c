/* Two threads at one ring in one mapping, where a thread sanitizer sees whether what one writes is ordered before what the other reads.
 * Argument: packets. */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ring.h"

#define CELLS 512
#define BURST 32

static struct sky_producer producer;
static struct sky_consumer consumer;
static uint64_t most = 300000;

static uint32_t length_of(uint64_t number)
{
	return number % 5 == 0 ? 1 + (uint32_t)(number % 2048) : 64;
}

static void *produce(void *argument)
{
	for (uint64_t number = 0; number < most;) {
		struct sky_writer w = sky_write_begin(&producer);

		for (int i = 0; i < BURST && number < most; i++, number++) {
			uint8_t *cell = sky_write(&w, length_of(number));

			if (!cell)
				break;
			memset(cell, (int)number & 0xff, length_of(number));
		}
		sky_write_end(&w);
		while (number % 1000 == 0 && !sky_producer_mark(&producer, sky_mark(SKY_END, 0, (uint32_t)number)) && !producer.faulty)
			sched_yield();
		sched_yield();
	}
	return argument;
}

static void *consume(void *argument)
{
	void *packets[BURST];
	uint32_t lengths[BURST];
	uint64_t bytes, marks = 0;

	for (uint64_t number = 0; number < most && !consumer.faulty;) {
		uint16_t count = sky_peek(&consumer, packets, lengths, BURST, &bytes);

		for (uint16_t i = 0; i < count; i++, number++) {
			const uint8_t *packet = packets[i];

			if (lengths[i] != length_of(number) || packet[0] != (uint8_t)number || packet[lengths[i] - 1] != (uint8_t)number) {
				fprintf(stderr, "FAILED: packet %" PRIu64 "\n", number);
				exit(1);
			}
		}
		sky_give_back(&consumer);
		if (count == 0 && consumer.mark) {
			sky_take_mark(&consumer);
			marks++;
		} else if (count == 0) {
			sched_yield();
		}
	}
	printf("%" PRIu64 " packets and %" PRIu64 " marks\n", most, marks);
	return argument;
}

int main(int count, char **arguments)
{
	struct sky_abi_ring *ring = aligned_alloc(64, sky_ring_bytes(CELLS));
	pthread_t a, b;
	char why[600];

	if (count > 1)
		most = strtoull(arguments[1], NULL, 10);
	if (!ring)
		return 2;
	memset(ring, 0, sky_ring_bytes(CELLS));
	ring->magic = SKY_RING_MAGIC;
	ring->version = SKY_RING_VERSION;
	ring->cells = CELLS;
	ring->maxFrame = 2048;
	if (sky_producer_attach(&producer, ring, sky_ring_bytes(CELLS), "test", why, sizeof(why)) ||
	    sky_consumer_attach(&consumer, ring, sky_ring_bytes(CELLS), "test", why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return 2;
	}
	pthread_create(&a, NULL, produce, NULL);
	pthread_create(&b, NULL, consume, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	free(ring);
	return producer.faulty || consumer.faulty;
}
