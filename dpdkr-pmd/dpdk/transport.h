/* How control messages travel: over the UNIX socket of the switch's run directory, or a virtio-serial port of this guest. Lines in,
 * lines out; nothing waits longer than it is told to, and whoever stops the port ends every wait. */
#ifndef SKYWAY_TRANSPORT_H
#define SKYWAY_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"

struct sky_transport {
	bool guest; /* over virtio-serial */
	char path[108]; /* of the socket, or of the device */
	int fd; /* -1 if it is not open */
	int stop_fd; /* readable when the port is being closed */
	size_t have; /* bytes in `buffer` */
	char buffer[SKY_MAX_LINE_BYTES];
};

enum sky_heard {
	SKY_HEARD, /* a message */
	SKY_NOTHING, /* in time */
	SKY_OVER, /* the other side closed the connection; in a guest: nobody on the host has the port open */
	SKY_BROKEN, /* it broke, or what came is no message: a sentence is in `why` */
};

/* Opens it. Returns 0, or -1 with a sentence. */
int sky_transport_open(struct sky_transport *transport, char *why, size_t size);

void sky_transport_close(struct sky_transport *transport);

/* Waits for a message. */
enum sky_heard sky_transport_hear(struct sky_transport *transport, struct sky_message *message, int timeout_ms, char *why, size_t size);

/* Sends a line, which ends with a line feed. Returns 0, or -1 with a sentence if the other side does not take it in 2 s. */
int sky_transport_say(struct sky_transport *transport, const char *line, char *why, size_t size);

/* Waits without hearing; true if the port is being closed. */
bool sky_transport_rest(struct sky_transport *transport, int milliseconds);

#endif
