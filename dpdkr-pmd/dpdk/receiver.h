/* The receiving half of a port: the normal ring, and the bypass ring of each sender that is on one, in turn. All of it under rx_lock.
 *
 * A mark is obeyed only when it is the next record of its ring and nothing of that ring is still in the program's hands, so
 * everything before it was delivered by an earlier burst. */
#ifndef SKYWAY_RECEIVER_H
#define SKYWAY_RECEIVER_H

#include "port.h"

/* Takes notice of limits that the switch has set. */
void sky_receiver_limits(struct sky_port *port, uint64_t command);

/* Stops reading a link, of which nothing is held. */
void sky_receiver_stop(struct sky_port *port, struct sky_link *link);

/* Shows packets in place, after everything that was shown before was given back. */
uint16_t sky_receive(struct sky_port *port, void **packets, uint32_t *lengths, uint16_t max);

/* Gives everything that was shown back to its senders, and counts it. */
void sky_receiver_release(struct sky_port *port);

/* Forgets that anything was shown that was not given back: it will be shown again. */
void sky_receiver_forget(struct sky_port *port);

static inline void sky_receiver_follow(struct sky_port *port)
{
	uint64_t command = sky_acquire(&port->rx_channel->control->rxCommand); /* R */

	if (sky_unlikely(command != port->obeyed_limit))
		sky_receiver_limits(port, command);
}

#endif
