/* The two ends of a packet ring. Each keeps its own cursor and takes what the other side wrote as untrusted: read once, checked,
 * then used. A value that can't be makes the end faulty for ever. One thread at a time. */
#ifndef SKYWAY_RING_H
#define SKYWAY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

#define SKY_FAULT_BYTES 256

struct sky_producer {
	struct sky_abi_ring *ring;
	uint8_t *cells_at;
	uint64_t tail; /* published */
	uint64_t head; /* the reader's cursor as last seen */
	uint32_t cells;
	uint32_t max_frame;
	bool faulty;
	char name[160];
	char fault[SKY_FAULT_BYTES];
};

struct sky_consumer {
	struct sky_abi_ring *ring;
	uint8_t *cells_at;
	uint64_t head; /* published */
	uint64_t next; /* behind what was shown */
	uint64_t tail; /* the writer's cursor as last seen */
	uint64_t mark; /* the one that the last peek stopped at, or 0 */
	uint64_t limit; /* nothing is shown from there on, if `limited` */
	uint32_t cells;
	uint32_t max_frame;
	bool limited;
	bool faulty;
	char name[160];
	char fault[SKY_FAULT_BYTES];
};

/* Bytes that a ring takes. */
static inline uint64_t sky_ring_bytes(uint32_t cells)
{
	return sizeof(struct sky_abi_ring) + (uint64_t)cells * (sizeof(uint64_t) + SKY_CELL_BYTES);
}

/* Takes an end of a ring, going on where an earlier one stopped. `room` is how far the region goes on from `at`. Returns 0, or -1
 * with a sentence in `why`. */
int sky_producer_attach(struct sky_producer *end, void *at, uint64_t room, const char *name, char *why, size_t size);
int sky_consumer_attach(struct sky_consumer *end, void *at, uint64_t room, const char *name, char *why, size_t size);

/* Reads the reader's cursor again. A faulty ring is full from then on: `full_at` is what would be written up to. */
void sky_producer_refresh(struct sky_producer *end, uint64_t full_at);

/* Reads the writer's cursor again; returns what may be shown up to. */
uint64_t sky_consumer_refresh(struct sky_consumer *end);

/* Notes that what was found at `at` can't be. */
void sky_consumer_bad(struct sky_consumer *end, uint64_t descriptor, uint64_t at);

/* Writes a mark and publishes it, with everything before it. False if there is no room even for it, or the ring is faulty. */
bool sky_producer_mark(struct sky_producer *end, uint64_t mark);

/* Shows nothing from a cursor on, whatever the writer publishes. What was shown before stays shown. */
void sky_consumer_limit(struct sky_consumer *end, uint64_t cursor);

/* A burst that is being written. It lives in registers: what is copied into cells can't change it. */
struct sky_writer {
	uint64_t *descriptors;
	uint8_t *cells_at;
	uint64_t first; /* the cursor when it began */
	uint32_t used; /* cells behind it */
	uint32_t index;
	int64_t room;
	uint32_t cells;
	uint32_t max_frame;
	struct sky_producer *end;
};

static inline int64_t sky_room(const struct sky_producer *end, uint64_t from)
{
	return (int64_t)(end->head + end->cells - SKY_RESERVED_CELLS - from);
}

static inline struct sky_writer sky_write_begin(struct sky_producer *end)
{
	return (struct sky_writer){
		.descriptors = end->ring->descriptors,
		.cells_at = end->cells_at,
		.first = end->tail,
		.index = (uint32_t)end->tail & (end->cells - 1),
		.room = sky_room(end, end->tail),
		.cells = end->cells,
		.max_frame = end->max_frame,
		.end = end,
	};
}

/* Where the next packet goes; NULL if there is no room. `length` must be 1 to max_frame. */
static inline uint8_t *sky_write(struct sky_writer *w, uint32_t length)
{
	uint32_t need = sky_cells_of(length);
	uint32_t pad = w->index + need > w->cells ? w->cells - w->index : 0;
	uint8_t *cell;

	if (sky_unlikely((int64_t)w->used + pad + need > w->room)) {
		sky_producer_refresh(w->end, w->first + w->used);
		w->room = sky_room(w->end, w->first);
		if ((int64_t)w->used + pad + need > w->room)
			return NULL;
	}
	if (sky_unlikely(pad)) {
		sky_store(&w->descriptors[w->index], (uint64_t)SKY_PAD << 16);
		w->used += pad;
		w->index = 0;
	}
	sky_store(&w->descriptors[w->index], (uint64_t)SKY_PACKET << 16 | length);
	cell = w->cells_at + (size_t)SKY_CELL_BYTES * w->index;
	w->used += need;
	w->index = (w->index + need) & (w->cells - 1);
	return cell;
}

/* Shows the reader everything that was written. */
static inline void sky_write_end(struct sky_writer *w)
{
	if (w->used) {
		w->end->tail = w->first + w->used;
		sky_release(&w->end->ring->tail, w->end->tail); /* P */
	}
}

/* Cells that the reader has not released yet, by its cursor as it is now. */
static inline uint64_t sky_used_cells(struct sky_producer *end)
{
	sky_producer_refresh(end, end->tail);
	return end->tail - end->head;
}

/* Shows packets in place, up to the next mark: where they are and how long. What was shown is not shown again. Returns how many; 0
 * if the ring is empty or faulty, or a mark is next, which is then in `mark`. */
static inline uint16_t sky_peek(struct sky_consumer *end, void **packets, uint32_t *lengths, uint16_t max, uint64_t *bytes)
{
	uint64_t next = end->next, tail = end->tail, total = 0;
	uint32_t left, index;
	uint16_t count = 0;

	end->mark = 0;
	*bytes = 0;
	if (next == tail) {
		tail = sky_consumer_refresh(end);
		if (next == tail)
			return 0;
	}
	left = (uint32_t)(tail - next);
	index = (uint32_t)next & (end->cells - 1);
	while (count < max && left) {
		uint64_t d = sky_load(&end->ring->descriptors[index]); /* once: untrusted */
		uint32_t length = sky_length_of(d), need = sky_cells_of(length);
		unsigned type = sky_type_of(d);

		if (sky_likely(type == SKY_PACKET)) {
			if (sky_unlikely(length == 0 || length > end->max_frame || need > left || index + need > end->cells)) {
				sky_consumer_bad(end, d, tail - left);
				break;
			}
			packets[count] = end->cells_at + (size_t)SKY_CELL_BYTES * index;
			lengths[count++] = length;
			total += length;
		} else if (type == SKY_PAD && index && end->cells - index <= left) {
			need = end->cells - index;
		} else if (type == SKY_MARK) {
			end->mark = d;
			break;
		} else {
			sky_consumer_bad(end, d, tail - left);
			break;
		}
		left -= need;
		index = (index + need) & (end->cells - 1);
	}
	end->next = tail - left;
	*bytes = total;
	return count;
}

/* Gives everything that was shown back to the writer. */
static inline void sky_give_back(struct sky_consumer *end)
{
	if (end->head != end->next) {
		end->head = end->next;
		sky_release(&end->ring->head, end->head); /* C */
	}
}

/* Forgets that anything was shown that was not given back: it will be shown again. */
static inline void sky_unpeek(struct sky_consumer *end)
{
	end->next = end->head;
	end->mark = 0;
}

/* Takes the mark away that the last peek stopped at. */
static inline void sky_take_mark(struct sky_consumer *end)
{
	end->mark = 0;
	end->next++;
	sky_give_back(end);
}

static inline bool sky_is_empty(struct sky_consumer *end)
{
	return end->faulty || (end->next == end->tail && end->next == sky_consumer_refresh(end));
}

static inline bool sky_is_at_limit(const struct sky_consumer *end)
{
	return end->limited && (int64_t)(end->next - end->limit) >= 0;
}

#endif
