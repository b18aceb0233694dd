/* What the tests of a port need: regions as a switch makes them. */
#ifndef SKYWAY_TEST_REGIONS_H
#define SKYWAY_TEST_REGIONS_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../receiver.h"
#include "../sender.h"

#define CELLS 1024
#define REGION (1 << 18)
#define SECOND (1 << 17)

static char folder[] = "/tmp/skyway-stress-XXXXXX";

static inline void fail(const char *what, uint64_t a, uint64_t b)
{
	fprintf(stderr, "FAILED: %s: %" PRIu64 " and %" PRIu64 "\n", what, a, b);
	exit(1);
}

static inline void make_ring(uint8_t *at)
{
	struct sky_abi_ring *ring = (struct sky_abi_ring *)at;

	ring->version = SKY_RING_VERSION;
	ring->cells = CELLS;
	ring->maxFrame = 2048;
	sky_release(&ring->magic, SKY_RING_MAGIC);
}

/* A region in a file, as a switch makes it; the file is mapped again by the port. */
static inline uint8_t *make_region(const char *name, uint32_t magic, struct sky_region_ref *ref)
{
	struct sky_abi_region *header;
	FILE *file;

	memset(ref, 0, sizeof(*ref));
	snprintf(ref->path, sizeof(ref->path), "%s/%s", folder, name);
	ref->has_path = true;
	ref->size = REGION;
	ref->id = 7;
	file = fopen(ref->path, "w+");
	if (!file || ftruncate(fileno(file), REGION))
		fail("can't make a file", 0, 0);
	header = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	fclose(file);
	if (header == MAP_FAILED)
		fail("can't map a file", 0, 0);
	header->version = SKY_REGION_VERSION;
	header->sizeBytes = REGION;
	header->id = 7;
	header->firstRing = SKY_FIRST_RING_OFFSET;
	header->secondRing = SECOND;
	make_ring((uint8_t *)header + header->firstRing);
	make_ring((uint8_t *)header + header->secondRing);
	sky_release(&header->magic, magic);
	return (uint8_t *)header;
}

static inline void remove_regions(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	if (system(command))
		fail("can't remove the regions", 0, 0);
}

#endif
