/* How a port gets its region: connects to the switch, says hello, and maps what it is welcomed with. */
#ifndef SKYWAY_HELLO_H
#define SKYWAY_HELLO_H

#include "session.h"

#define WHY_BYTES 768
#define TICK_MS 10 /* how soon the switch is obeyed when nothing polls */
#define FIRST_RETRY_MS 50
#define PLUG_MS 12000 /* the host has 10 s to plug a device in, and waits longer for the answer */

int64_t sky_now_ms(void);

/* Whether the port is being closed. */
static inline bool sky_is_stopped(struct sky_session *s)
{
	return sky_transport_rest(&s->transport, 0);
}

/* Connects and opens the port's region; that which the session has, if the switch goes on with it. NULL with a sentence if there is no
 * switch, it refuses, or its region can't be used; then it has
 * hung up. */
struct sky_channel *sky_connect(struct sky_session *s, char *why, size_t size);

#endif
