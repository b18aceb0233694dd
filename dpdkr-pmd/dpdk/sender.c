#include "sender.h"

void sky_sender_abandon(struct sky_port *port, struct sky_link *link)
{
	if (port->bypass == link) {
		port->bypass = NULL;
		port->end_written = false;
		port->blocked = false;
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
		if (link->out.faulty)
			sky_link_break(link, SKY_FAULT_OUT, link->out.fault);
		else if (!port->end_written || !mark_normal(port, SKY_TO_NORMAL, link->slot, port->tx_epoch))
			return false;
	}
	port->bypass = NULL;
	port->end_written = false;
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
