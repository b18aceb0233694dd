#include "ring.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_frame(uint32_t max_frame, uint32_t cells)
{
	return max_frame >= 64 && max_frame <= 65535 && sky_cells_of(max_frame) <= cells / 4;
}

static bool is_cells(uint32_t cells)
{
	return cells >= SKY_MIN_CELLS && cells <= SKY_MAX_CELLS && (cells & (cells - 1)) == 0;
}

/* Checks a ring that somebody else made. */
static int check(struct sky_abi_ring *ring, uint64_t room, const char *name, uint32_t *cells, uint32_t *max_frame, char *why, size_t size)
{
	uint32_t magic, version;

	if (room < sizeof(*ring)) {
		snprintf(why, size, "ring %s has only %" PRIu64 " bytes left in its region", name, room);
		return -1;
	}
	magic = sky_acquire(&ring->magic); /* R */
	version = sky_load(&ring->version);
	if (magic != SKY_RING_MAGIC || version != SKY_RING_VERSION) {
		snprintf(why, size, "ring %s has magic 0x%08x version %u, expected 0x%08x version %u; recreate the channel", name, magic, version,
			 SKY_RING_MAGIC, SKY_RING_VERSION);
		return -1;
	}
	*cells = sky_load(&ring->cells);
	*max_frame = sky_load(&ring->maxFrame);
	if (!is_cells(*cells)) {
		snprintf(why, size, "ring %s claims %u cells, which is not a power of two from %u to %u", name, *cells, SKY_MIN_CELLS,
			 SKY_MAX_CELLS);
		return -1;
	}
	if (sky_ring_bytes(*cells) > room) {
		snprintf(why, size, "ring %s claims %u cells, which take %" PRIu64 " bytes, but has %" PRIu64 "; recreate the channel", name, *cells,
			 sky_ring_bytes(*cells), room);
		return -1;
	}
	if (!is_frame(*max_frame, *cells)) {
		snprintf(why, size, "ring %s of %u cells claims frames of %u bytes", name, *cells, *max_frame);
		return -1;
	}
	return 0;
}

static uint8_t *cells_of(struct sky_abi_ring *ring, uint32_t cells)
{
	return (uint8_t *)(ring->descriptors + cells);
}

int sky_producer_attach(struct sky_producer *end, void *at, uint64_t room, const char *name, char *why, size_t size)
{
	struct sky_abi_ring *ring = at;

	memset(end, 0, sizeof(*end));
	snprintf(end->name, sizeof(end->name), "%s", name);
	if (check(ring, room, name, &end->cells, &end->max_frame, why, size))
		return -1;
	end->ring = ring;
	end->cells_at = cells_of(ring, end->cells);
	end->tail = sky_acquire(&ring->tail);
	end->head = sky_acquire(&ring->head); /* C */
	if (end->tail - end->head > end->cells) {
		snprintf(why, size, "ring %s has tail %" PRIi64 " and head %" PRIi64 " with %u cells; recreate the channel", name,
			 (int64_t)end->tail, (int64_t)end->head, end->cells);
		return -1;
	}
	return 0;
}

int sky_consumer_attach(struct sky_consumer *end, void *at, uint64_t room, const char *name, char *why, size_t size)
{
	struct sky_abi_ring *ring = at;

	memset(end, 0, sizeof(*end));
	snprintf(end->name, sizeof(end->name), "%s", name);
	if (check(ring, room, name, &end->cells, &end->max_frame, why, size))
		return -1;
	end->ring = ring;
	end->cells_at = cells_of(ring, end->cells);
	end->head = sky_acquire(&ring->head);
	end->next = end->head;
	end->tail = end->head;
	return 0;
}

void sky_producer_refresh(struct sky_producer *end, uint64_t full_at)
{
	uint64_t head = sky_acquire(&end->ring->head); /* C */

	/* Written by the reader: it may only move on, and never past what was published. */
	if (!end->faulty && ((int64_t)(head - end->head) < 0 || (int64_t)(end->tail - head) < 0)) {
		end->faulty = true;
		snprintf(end->fault, sizeof(end->fault), "the reader of ring %s moved its cursor from %" PRIi64 " to %" PRIi64 " while %" PRIi64 " was written",
			 end->name, (int64_t)end->head, (int64_t)head, (int64_t)end->tail);
	}
	end->head = end->faulty ? full_at - end->cells : head; /* a faulty ring is full: nothing more goes in */
}

bool sky_producer_mark(struct sky_producer *end, uint64_t mark)
{
	if (end->tail + 1 > end->head + end->cells || end->faulty) {
		sky_producer_refresh(end, end->tail);
		if (end->tail + 1 > end->head + end->cells)
			return false;
	}
	sky_store(&end->ring->descriptors[end->tail & (end->cells - 1)], mark);
	end->tail++;
	sky_release(&end->ring->tail, end->tail); /* P */
	return true;
}

/* The cursor that may be shown up to, of one that was written. */
static uint64_t within_limit(const struct sky_consumer *end, uint64_t tail)
{
	if (!end->limited || (int64_t)(tail - end->limit) <= 0)
		return tail;
	return (int64_t)(end->next - end->limit) > 0 ? end->next : end->limit;
}

uint64_t sky_consumer_refresh(struct sky_consumer *end)
{
	uint64_t tail;

	if (end->faulty)
		return end->next;
	tail = sky_acquire(&end->ring->tail); /* P */
	/* Written by the writer: it may only move on, and never past the cells it was given. */
	if ((int64_t)(tail - end->tail) < 0 || tail - end->head > end->cells) {
		end->faulty = true;
		snprintf(end->fault, sizeof(end->fault),
			 "the writer of ring %s moved its cursor from %" PRIi64 " to %" PRIi64 " while %" PRIi64 " was read and there are %u cells", end->name,
			 (int64_t)end->tail, (int64_t)tail, (int64_t)end->head, end->cells);
		end->tail = end->next;
		return end->next;
	}
	end->tail = within_limit(end, tail);
	return end->tail;
}

void sky_consumer_bad(struct sky_consumer *end, uint64_t descriptor, uint64_t at)
{
	end->faulty = true;
	snprintf(end->fault, sizeof(end->fault),
		 "ring %s has type %u length %u at cell %" PRIi64 " of %" PRIi64 " written, longest frame %u", end->name, sky_type_of(descriptor),
		 sky_length_of(descriptor), (int64_t)at, (int64_t)end->tail, end->max_frame);
	end->tail = at;
}

void sky_consumer_limit(struct sky_consumer *end, uint64_t cursor)
{
	end->limit = cursor;
	end->limited = true;
	if (!end->faulty)
		end->tail = within_limit(end, end->tail);
}
