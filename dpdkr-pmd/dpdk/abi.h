/* What lies in a region, as bypass-channel/ABI.md has it: structures, constants and words. A test compares each number. */
#ifndef SKYWAY_ABI_H
#define SKYWAY_ABI_H

#include <stddef.h>
#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the regions are little-endian and are used in place"
#endif

#define SKY_PORT_MAGIC 0x50594b53u /* "SKYP" */
#define SKY_LINK_MAGIC 0x4c594b53u /* "SKYL" */
#define SKY_RING_MAGIC 0x52594b53u /* "SKYR" */
#define SKY_REGION_VERSION 2u
#define SKY_RING_VERSION 1u
#define SKY_CONTROL_VERSION 2
#define SKY_CONTROL_OFFSET 1024u
#define SKY_STATISTICS_OFFSET 2048u
#define SKY_FIRST_RING_OFFSET 4096u
#define SKY_SLOTS 16u
#define SKY_CELL_BYTES 64u
#define SKY_MIN_CELLS 512u
#define SKY_MAX_CELLS 1048576u
#define SKY_RESERVED_CELLS 16u
#define SKY_MAX_LINE_BYTES 8192u

/* Bits of a region's `required` that are known here. */
#define SKY_REQUIRED_KNOWN 0u

struct sky_abi_region {
	uint32_t magic;
	uint32_t version;
	uint64_t sizeBytes;
	uint64_t id;
	uint32_t cells;
	uint32_t maxFrame;
	uint64_t firstRing;
	uint64_t secondRing;
	uint32_t features;
	uint32_t required;
};

struct sky_abi_control {
	uint64_t txCommand;
	uint64_t rxCommand;
	uint64_t txLimit;
	uint64_t txRead;
	uint64_t txCut;
	uint8_t pad1[88];
	uint64_t txObeyed;
	uint64_t rxObeyed;
	uint8_t pad2[112];
	uint64_t rxEnded[SKY_SLOTS];
	uint64_t alive;
	uint8_t pad3[120];
	struct {
		uint64_t cursor;
		uint64_t epoch;
	} rxLimit[SKY_SLOTS];
};

struct sky_abi_statistics {
	uint64_t txPackets;
	uint64_t txBytes;
	uint8_t pad1[48];
	struct {
		uint64_t packets;
		uint64_t bytes;
	} rx[SKY_SLOTS];
	uint8_t pad2[192];
	uint64_t txRefused;
};

struct sky_abi_ring {
	uint32_t magic;
	uint32_t version;
	uint32_t cells;
	uint32_t maxFrame;
	uint8_t pad1[112];
	uint64_t tail;
	uint8_t pad2[120];
	uint64_t head;
	uint8_t pad3[248];
	uint64_t descriptors[]; /* `cells` of them, then the cells */
};

_Static_assert(sizeof(struct sky_abi_control) <= SKY_STATISTICS_OFFSET - SKY_CONTROL_OFFSET, "blocks overlap");
_Static_assert(sizeof(struct sky_abi_statistics) <= SKY_FIRST_RING_OFFSET - SKY_STATISTICS_OFFSET, "blocks overlap");

enum sky_type { SKY_PACKET = 1, SKY_MARK = 2, SKY_PAD = 3 };
enum sky_mark_kind { SKY_TO_BYPASS = 1, SKY_TO_NORMAL = 2, SKY_END = 3 };
enum sky_mode { SKY_NORMAL = 0, SKY_BYPASS = 1, SKY_ABANDON = 2 };
enum sky_cut { SKY_CUT_BEGUN = 1, SKY_CUT_RETURNED = 2, SKY_CUT_LOST = 3 }; /* any other: as LOST */

static inline uint64_t sky_mark(enum sky_mark_kind kind, unsigned slot, uint32_t epoch)
{
	return (uint64_t)epoch << 32 | (uint64_t)kind << 24 | (uint64_t)SKY_MARK << 16 | slot;
}

static inline unsigned sky_type_of(uint64_t descriptor)
{
	return (unsigned)(descriptor >> 16) & 0xff;
}

static inline unsigned sky_kind_of(uint64_t mark)
{
	return (unsigned)(mark >> 24) & 0xff;
}

static inline uint32_t sky_length_of(uint64_t descriptor) /* of a mark: its slot */
{
	return (uint32_t)descriptor & 0xffff;
}

static inline uint32_t sky_epoch_of(uint64_t word) /* of a mark or of a command */
{
	return (uint32_t)(word >> 32);
}

static inline enum sky_mode sky_mode_of(uint64_t command)
{
	unsigned mode = command & 0xff;

	return mode == SKY_BYPASS ? SKY_BYPASS : mode == SKY_ABANDON ? SKY_ABANDON : SKY_NORMAL;
}

static inline unsigned sky_slot_of(uint64_t command)
{
	return (unsigned)(command >> 8) & 0xff;
}

static inline uint32_t sky_cells_of(uint32_t length)
{
	return (length + SKY_CELL_BYTES - 1) / SKY_CELL_BYTES;
}

#define sky_acquire(at) __atomic_load_n(at, __ATOMIC_ACQUIRE)
#define sky_release(at, value) __atomic_store_n(at, value, __ATOMIC_RELEASE)
#define sky_load(at) __atomic_load_n(at, __ATOMIC_RELAXED)
#define sky_store(at, value) __atomic_store_n(at, value, __ATOMIC_RELAXED)

/* A store before it and a load behind it stay in order. The thread sanitizer knows of no fences, and does not need this one: both are atomic. */
static inline void sky_fence(void)
{
#ifndef __SANITIZE_THREAD__
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

#define sky_likely(x) __builtin_expect(!!(x), 1)
#define sky_unlikely(x) __builtin_expect(!!(x), 0)

#endif
