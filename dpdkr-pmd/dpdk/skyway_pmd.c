#define _GNU_SOURCE
#include "skyway_pmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "receiver.h"
#include "sender.h"
#include "session.h"

#define BURST 64

_Static_assert(SKYWAY_SLOTS == SKY_SLOTS, "the ABI's slots");

struct skyway_port {
	struct sky_session session;
};

const char *skyway_version(void)
{
	return "1";
}

int skyway_open(const char *name, const struct skyway_options *options, struct skyway_port **opened, char *why, size_t size)
{
	static const struct skyway_options none;
	struct skyway_port *port = aligned_alloc(_Alignof(struct skyway_port), sizeof(*port));

	*opened = NULL;
	if (!port) {
		snprintf(why, size, "no memory for port %s", name ? name : "");
		return -1;
	}
	if (sky_session_open(&port->session, name, options ? options : &none, true, why, size)) {
		free(port);
		return -1;
	}
	*opened = port;
	return 0;
}

void skyway_close(struct skyway_port *port)
{
	if (port) {
		sky_session_close(&port->session);
		free(port);
	}
}

uint16_t skyway_rx_burst(struct skyway_port *opened, struct skyway_packet *packets, uint16_t max)
{
	struct sky_port *port = &opened->session.port;
	void *data[BURST];
	uint32_t lengths[BURST];
	uint64_t bytes = 0;
	uint16_t count;

	sky_enter(&port->rx_lock);
	count = sky_receive(port, data, lengths, max < BURST ? max : BURST);
	for (uint16_t i = 0; i < count; i++) {
		packets[i] = (struct skyway_packet){ data[i], lengths[i] };
		bytes += lengths[i];
	}
	sky_store(&port->rx.packets, port->rx.packets + count);
	sky_store(&port->rx.bytes, port->rx.bytes + bytes);
	sky_leave(&port->rx_lock);
	return count;
}

void skyway_release(struct skyway_port *opened)
{
	struct sky_port *port = &opened->session.port;

	sky_enter(&port->rx_lock);
	sky_receiver_release(port);
	sky_leave(&port->rx_lock);
}

static void keep(struct sky_port *port, const struct sky_writer *writer, const struct skyway_packet *packets, uint16_t taken,
		 uint16_t sent, uint64_t bytes)
{
	if (!sky_late_begin(port, writer, sent, bytes))
		return;
	for (uint16_t i = 0; i < taken; i++) {
		uint32_t length = packets[i].length;

		if (length != 0 && length <= writer->max_frame)
			memcpy(sky_late_add(port, length), packets[i].data, length);
	}
}

uint16_t skyway_tx_burst(struct skyway_port *opened, const struct skyway_packet *packets, uint16_t count)
{
	struct sky_port *port = &opened->session.port;
	struct sky_writer writer;
	uint16_t taken = 0, sent = 0;
	uint64_t bytes = 0;

	sky_enter(&port->tx_lock);
	if (sky_send_begin(port, &writer)) {
		for (; taken < count; taken++) {
			uint32_t length = packets[taken].length;
			uint8_t *cell;

			if (length == 0 || length > writer.max_frame)
				continue;
			cell = sky_write(&writer, length);
			if (!cell)
				break;
			memcpy(cell, packets[taken].data, length);
			bytes += length;
			sent++;
		}
		if (sky_send_end(port, &writer, sent, bytes))
			keep(port, &writer, packets, taken, sent, bytes);
	}
	if (taken < count)
		sky_sender_refused(port, (uint16_t)(count - taken));
	sky_leave(&port->tx_lock);
	return taken;
}

bool skyway_tx_drained(struct skyway_port *opened)
{
	struct sky_port *port = &opened->session.port;
	bool drained = true;

	sky_enter(&port->tx_lock);
	if (port->tx_channel) {
		sky_sender_follow(port);
		drained = !port->blocked && sky_used_cells(&port->tx_channel->to_switch) == 0 &&
			(!port->bypass || sky_used_cells(&port->bypass->out) == 0);
	}
	sky_leave(&port->tx_lock);
	return drained;
}

uint32_t skyway_max_frame(const struct skyway_port *port)
{
	return sky_load(&port->session.port.max_frame);
}

bool skyway_is_up(const struct skyway_port *port)
{
	return sky_session_is_up(&port->session);
}

const char *skyway_name(const struct skyway_port *port)
{
	return port->session.port.name;
}

void skyway_mac(const struct skyway_port *port, uint8_t address[6])
{
	sky_session_mac(port->session.port.name, address);
}

void skyway_statistics(const struct skyway_port *opened, struct skyway_statistics *s)
{
	sky_session_statistics(&opened->session, s);
}

bool skyway_link(struct skyway_port *opened, unsigned slot, struct skyway_link *link)
{
	return sky_session_link(&opened->session, slot, link);
}
