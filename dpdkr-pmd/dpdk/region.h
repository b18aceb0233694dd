/* Regions of shared memory: a file of this host, or BAR 2 of an ivshmem device of this guest. */
#ifndef SKYWAY_REGION_H
#define SKYWAY_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

struct sky_region {
	uint8_t *base; /* NULL if nothing is mapped */
	uint64_t size;
	uint64_t id;
	uint64_t first_ring;
	uint64_t second_ring;
	unsigned cut; /* set by the guard when somebody cut the file short */
	char name[300]; /* a path */
};

/* Where a region is, as a control message says. */
struct sky_region_ref {
	uint64_t id;
	uint64_t size;
	bool has_path; /* else it is a device of this guest */
	char path[256];
};

/* Maps a region and checks its header. It must not move in memory while it is mapped. Returns 0; 1 if there is no such device yet;
 * -1 if it is no region that can be used. A sentence is in `why` unless it is 0. */
int sky_region_map(struct sky_region *region, const struct sky_region_ref *ref, uint32_t magic, char *why, size_t size);

/* Unmaps it; does nothing if nothing is mapped. */
void sky_region_unmap(struct sky_region *region);

static inline bool sky_region_is_cut(const struct sky_region *region)
{
	return region->base && sky_acquire(&region->cut);
}

#endif
