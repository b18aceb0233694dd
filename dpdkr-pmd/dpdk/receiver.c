#include "receiver.h"

#include <inttypes.h>
#include <stdio.h>

#include "sender.h"

/* Marks come two to a change of a link; more in a row are left for the next poll. */
#define MARKS_PER_POLL (2 * SKY_SLOTS)

static void limit(struct sky_port *port, struct sky_link *link)
{
	struct sky_abi_control *control = port->rx_channel->control;

	if ((uint32_t)sky_acquire(&control->rxLimit[link->slot].epoch) == link->epoch) /* L */
		sky_consumer_limit(&link->in, sky_load(&control->rxLimit[link->slot].cursor));
}

void sky_receiver_limits(struct sky_port *port, uint64_t command)
{
	sky_store(&port->obeyed_limit, command);
	for (unsigned i = 0; i < port->reading_count; i++) {
		struct sky_link *link = port->reading[i];

		limit(port, link);
		/* Whoever learns that the limit is obeyed finds counted what was shown before. */
		sky_store(&port->rx_channel->statistics->rx[link->slot].packets, port->rx_packets[link->slot] + link->held_packets);
	}
	sky_release(&port->rx_channel->control->rxObeyed, command); /* N */
}

void sky_receiver_stop(struct sky_port *port, struct sky_link *link)
{
	link->reading = false;
	link->draining = false;
	for (unsigned i = 0; i < port->reading_count; i++) {
		if (port->reading[i] == link)
			port->reading[i] = port->reading[--port->reading_count];
	}
}

void sky_receiver_release(struct sky_port *port)
{
	struct sky_channel *channel = port->rx_channel;

	if (channel && channel->held) {
		channel->held = false;
		sky_give_back(&channel->from_switch);
	}
	for (unsigned i = 0; i < port->reading_count; i++) {
		struct sky_link *link = port->reading[i];

		if (!link->held)
			continue;
		link->held = false;
		port->rx_packets[link->slot] += link->held_packets;
		port->rx_bytes[link->slot] += link->held_bytes;
		if (channel) {
			sky_store(&channel->statistics->rx[link->slot].packets, port->rx_packets[link->slot]);
			sky_store(&channel->statistics->rx[link->slot].bytes, port->rx_bytes[link->slot]);
		}
		sky_store(&port->rx.bypass_packets, port->rx.bypass_packets + link->held_packets);
		sky_store(&port->rx.bypass_bytes, port->rx.bypass_bytes + link->held_bytes);
		link->held_packets = 0;
		link->held_bytes = 0;
		sky_give_back(&link->in);
	}
}

void sky_receiver_forget(struct sky_port *port)
{
	if (port->rx_channel && port->rx_channel->held) {
		port->rx_channel->held = false;
		sky_unpeek(&port->rx_channel->from_switch);
	}
	for (unsigned i = 0; i < port->reading_count; i++) {
		struct sky_link *link = port->reading[i];

		if (link->held) {
			link->held = false;
			link->held_packets = 0;
			link->held_bytes = 0;
			sky_unpeek(&link->in);
		}
	}
}

static void fail(struct sky_port *port, struct sky_link *link, const char *why)
{
	sky_receiver_stop(port, link);
	sky_link_break(link, SKY_FAULT_IN, why);
}

/* The END mark was written before the mark that we stand at, so it must be among what the bypass ring holds now. A sender that left
 * it out can't make the normal ring wait longer. A ring that is read up to its limit has ended like one with END, which shows when it is
 * read next. */
static bool is_drained(struct sky_port *port, struct sky_link *link)
{
	char why[SKY_FAULT_BYTES];

	if (!link->draining) {
		link->draining = true;
		link->drain_to = sky_consumer_refresh(&link->in);
	}
	if (link->held || sky_is_at_limit(&link->in) || (int64_t)(link->in.next - link->drain_to) < 0)
		return false;
	snprintf(why, sizeof(why), "its bypass ring has no END of epoch %u", link->epoch);
	fail(port, link, why);
	return true;
}

static void begin(struct sky_port *port, struct sky_link *link, uint32_t epoch)
{
	if (link->in.faulty)
		return;
	if (!link->reading)
		port->reading[port->reading_count++] = link;
	link->reading = true;
	link->draining = false;
	link->epoch = epoch;
	link->in.limited = false;
	sky_store(&port->rx.switch_overs, port->rx.switch_overs + 1);
	limit(port, link); /* it may have been ended before it was begun */
}

/* Obeys a mark of the normal ring. False if the normal ring must wait in front of it. */
static bool obey(struct sky_port *port, uint64_t mark)
{
	uint32_t slot = sky_length_of(mark), epoch = sky_epoch_of(mark);
	struct sky_link *link = slot < SKY_SLOTS ? port->links[slot] : NULL;

	if (link && sky_kind_of(mark) == SKY_TO_BYPASS) {
		begin(port, link, epoch);
	} else if (link && sky_kind_of(mark) == SKY_TO_NORMAL) {
		return !link->reading || link->epoch != epoch || is_drained(port, link);
	} else {
		sky_store(&port->skipped_marks, port->skipped_marks + 1);
	}
	return true;
}

static uint16_t read_normal(struct sky_port *port, void **packets, uint32_t *lengths, uint16_t max)
{
	struct sky_channel *channel = port->rx_channel;
	struct sky_consumer *ring;
	uint64_t bytes;

	if (sky_unlikely(!channel))
		return 0;
	ring = &channel->from_switch;
	for (unsigned marks = 0; marks <= MARKS_PER_POLL; marks++) {
		uint16_t count = sky_peek(ring, packets, lengths, max, &bytes);

		if (count) {
			channel->held = true;
			return count;
		}
		if (sky_likely(!ring->mark)) {
			if (sky_unlikely(ring->faulty))
				sky_port_break(port, ring->fault);
			return 0;
		}
		if (channel->held || !obey(port, ring->mark))
			return 0;
		sky_take_mark(ring);
		port->more = true;
	}
	return 0;
}

static void ended(struct sky_port *port, struct sky_link *link)
{
	sky_receiver_stop(port, link);
	if (port->rx_channel)
		sky_release(&port->rx_channel->control->rxEnded[link->slot], (uint64_t)link->epoch); /* E */
	port->more = true; /* the normal ring may have waited for this */
}

static uint16_t read_link(struct sky_port *port, struct sky_link *link, void **packets, uint32_t *lengths, uint16_t max)
{
	uint64_t bytes, mark;
	uint16_t count = sky_peek(&link->in, packets, lengths, max, &bytes);

	if (sky_likely(count)) {
		link->held = true;
		link->held_packets += count;
		link->held_bytes += bytes;
		return count;
	}
	if (link->held)
		return 0;
	mark = link->in.mark;
	if (mark && sky_kind_of(mark) == SKY_END && sky_epoch_of(mark) == link->epoch) {
		sky_take_mark(&link->in);
		ended(port, link);
	} else if (mark) {
		char why[SKY_FAULT_BYTES];

		snprintf(why, sizeof(why), "mark 0x%016" PRIx64 " in its bypass ring is not the END of epoch %u", mark, link->epoch);
		fail(port, link, why);
	} else if (link->in.faulty) {
		fail(port, link, link->in.fault);
	} else if (sky_is_at_limit(&link->in)) {
		ended(port, link); /* the switch ended the epoch for a sender that did not; it replaces the link */
	}
	return 0;
}

static uint16_t read_ring(struct sky_port *port, unsigned ring, void **packets, uint32_t *lengths, uint16_t max)
{
	uint16_t count = 0;

	if (max == 0) {
		port->more = true;
		return 0;
	}
	if (ring == 0)
		count = read_normal(port, packets, lengths, max);
	else if (ring <= port->reading_count) /* fewer than before if one has just ended */
		count = read_link(port, port->reading[ring - 1], packets, lengths, max);
	port->more = port->more || count == max;
	return count;
}

static uint16_t receive_in_turn(struct sky_port *port, void **packets, uint32_t *lengths, uint16_t max, bool share)
{
	unsigned rings = port->reading_count + 1; /* the normal one is number 0 */
	uint16_t count = 0;

	for (unsigned i = 0; i < rings && count < max; i++) {
		unsigned ring = port->turn + i < rings ? port->turn + i : port->turn + i - rings;
		uint16_t left = (uint16_t)(max - count);
		uint16_t most = share ? (uint16_t)(left / (rings - i)) : left;

		count = (uint16_t)(count + read_ring(port, ring, packets + count, lengths + count, most));
	}
	return count;
}

static uint16_t receive(struct sky_port *port, void **packets, uint32_t *lengths, uint16_t max)
{
	uint16_t count;

	if (port->reading_count == 0) {
		count = read_normal(port, packets, lengths, max);
		if (count || port->reading_count == 0)
			return count;
	} else if (port->reading_count == 1 && max > 0 && (!port->rx_channel || sky_is_empty(&port->rx_channel->from_switch))) {
		/* By far the most frequent: all there is to share is one ring's. */
		count = read_link(port, port->reading[0], packets, lengths, max);
		if (count)
			return count;
	}
	port->turn = port->turn + 1 > port->reading_count ? 0 : port->turn + 1;
	port->more = false;
	/* First each ring has its share; then who has more may fill what others left. */
	count = receive_in_turn(port, packets, lengths, max, true);
	if (port->more && count < max)
		count = (uint16_t)(count + receive_in_turn(port, packets + count, lengths + count, (uint16_t)(max - count), false));
	return count;
}

uint16_t sky_receive(struct sky_port *port, void **packets, uint32_t *lengths, uint16_t max)
{
	uint16_t count;

	sky_receiver_release(port);
	if (sky_likely(port->rx_channel)) {
		sky_receiver_follow(port);
		if (sky_unlikely((++port->rx.polls & (SKY_POLLS_PER_SIGN_OF_LIFE - 1)) == 0))
			sky_sign_of_life(port->rx_channel);
	}
	count = receive(port, packets, lengths, max);
	return count;
}
