#include "sender.h"

#include <stdlib.h>
#include <string.h>

struct sky_late {
	uint64_t start; /* where in the bypass ring it begins */
	uint64_t before; /* packets of the epoch before it */
	uint16_t count;
	uint16_t next;
	uint8_t *end; /* where the copy of the next packet goes */
	uint8_t *at; /* where `next` is */
	uint32_t lengths[];
};

bool sky_late_begin(struct sky_port *port, const struct sky_writer *writer, uint16_t packets, uint64_t bytes)
{
	struct sky_late *late = malloc(sizeof(*late) + packets * sizeof(late->lengths[0]) + bytes);

	sky_late_drop(port);
	if (!late)
		return false;
	late->start = writer->first;
	late->before = port->tx_packets - packets - port->tx_packets_before;
	late->count = 0;
	late->next = 0;
	late->at = (uint8_t *)(late->lengths + packets);
	late->end = late->at;
	port->late = late;
	return true;
}

uint8_t *sky_late_add(struct sky_port *port, uint32_t length)
{
	struct sky_late *late = port->late;
	uint8_t *at = late->end;

	late->lengths[late->count++] = length;
	late->end += length;
	return at;
}

void sky_late_drop(struct sky_port *port)
{
	free(port->late);
	port->late = NULL;
}

/* What the switch has cut off goes the normal way, and was not bypassed. False if it is not known yet, or found no room; to be tried
 * again. */
static bool send_again(struct sky_port *port)
{
	struct sky_channel *channel = port->tx_channel;
	struct sky_abi_control *control = channel->control;
	struct sky_late *late = port->late;
	struct sky_writer writer;
	uint64_t word, packets = 0, bytes = 0;
	int64_t read;

	if (!late)
		return true;
	sky_fence(); /* between END and X */
	word = sky_acquire(&control->txCut); /* X */
	if ((uint32_t)word != port->tx_epoch)
		return true;
	if (word >> 32 != SKY_CUT_RETURNED)
		return word >> 32 != SKY_CUT_BEGUN;
	if ((int64_t)(late->start - sky_load(&control->txLimit)) < 0)
		return true;
	read = (int64_t)(sky_load(&control->txRead) - late->before);
	while (late->next < late->count && late->next < read)
		late->at += late->lengths[late->next++];
	writer = sky_write_begin(&channel->to_switch);
	for (; late->next < late->count; late->next++) {
		uint32_t length = late->lengths[late->next];
		uint8_t *cell = sky_write(&writer, length);

		if (!cell)
			break;
		memcpy(cell, late->at, length);
		late->at += length;
		packets++;
		bytes += length;
	}
	sky_write_end(&writer);
	sky_store(&channel->statistics->txPackets, port->tx_packets -= packets);
	sky_store(&channel->statistics->txBytes, port->tx_bytes -= bytes);
	sky_store(&port->tx.bypass_packets, port->tx.bypass_packets - packets);
	sky_store(&port->tx.bypass_bytes, port->tx.bypass_bytes - bytes);
	if (channel->to_switch.faulty)
		sky_port_break(port, channel->to_switch.fault);
	return late->next == late->count;
}

void sky_sender_abandon(struct sky_port *port, struct sky_link *link)
{
	if (port->bypass == link) {
		port->bypass = NULL;
		port->end_written = false;
		port->returned = false;
		port->blocked = false;
		sky_late_drop(port);
	}
}

/* False if it finds no room; to be tried again. */
static bool mark_normal(struct sky_port *port, enum sky_mark_kind kind, unsigned slot, uint32_t epoch)
{
	struct sky_producer *normal = &port->tx_channel->to_switch;

	if (sky_producer_mark(normal, sky_mark(kind, slot, epoch)))
		return true;
	if (normal->faulty)
		sky_port_break(port, normal->fault);
	return false;
}

/* False if a mark found no room; to be tried again. */
static bool leave(struct sky_port *port, bool abandon)
{
	struct sky_link *link = port->bypass;

	if (!abandon) {
		port->end_written = port->end_written || sky_producer_mark(&link->out, sky_mark(SKY_END, link->slot, port->tx_epoch));
		port->returned = port->returned ||
			(port->end_written && !link->out.faulty && mark_normal(port, SKY_TO_NORMAL, link->slot, port->tx_epoch));
		if (link->out.faulty)
			sky_link_break(link, SKY_FAULT_OUT, link->out.fault);
		else if (!port->returned || !send_again(port))
			return false;
	}
	port->bypass = NULL;
	port->end_written = false;
	port->returned = false;
	sky_late_drop(port);
	return true;
}

void sky_sender_obey(struct sky_port *port, uint64_t command)
{
	enum sky_mode mode = sky_mode_of(command);

	port->blocked = true;
	if (port->bypass && !leave(port, mode == SKY_ABANDON))
		return;
	if (mode == SKY_BYPASS) {
		unsigned slot = sky_slot_of(command);
		struct sky_link *link = slot < SKY_SLOTS ? port->links[slot] : NULL;

		if (!link || link->out.faulty) {
			/* Not acknowledged, so the switch gives this link up; until then nothing changes. */
			port->blocked = false;
			return;
		}
		if (!mark_normal(port, SKY_TO_BYPASS, slot, sky_epoch_of(command)))
			return;
		port->bypass = link;
		port->tx_epoch = sky_epoch_of(command);
		port->tx_packets_before = port->tx_packets;
	}
	port->blocked = false;
	sky_store(&port->obeyed, command);
	sky_store(&port->tx.switch_overs, port->tx.switch_overs + 1);
	sky_release(&port->tx_channel->control->txObeyed, command); /* O */
}

void sky_sender_refused(struct sky_port *port, uint16_t count)
{
	struct sky_channel *channel = port->tx_channel;

	sky_store(&port->tx.refused, port->tx.refused + count);
	if (!channel)
		return;
	sky_store(&channel->statistics->txRefused, port->tx_refused += count);
	if (channel->to_switch.faulty)
		sky_port_break(port, channel->to_switch.fault);
	if (port->bypass && port->bypass->out.faulty) {
		sky_link_break(port->bypass, SKY_FAULT_OUT, port->bypass->out.fault);
		sky_sender_abandon(port, port->bypass);
	}
}
