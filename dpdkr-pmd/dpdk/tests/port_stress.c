/* The whole switch-over protocol under full load: two ports with a link, a thread that sends and one that receives at each, one that
 * forwards packets and marks as a switch does, and one that switches both directions on and off as fast as they obey, with limits, while a
 * control thread follows for halves that rest. Rings are small, so they are full most of the time. For builds with sanitizers.
 * Arguments: switch-overs, seed. */
#include <pthread.h>

#include "regions.h"

#define BURST 32
#define PORTS 2

static const unsigned slot_of[PORTS] = { 5, 3 }; /* of the link; they differ, so that a mark with the wrong one is noticed */

struct vnf {
	struct sky_port port;
	struct sky_channel *channel;
	struct sky_consumer from_vnf; /* the switch's ends */
	struct sky_producer to_vnf;
	uint64_t sent, received, forwarded;
	unsigned index;
	pthread_t threads[3];
};

static struct vnf *vnfs[PORTS];
static unsigned sending = 1, running = 1;

static uint32_t length_of(uint64_t number)
{
	return number % 7 == 0 ? 64 + (uint32_t)(number % 1455) : 64;
}

static void rest(uint64_t *polls)
{
	if (++*polls % 16 == 0)
		sched_yield();
}

static void *send_all(void *argument)
{
	struct vnf *v = argument;
	struct sky_port *port = &v->port;
	uint64_t polls = 0;

	while (sky_load(&sending)) {
		struct sky_writer w;
		uint16_t count = 0;
		uint64_t bytes = 0;

		sky_enter(&port->tx_lock);
		if (sky_send_begin(port, &w)) {
			for (; count < BURST; count++) {
				uint64_t number = v->sent + count;
				uint32_t length = length_of(number);
				uint8_t *cell = sky_write(&w, length);

				if (!cell)
					break;
				memset(cell, (int)number & 0xff, length);
				memcpy(cell, &number, sizeof(number));
				bytes += length;
			}
			sky_send_end(port, &w, count, bytes);
		}
		if (count < BURST)
			sky_sender_refused(port, (uint16_t)(BURST - count));
		sky_leave(&port->tx_lock);
		sky_store(&v->sent, v->sent + count);
		rest(&polls);
	}
	return NULL;
}

static void *receive_all(void *argument)
{
	struct vnf *v = argument;
	struct sky_port *port = &v->port;
	uint64_t polls = 0;

	while (sky_load(&running)) {
		void *packets[BURST];
		uint32_t lengths[BURST];
		uint16_t count;

		sky_enter(&port->rx_lock);
		count = sky_receive(port, packets, lengths, BURST);
		if (count && polls % 61 == 0) { /* as if there were no buffers */
			sky_receiver_forget(port);
			count = 0;
		}
		for (uint16_t i = 0; i < count; i++) {
			uint64_t number;

			memcpy(&number, packets[i], sizeof(number));
			if (number != v->received || lengths[i] != length_of(number))
				fail("not the packet that is due", number, v->received);
			if (((uint8_t *)packets[i])[lengths[i] - 1] != (uint8_t)number)
				fail("a packet that is not whole", number, lengths[i]);
			sky_store(&v->received, v->received + 1);
		}
		sky_receiver_release(port);
		sky_leave(&port->rx_lock);
		rest(&polls);
	}
	return NULL;
}

static void *control(void *argument)
{
	struct vnf *v = argument;

	while (sky_load(&running)) {
		sky_port_follow(&v->port, true);
		usleep(200);
	}
	return NULL;
}

/* Takes a burst of one VNF to the other, and marks with the slot of the receiver. */
static void forward(struct vnf *from, struct vnf *to)
{
	void *packets[BURST];
	uint32_t lengths[BURST];
	uint64_t bytes, mark;
	struct sky_writer w;
	uint16_t count = sky_peek(&from->from_vnf, packets, lengths, BURST, &bytes), done = 0;

	mark = from->from_vnf.mark;
	w = sky_write_begin(&to->to_vnf);
	for (; done < count; done++) {
		uint8_t *cell = sky_write(&w, lengths[done]);

		if (!cell)
			break;
		memcpy(cell, packets[done], lengths[done]);
	}
	sky_write_end(&w);
	from->forwarded += done;
	if (done == count) {
		sky_give_back(&from->from_vnf);
	} else { /* the rest is shown again */
		uint64_t head = from->from_vnf.head;
		uint32_t mask = from->from_vnf.cells - 1;

		for (uint16_t i = 0; i < done; i++) {
			if (sky_type_of(sky_load(&from->from_vnf.ring->descriptors[head & mask])) == SKY_PAD)
				head += from->from_vnf.cells - (head & mask);
			head += sky_cells_of(lengths[i]);
		}
		from->from_vnf.next = head;
		sky_give_back(&from->from_vnf);
		return;
	}
	if (count == 0 && mark) {
		if (sky_length_of(mark) != slot_of[from->index])
			fail("a mark of another slot", sky_length_of(mark), slot_of[from->index]);
		if (sky_producer_mark(&to->to_vnf, sky_mark(sky_kind_of(mark), slot_of[to->index], sky_epoch_of(mark))))
			sky_take_mark(&from->from_vnf);
	}
}

static void *switch_all(void *argument)
{
	uint64_t polls = 0;

	while (sky_load(&running)) {
		forward(vnfs[0], vnfs[1]);
		forward(vnfs[1], vnfs[0]);
		rest(&polls);
	}
	return argument;
}

static void await(uint64_t *at, uint64_t value, const char *what)
{
	for (int i = 0; sky_acquire(at) != value; i++) {
		if (i > 600000)
			fail(what, sky_acquire(at), value);
		usleep(50);
	}
}

/* The switch's word that an epoch ends where the sender has obeyed. */
static void limit(struct vnf *to, struct vnf *from, uint32_t epoch, uint64_t command)
{
	struct sky_abi_control *c = to->channel->control;
	unsigned slot = slot_of[to->index];

	sky_store(&c->rxLimit[slot].cursor, sky_acquire(&from->port.links[slot_of[from->index]]->out.ring->tail));
	sky_release(&c->rxLimit[slot].epoch, (uint64_t)epoch);
	sky_release(&c->rxCommand, command);
	await(&c->rxObeyed, command, "a receiver does not take notice");
}

static void toggle(struct vnf *from, struct vnf *to, uint32_t *epoch)
{
	struct sky_abi_control *c = from->channel->control, *r = to->channel->control;
	uint64_t command = (uint64_t)++*epoch << 32 | slot_of[from->index] << 8 | SKY_BYPASS;
	uint32_t began = *epoch;
	uint64_t sent;

	sky_release(&c->txCommand, command);
	await(&c->txObeyed, command, "a sender does not begin");
	if (began % 5 == 0)
		usleep(2000); /* long enough to fill rings */
	command = (uint64_t)++*epoch << 32 | SKY_NORMAL;
	sky_release(&c->txCommand, command);
	await(&c->txObeyed, command, "a sender does not end");
	sent = sky_load(&from->channel->statistics->txPackets);
	limit(to, from, began, command);
	await(&r->rxEnded[slot_of[to->index]], began, "a receiver does not end");
	/* Exact at the very moment: all that was sent has been read, and nothing more. */
	if (sky_load(&to->channel->statistics->rx[slot_of[to->index]].packets) != sent)
		fail("counters differ", sky_load(&to->channel->statistics->rx[slot_of[to->index]].packets), sent);
}

static void open_vnf(unsigned i)
{
	struct vnf *v = aligned_alloc(_Alignof(struct vnf), sizeof(*v));
	struct sky_region_ref ref;
	char name[16], why[600];
	uint8_t *base;

	if (!v)
		fail("no memory", i, 0);
	memset(v, 0, sizeof(*v));
	v->index = i;
	snprintf(name, sizeof(name), "vnf%u", i);
	base = make_region(name, SKY_PORT_MAGIC, &ref);
	sky_port_init(&v->port, name, i == 1); /* both kinds of lock */
	v->channel = calloc(1, sizeof(*v->channel));
	if (!v->channel || sky_channel_open(v->channel, &ref, name, why, sizeof(why)) ||
	    sky_consumer_attach(&v->from_vnf, base + SKY_FIRST_RING_OFFSET, SECOND - SKY_FIRST_RING_OFFSET, "switch", why, sizeof(why)) ||
	    sky_producer_attach(&v->to_vnf, base + SECOND, REGION - SECOND, "switch", why, sizeof(why)))
		fail(why, i, 0);
	sky_port_use(&v->port, v->channel);
	vnfs[i] = v;
}

int main(int count, char **arguments)
{
	int switch_overs = count > 1 ? atoi(arguments[1]) : 500;
	uint32_t epochs[PORTS] = { 0, 1000000 };
	struct sky_region_ref ref;
	pthread_t switching;
	char why[600];

	if (!mkdtemp(folder))
		fail("no folder", 0, 0);
	for (unsigned i = 0; i < PORTS; i++)
		open_vnf(i);
	make_region("link", SKY_LINK_MAGIC, &ref);
	for (unsigned i = 0; i < PORTS; i++) {
		bool later;

		if (!sky_port_attach(&vnfs[i]->port, slot_of[i], &ref, i == 0, "link", &later, why, sizeof(why)))
			fail(why, i, 0);
	}
	pthread_create(&switching, NULL, switch_all, NULL);
	for (unsigned i = 0; i < PORTS; i++) {
		pthread_create(&vnfs[i]->threads[0], NULL, send_all, vnfs[i]);
		pthread_create(&vnfs[i]->threads[1], NULL, receive_all, vnfs[i]);
		pthread_create(&vnfs[i]->threads[2], NULL, control, vnfs[i]);
	}
	for (int n = 0; n < switch_overs; n++)
		toggle(vnfs[n % 2], vnfs[1 - n % 2], &epochs[n % 2]);
	sky_store(&sending, 0);
	for (unsigned i = 0; i < PORTS; i++)
		pthread_join(vnfs[i]->threads[0], NULL);
	for (unsigned i = 0; i < PORTS; i++)
		await(&vnfs[1 - i]->received, vnfs[i]->sent, "packets are missing");
	sky_store(&running, 0);
	pthread_join(switching, NULL);
	for (unsigned i = 0; i < PORTS; i++) {
		struct vnf *v = vnfs[i];
		uint64_t bypassed = sky_load(&v->channel->statistics->txPackets);

		pthread_join(v->threads[1], NULL);
		pthread_join(v->threads[2], NULL);
		if (v->sent != v->forwarded + bypassed || bypassed == 0 || v->forwarded == 0)
			fail("both ways were not used", v->forwarded, bypassed);
		if (v->port.skipped_marks || v->port.broken || v->port.links[slot_of[i]]->fault)
			fail("a fault", v->port.skipped_marks, v->port.broken);
		printf("vnf%u sent %" PRIu64 ", %" PRIu64 " of them past the switch, in %" PRIu64 " switch-overs\n", i, v->sent, bypassed,
		       v->port.tx.switch_overs);
	}
	for (unsigned i = 0; i < PORTS; i++) {
		sky_port_detach(&vnfs[i]->port, slot_of[i]);
		sky_port_use(&vnfs[i]->port, NULL);
		sky_region_unmap(&vnfs[i]->channel->region);
		free(vnfs[i]->channel);
		free(vnfs[i]);
	}
	remove_regions();
	return 0;
}
