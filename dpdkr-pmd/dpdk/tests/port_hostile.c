/* A peer writes whatever it likes into the link region, at any time, and the file is cut short now and then. The port goes on: everything on
 * its normal channel arrives, in order, whatever it is told to do with the link, and no packet is shown that is not within a region. For
 * builds with sanitizers. Arguments: rounds, seed. */
#include "regions.h"

#define SLOT 4
#define BURST 32

static struct sky_port *port;
static struct sky_channel *channel;
static struct sky_consumer from_vnf; /* the switch's ends */
static struct sky_producer to_vnf;
static uint64_t state, delivered, received, noticed;

static uint64_t any(uint64_t below) /* splitmix64 */
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return below ? z % below : z;
}

static void scribble(uint8_t *link)
{
	for (uint64_t n = any(4); n; n--) {
		struct sky_abi_ring *ring = (struct sky_abi_ring *)(link + (any(2) ? SKY_FIRST_RING_OFFSET : SECOND));

		switch (any(4)) {
		case 0: /* a cursor, nearly right or not at all */
			sky_store(any(2) ? &ring->tail : &ring->head, any(4) ? any(64) : any(0));
			break;
		case 1: /* a descriptor that may be right */
			sky_store(&ring->descriptors[any(64)], (1 + any(3)) << 16 | any(128));
			break;
		case 2:
			sky_store(&ring->descriptors[any(CELLS)], any(0));
			break;
		default: /* geometry, which counts only when a ring is attached */
			sky_store(any(2) ? &ring->cells : &ring->maxFrame, (uint32_t)any(0));
		}
	}
}

static bool is_within(const struct sky_region *region, const void *packet, uint32_t length)
{
	const uint8_t *at = packet;

	return region->base && at >= region->base && at + length <= region->base + region->size;
}

static void receive(void)
{
	void *packets[BURST];
	uint32_t lengths[BURST];
	uint16_t count;

	sky_enter(&port->rx_lock);
	count = sky_receive(port, packets, lengths, (uint16_t)(1 + any(BURST)));
	for (uint16_t i = 0; i < count; i++) {
		uint64_t number;

		if (is_within(&channel->region, packets[i], lengths[i])) {
			memcpy(&number, packets[i], sizeof(number));
			if (number != received++)
				fail("not the packet that is due", number, received - 1);
		} else if (!port->links[SLOT] || !is_within(&port->links[SLOT]->region, packets[i], lengths[i]) || lengths[i] > 2048) {
			fail("a packet from nowhere", lengths[i], 0);
		}
	}
	sky_leave(&port->rx_lock);
}

static void send(void)
{
	struct sky_writer w;
	uint16_t count = 0, wanted = (uint16_t)(1 + any(BURST));

	sky_enter(&port->tx_lock);
	if (sky_send_begin(port, &w)) {
		for (; count < wanted; count++) {
			uint32_t length = 1 + (uint32_t)any(2048);
			uint8_t *cell = sky_write(&w, length);

			if (!cell)
				break;
			memset(cell, 1, length);
		}
		sky_send_end(port, &w, count, count);
	}
	if (count < wanted)
		sky_sender_refused(port, (uint16_t)(wanted - count));
	sky_leave(&port->tx_lock);
}

static void deliver(void)
{
	struct sky_writer w = sky_write_begin(&to_vnf);
	uint8_t *cell = sky_write(&w, 64);

	if (cell) {
		memcpy(cell, &delivered, sizeof(delivered));
		delivered++;
	}
	sky_write_end(&w);
}

static void take(void)
{
	void *packets[BURST];
	uint32_t lengths[BURST];
	uint64_t bytes;

	sky_peek(&from_vnf, packets, lengths, BURST, &bytes);
	sky_give_back(&from_vnf);
	if (from_vnf.mark)
		sky_take_mark(&from_vnf);
}

/* Whether the link was found to be faulty. */
static bool run(uint64_t round)
{
	struct sky_region_ref at, link_at;
	struct sky_abi_control *c;
	char name[32], why[600];
	uint8_t *base, *link;
	uint32_t epoch = 0;
	bool later, cut = false, faulty;

	snprintf(name, sizeof(name), "port%" PRIu64, round);
	base = make_region(name, SKY_PORT_MAGIC, &at);
	snprintf(name, sizeof(name), "link%" PRIu64, round);
	link = make_region(name, SKY_LINK_MAGIC, &link_at);
	port = aligned_alloc(_Alignof(struct sky_port), sizeof(*port));
	channel = calloc(1, sizeof(*channel));
	if (!port || !channel)
		fail("no memory", 0, 0);
	sky_port_init(port, "victim", any(2));
	if (sky_channel_open(channel, &at, "victim", why, sizeof(why)) ||
	    sky_consumer_attach(&from_vnf, base + SKY_FIRST_RING_OFFSET, SECOND - SKY_FIRST_RING_OFFSET, "switch", why, sizeof(why)) ||
	    sky_producer_attach(&to_vnf, base + SECOND, REGION - SECOND, "switch", why, sizeof(why)))
		fail(why, 0, 0);
	sky_port_use(port, channel);
	if (!sky_port_attach(port, SLOT, &link_at, any(2), "link", &later, why, sizeof(why)))
		fail(why, 0, 0);
	c = channel->control;
	delivered = received = 0;
	for (int step = 0; step < 400; step++) {
		if (!cut)
			scribble(link);
		if (any(10) == 0)
			sky_release(&c->txCommand, (uint64_t)++epoch << 32 | SLOT << 8 | any(3));
		if (any(10) == 0)
			sky_producer_mark(&to_vnf, sky_mark((enum sky_mark_kind)(1 + any(3)), SLOT, epoch - (uint32_t)any(2)));
		if (any(30) == 0) {
			sky_store(&c->rxLimit[SLOT].cursor, any(64));
			sky_release(&c->rxLimit[SLOT].epoch, (uint64_t)epoch);
			sky_release(&c->rxCommand, (uint64_t)epoch);
		}
		if (!cut && any(1000) == 0) {
			cut = true;
			if (truncate(link_at.path, 0))
				fail("can't cut a file short", 0, 0);
		}
		deliver();
		send();
		take();
		receive();
		sky_port_check_memory(port);
		sky_port_follow(port, true);
	}
	for (int i = 0; i < 4 * CELLS; i++)
		receive();
	if (received != delivered || port->broken)
		fail("packets are missing", received, delivered);
	faulty = port->links[SLOT]->fault != 0;
	noticed += (port->links[SLOT]->fault & SKY_FAULT_CUT) != 0; /* nobody does if the link was given up before */
	sky_enter(&port->rx_lock);
	sky_receiver_release(port);
	sky_leave(&port->rx_lock);
	if (!sky_port_detach(port, SLOT))
		fail("the link is held", 0, 0);
	sky_port_use(port, NULL);
	sky_region_unmap(&channel->region);
	munmap(base, REGION);
	munmap(link, REGION);
	free(channel);
	free(port);
	return faulty;
}

int main(int count, char **arguments)
{
	uint64_t rounds = count > 1 ? strtoull(arguments[1], NULL, 10) : 60, faulty = 0;

	state = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
	if (!mkdtemp(folder))
		fail("no folder", 0, 0);
	for (uint64_t round = 0; round < rounds; round++)
		faulty += run(round);
	remove_regions();
	printf("%" PRIu64 " of %" PRIu64 " links were found faulty, %" PRIu64 " of them cut short\n", faulty, rounds, noticed);
	if (faulty < rounds / 2 || noticed == 0)
		fail("too few faults", faulty, rounds);
	return 0;
}
