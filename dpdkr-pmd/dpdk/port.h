/* A port: its normal channel, its links, a sending half and a receiving half. Each half has a lock, which is hardly ever contended: a
 * program may send and receive on different threads, send from several if it says so, and the control thread changes links and obeys the
 * switch between two bursts without the help of any of them. */
#ifndef SKYWAY_PORT_H
#define SKYWAY_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "lock.h"
#include "region.h"
#include "ring.h"

#define SKY_NAME_BYTES 128

/* The VNF's ends of a port region. */
struct sky_channel {
	struct sky_region region;
	struct sky_abi_control *control;
	struct sky_abi_statistics *statistics;
	struct sky_producer to_switch;
	struct sky_consumer from_switch;
	bool held; /* packets of the last receive burst lie in it */
};

/* This port's end of a link. */
struct sky_link {
	unsigned slot;
	char name[SKY_NAME_BYTES];
	struct sky_region region;
	struct sky_producer out;
	struct sky_consumer in;
	bool reading; /* the bypass ring, since `epoch` */
	uint32_t epoch;
	bool draining; /* the normal ring waits for the end of the epoch, which is in the bypass ring by `drain_to` */
	uint64_t drain_to;
	bool held; /* packets of the last receive burst lie in it */
	uint16_t held_packets;
	uint64_t held_bytes;
	unsigned fault_told; /* faults come from both halves; each is told once */
	unsigned fault;
	char fault_text[SKY_FAULT_BYTES + 100];
};

enum { SKY_FAULT_OUT = 1, SKY_FAULT_IN = 2, SKY_FAULT_CUT = 4 };

struct sky_late;

struct sky_port_counters {
	uint64_t packets;
	uint64_t bytes;
	uint64_t bypass_packets;
	uint64_t bypass_bytes;
	uint64_t switch_overs; /* commands obeyed, or epochs begun */
	uint64_t refused; /* tx: no room */
	uint64_t polls;
};

struct sky_port {
	char name[SKY_NAME_BYTES];

	struct sky_lock tx_lock __attribute__((aligned(128)));
	struct sky_channel *tx_channel; /* NULL: no switch is there */
	struct sky_link *bypass; /* NULL: sends into the normal ring */
	uint32_t tx_epoch;
	bool end_written; /* END is in */
	bool returned; /* TO_NORMAL is in, too */
	struct sky_late *late; /* a burst that was shown after the command to leave; or NULL */
	uint64_t tx_packets_before; /* the present epoch */
	bool blocked; /* a mark waits for room */
	uint64_t obeyed;
	uint64_t tx_packets; /* into bypass rings, as the statistics block has it */
	uint64_t tx_bytes;
	uint64_t tx_refused;
	struct sky_port_counters tx;

	struct sky_lock rx_lock __attribute__((aligned(128)));
	struct sky_channel *rx_channel;
	struct sky_link *reading[SKY_SLOTS];
	unsigned reading_count;
	unsigned turn;
	bool more; /* a ring may have more than it gave */
	uint64_t obeyed_limit;
	uint64_t rx_packets[SKY_SLOTS]; /* from bypass rings, as the statistics block has it */
	uint64_t rx_bytes[SKY_SLOTS];
	uint64_t skipped_marks;
	struct sky_port_counters rx;

	/* Read under either lock, written under both. */
	struct sky_link *links[SKY_SLOTS] __attribute__((aligned(128)));
	uint32_t max_frame;

	unsigned broken; /* the normal channel; set once, told by the control thread */
	char broken_text[SKY_FAULT_BYTES + 100];
};

/* `many_senders`: whether several threads may send at a time. */
void sky_port_init(struct sky_port *port, const char *name, bool many_senders);

/* Opens a port region. The channel must not move in memory. Returns 0, 1 if the device is not there yet, or -1; with a sentence. */
int sky_channel_open(struct sky_channel *channel, const struct sky_region_ref *ref, const char *port, char *why, size_t size);

/* Moves to another normal channel, or to none. Counters go on from what it says. Nothing may be held. Links stay. */
void sky_port_use(struct sky_port *port, struct sky_channel *channel);

/* Opens a link region and attaches it. Returns the link, or NULL with a sentence; `later` is set if the device is not there yet. */
struct sky_link *sky_port_attach(struct sky_port *port, unsigned slot, const struct sky_region_ref *ref, bool side_a, const char *name,
				 bool *later, char *why, size_t size);

/* Obeys, and says whether nothing is to be done any more about the ring of a link that is to be taken away. */
bool sky_port_has_left(struct sky_port *port, unsigned slot);

/* Takes a link away, unmaps and frees it. False if packets in it are held: to be tried again. */
bool sky_port_detach(struct sky_port *port, unsigned slot);

/* Obeys commands and limits without moving packets, and shows a sign of life if `alive`. */
void sky_port_follow(struct sky_port *port, bool alive);

/* Gives up regions that were cut short. Whether it found one. */
bool sky_port_check_memory(struct sky_port *port);

/* What is wrong with a link that nobody was told of yet: a sentence in `text`, and true. */
bool sky_port_take_fault(struct sky_port *port, unsigned slot, char *text, size_t size);

/* Notes that the normal channel is of no use. Under either lock. */
void sky_port_break(struct sky_port *port, const char *why);

/* Notes that the peer of a link broke it. Under the lock of the half that found it. */
void sky_link_break(struct sky_link *link, unsigned kind, const char *why);

#endif
