#include "port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receiver.h"
#include "sender.h"

static void lock_both(struct sky_port *port)
{
	sky_lock(&port->tx_lock);
	sky_lock(&port->rx_lock);
}

static void unlock_both(struct sky_port *port)
{
	sky_unlock(&port->rx_lock);
	sky_unlock(&port->tx_lock);
}

void sky_port_init(struct sky_port *port, const char *name, bool many_senders)
{
	memset(port, 0, sizeof(*port));
	sky_lock_init(&port->tx_lock, many_senders);
	sky_lock_init(&port->rx_lock, false);
	snprintf(port->name, sizeof(port->name), "%s", name);
}

int sky_channel_open(struct sky_channel *channel, const struct sky_region_ref *ref, const char *port, char *why, size_t size)
{
	struct sky_region *region = &channel->region;
	char name[SKY_NAME_BYTES + 16];
	int result;

	memset(channel, 0, sizeof(*channel));
	result = sky_region_map(region, ref, SKY_PORT_MAGIC, why, size);
	if (result)
		return result;
	channel->control = (struct sky_abi_control *)(region->base + SKY_CONTROL_OFFSET);
	channel->statistics = (struct sky_abi_statistics *)(region->base + SKY_STATISTICS_OFFSET);
	snprintf(name, sizeof(name), "%s/to-switch", port);
	result = sky_producer_attach(&channel->to_switch, region->base + region->first_ring, region->size - region->first_ring, name, why, size);
	snprintf(name, sizeof(name), "%s/from-switch", port);
	if (!result)
		result = sky_consumer_attach(&channel->from_switch, region->base + region->second_ring, region->size - region->second_ring, name, why,
					     size);
	if (result)
		sky_region_unmap(region);
	return result;
}

void sky_port_use(struct sky_port *port, struct sky_channel *channel)
{
	lock_both(port);
	port->tx_channel = channel;
	port->rx_channel = channel;
	port->bypass = NULL;
	port->end_written = false;
	port->returned = false;
	sky_late_drop(port);
	port->blocked = false;
	port->obeyed = 0;
	port->obeyed_limit = 0;
	sky_release(&port->broken, 0u);
	if (channel) {
		/* Counters go on where an earlier VNF of this port stopped: they never go back. */
		port->tx_packets = sky_load(&channel->statistics->txPackets);
		port->tx_bytes = sky_load(&channel->statistics->txBytes);
		port->tx_refused = sky_load(&channel->statistics->txRefused);
		for (unsigned slot = 0; slot < SKY_SLOTS; slot++) {
			port->rx_packets[slot] = sky_load(&channel->statistics->rx[slot].packets);
			port->rx_bytes[slot] = sky_load(&channel->statistics->rx[slot].bytes);
		}
		port->max_frame = channel->to_switch.max_frame;
	}
	unlock_both(port);
}

static int open_link(struct sky_port *port, struct sky_link *link, bool side_a, char *why, size_t size)
{
	struct sky_region *region = &link->region;
	uint64_t out = side_a ? region->first_ring : region->second_ring;
	uint64_t in = side_a ? region->second_ring : region->first_ring;
	char name[SKY_NAME_BYTES + 8];

	snprintf(name, sizeof(name), "%s/out", link->name);
	if (sky_producer_attach(&link->out, region->base + out, region->size - out, name, why, size))
		return -1;
	snprintf(name, sizeof(name), "%s/in", link->name);
	if (sky_consumer_attach(&link->in, region->base + in, region->size - in, name, why, size))
		return -1;
	if (link->out.max_frame != port->max_frame || link->in.max_frame != port->max_frame) {
		snprintf(why, size, "link %s takes frames of %u bytes and gives frames of %u, but the port takes %u; recreate the link", link->name,
			 link->out.max_frame, link->in.max_frame, port->max_frame);
		return -1;
	}
	return 0;
}

struct sky_link *sky_port_attach(struct sky_port *port, unsigned slot, const struct sky_region_ref *ref, bool side_a, const char *name,
				 bool *later, char *why, size_t size)
{
	struct sky_link *link;
	int result;

	*later = false;
	if (slot >= SKY_SLOTS) {
		snprintf(why, size, "port %s has slots 0 to %u, not %u", port->name, SKY_SLOTS - 1, slot);
		return NULL;
	}
	if (port->links[slot]) { /* only this thread changes it */
		snprintf(why, size, "slot %u of port %s has link %s; detach that before attaching %s", slot, port->name, port->links[slot]->name,
			 name);
		return NULL;
	}
	link = calloc(1, sizeof(*link));
	if (!link) {
		snprintf(why, size, "no memory for link %s", name);
		return NULL;
	}
	link->slot = slot;
	snprintf(link->name, sizeof(link->name), "%s", name);
	result = sky_region_map(&link->region, ref, SKY_LINK_MAGIC, why, size);
	if (result == 0)
		result = open_link(port, link, side_a, why, size);
	if (result) {
		*later = result > 0;
		sky_region_unmap(&link->region);
		free(link);
		return NULL;
	}
	lock_both(port);
	port->links[slot] = link;
	unlock_both(port);
	return link;
}

bool sky_port_has_left(struct sky_port *port, unsigned slot)
{
	bool left = true;

	sky_lock(&port->tx_lock);
	if (port->tx_channel && port->bypass && port->bypass == port->links[slot]) {
		sky_sender_follow(port);
		left = !port->bypass || !port->blocked;
	}
	sky_unlock(&port->tx_lock);
	return left;
}

bool sky_port_detach(struct sky_port *port, unsigned slot)
{
	struct sky_link *link;

	lock_both(port);
	link = port->links[slot];
	if (link && link->held) {
		unlock_both(port);
		return false;
	}
	if (link) {
		sky_sender_abandon(port, link);
		sky_receiver_stop(port, link);
		port->links[slot] = NULL;
	}
	unlock_both(port);
	if (link) {
		sky_region_unmap(&link->region);
		free(link);
	}
	return true;
}

void sky_port_follow(struct sky_port *port, bool alive)
{
	/* Channels are this thread's to change, so it may look without a lock whether there is anything to do. */
	const struct sky_channel *channel = port->tx_channel;

	if (!channel)
		return;
	if (sky_acquire(&channel->control->txCommand) != sky_load(&port->obeyed)) {
		sky_lock(&port->tx_lock);
		sky_sender_follow(port);
		sky_unlock(&port->tx_lock);
	}
	if (sky_acquire(&channel->control->rxCommand) != sky_load(&port->obeyed_limit)) {
		sky_lock(&port->rx_lock);
		sky_receiver_follow(port);
		sky_unlock(&port->rx_lock);
	}
	if (alive)
		sky_sign_of_life(port->tx_channel);
}

bool sky_port_check_memory(struct sky_port *port)
{
	char why[sizeof(((struct sky_region *)0)->name) + 40];
	bool found = false;

	for (unsigned slot = 0; slot < SKY_SLOTS; slot++) {
		struct sky_link *link = port->links[slot];

		if (!link || !sky_region_is_cut(&link->region) || (sky_acquire(&link->fault) & SKY_FAULT_CUT))
			continue;
		found = true;
		snprintf(why, sizeof(why), "region %s was cut short", link->region.name);
		lock_both(port);
		sky_sender_abandon(port, link);
		if (!link->held)
			sky_receiver_stop(port, link);
		link->in.faulty = true;
		link->out.faulty = true;
		sky_link_break(link, SKY_FAULT_CUT, why);
		unlock_both(port);
	}
	if (port->tx_channel && sky_region_is_cut(&port->tx_channel->region)) {
		found = true;
		snprintf(why, sizeof(why), "region %s was cut short", port->tx_channel->region.name);
		lock_both(port);
		sky_release(&port->broken, 0u); /* whatever the halves found in it follows from this */
		sky_port_break(port, why);
		unlock_both(port);
	}
	return found;
}

void sky_port_break(struct sky_port *port, const char *why)
{
	unsigned none = 0;

	/* Whoever comes first writes the text; the control thread reads it when it is whole. */
	if (__atomic_compare_exchange_n(&port->broken, &none, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		snprintf(port->broken_text, sizeof(port->broken_text), "%s", why);
		sky_release(&port->broken, 2u);
	}
}

void sky_link_break(struct sky_link *link, unsigned kind, const char *why)
{
	unsigned none = 0;

	if (kind == SKY_FAULT_CUT) {
		/* Under both locks: what the halves found follows from this. */
		snprintf(link->fault_text, sizeof(link->fault_text), "%s", why);
		sky_release(&link->fault, link->fault | SKY_FAULT_CUT);
	} else if (__atomic_compare_exchange_n(&link->fault, &none, kind << 4, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		snprintf(link->fault_text, sizeof(link->fault_text), "%s", why);
		sky_release(&link->fault, kind);
	}
}

bool sky_port_take_fault(struct sky_port *port, unsigned slot, char *text, size_t size)
{
	struct sky_link *link = port->links[slot];
	unsigned fault = link ? sky_acquire(&link->fault) & 7 : 0;

	if (!fault || link->fault_told)
		return false;
	link->fault_told = 1;
	snprintf(text, size, "link %s at slot %u is not used any more: %s; the normal channel goes on", link->name, slot, link->fault_text);
	return true;
}
