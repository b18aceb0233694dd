/* The sending half of a port: one ring at a time, as the transmit command says. All of it under tx_lock.
 *
 * A change of rings takes up to three marks, each of which may have to wait for room. Until the last of them is in, nothing is sent
 * and the command is not acknowledged, so both neighbours see every packet on the right side of the marks. A newer command may come
 * in between; what was begun is ended first.
 *
 * Who is stopped between its look at the command and the end of its burst shows that burst when it goes on, and the switch may have cut
 * it off by then. So it looks once more behind each burst, and keeps one that it was to send elsewhere, in memory of its own, because the
 * receiver can write the ring's. This look needs no fence: of a command that it is too early to see, the deadline is still to come. */
#ifndef SKYWAY_SENDER_H
#define SKYWAY_SENDER_H

#include "port.h"

#define SKY_POLLS_PER_SIGN_OF_LIFE 1024 /* a power of two */

void sky_sender_obey(struct sky_port *port, uint64_t command);

/* Stops using a link without touching its ring again. */
void sky_sender_abandon(struct sky_port *port, struct sky_link *link);

/* Begins to keep a burst of `packets` that was just written; `bytes` is the sum of their lengths. False if there is no memory. */
bool sky_late_begin(struct sky_port *port, const struct sky_writer *writer, uint16_t packets, uint64_t bytes);

/* Where the copy of its next packet goes. */
uint8_t *sky_late_add(struct sky_port *port, uint32_t length);

/* Forgets the burst that is kept, if there is one. */
void sky_late_drop(struct sky_port *port);

/* Counts what was refused, and looks whether a ring is faulty. */
void sky_sender_refused(struct sky_port *port, uint16_t count);

static inline void sky_sender_follow(struct sky_port *port)
{
	uint64_t command = sky_acquire(&port->tx_channel->control->txCommand); /* T */

	if (sky_unlikely(command != port->obeyed))
		sky_sender_obey(port, command);
}

static inline void sky_sign_of_life(struct sky_channel *channel)
{
	__atomic_fetch_add(&channel->control->alive, 1, __ATOMIC_RELAXED);
}

/* Begins a burst. False if nothing can be sent now. */
static inline bool sky_send_begin(struct sky_port *port, struct sky_writer *writer)
{
	if (sky_unlikely(!port->tx_channel))
		return false;
	sky_sender_follow(port);
	if (sky_unlikely((++port->tx.polls & (SKY_POLLS_PER_SIGN_OF_LIFE - 1)) == 0))
		sky_sign_of_life(port->tx_channel);
	if (sky_unlikely(port->blocked))
		return false;
	*writer = sky_write_begin(port->bypass ? &port->bypass->out : &port->tx_channel->to_switch);
	return true;
}

/* Ends a burst: counts, then publishes. Whoever sees a packet finds it counted. True if the burst is to be kept: sky_late_begin. */
static inline bool sky_send_end(struct sky_port *port, struct sky_writer *writer, uint16_t packets, uint64_t bytes)
{
	if (port->bypass) {
		sky_store(&port->tx_channel->statistics->txPackets, port->tx_packets += packets);
		sky_store(&port->tx_channel->statistics->txBytes, port->tx_bytes += bytes);
		sky_store(&port->tx.bypass_packets, port->tx.bypass_packets + packets);
		sky_store(&port->tx.bypass_bytes, port->tx.bypass_bytes + bytes);
	}
	sky_write_end(writer);
	sky_store(&port->tx.packets, port->tx.packets + packets);
	sky_store(&port->tx.bytes, port->tx.bytes + bytes);
	return sky_unlikely(port->bypass && packets && sky_acquire(&port->tx_channel->control->txCommand) != port->obeyed); /* T */
}

#endif
