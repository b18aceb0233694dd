/* What can be asked about a port on any thread. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

void sky_session_statistics(const struct sky_session *session, struct skyway_statistics *s)
{
	const struct sky_port *port = &session->port;

	*s = (struct skyway_statistics){
		.rx_packets = sky_load(&port->rx.packets),
		.rx_bytes = sky_load(&port->rx.bytes),
		.tx_packets = sky_load(&port->tx.packets),
		.tx_bytes = sky_load(&port->tx.bytes),
		.tx_refused = sky_load(&port->tx.refused),
		.rx_bypass_packets = sky_load(&port->rx.bypass_packets),
		.rx_bypass_bytes = sky_load(&port->rx.bypass_bytes),
		.tx_bypass_packets = sky_load(&port->tx.bypass_packets),
		.tx_bypass_bytes = sky_load(&port->tx.bypass_bytes),
		.rx_switch_overs = sky_load(&port->rx.switch_overs),
		.tx_switch_overs = sky_load(&port->tx.switch_overs),
		.skipped_marks = sky_load(&port->skipped_marks),
		.reconnections = sky_load(&session->reconnections),
	};
}

bool sky_session_link(struct sky_session *session, unsigned slot, struct skyway_link *answer)
{
	struct sky_port *port = &session->port;
	struct sky_link *link;

	if (slot >= SKY_SLOTS)
		return false;
	sky_lock(&port->tx_lock);
	sky_lock(&port->rx_lock);
	link = port->links[slot];
	if (link) {
		snprintf(answer->name, sizeof(answer->name), "%s", link->name);
		answer->sending = port->bypass == link;
		answer->receiving = link->reading;
	}
	sky_unlock(&port->rx_lock);
	sky_unlock(&port->tx_lock);
	return link != NULL;
}

void sky_session_mac(const char *port, uint8_t address[6])
{
	char name[256 + SKY_NAME_BYTES] = "";
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	if (gethostname(name, 255))
		name[0] = 0;
	name[255] = 0;
	strncat(name, "/", sizeof(name) - strlen(name) - 1);
	strncat(name, port, sizeof(name) - strlen(name) - 1);
	for (const char *c = name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
	address[0] = 0x02; /* locally administered, of one station */
	for (int i = 1; i < 6; i++)
		address[i] = (uint8_t)(hash >> (8 * i));
}
