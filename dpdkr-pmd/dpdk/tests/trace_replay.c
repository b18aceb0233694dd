/* Does what a sender and receivers of the model of switch-overs did, and compares. Lines on standard input, as the class Traces of the
 * experiments has them; prints how many were replayed.
 *
 * The model is finer than a call of the driver: so that the driver stops where the model does, a ring has no room but for the mark that
 * is due, the command in force is the one that the sender looked at, and a record is put into a normal ring when it is read. */
#define fail receiver_fails
#define obey receiver_obeys
#include "../receiver.c"
#undef fail
#undef obey
#include "regions.h"

#define LINKS 2 /* and as many receivers */
#define FILLER ((uint64_t)SKY_MARK << 16) /* of no kind: keeps a ring full */

struct party {
	struct sky_port *port;
	struct sky_channel channel;
	uint8_t *port_base;
	uint8_t *link_base[LINKS];
	struct sky_region_ref link_at[LINKS];
	struct sky_producer normal_in, link_in[LINKS]; /* what others write for it to read */
	bool waits; /* the next record of its normal ring is there already */
};

static struct party sender, receivers[LINKS];
static struct sky_writer writer;
static unsigned long line_number;
static unsigned made;

static void expect(const char *what, uint64_t found, uint64_t expected)
{
	if (found != expected) {
		fprintf(stderr, "FAILED: line %lu: %s is %" PRIx64 " and was %" PRIx64 " in the model\n", line_number, what, found, expected);
		exit(1);
	}
}

static void begin_party(struct party *party, bool receives)
{
	struct sky_region_ref at;
	char name[32], why[600];

	memset(party, 0, sizeof(*party));
	snprintf(name, sizeof(name), "port%u", made);
	party->port_base = make_region(name, SKY_PORT_MAGIC, &at);
	party->port = aligned_alloc(_Alignof(struct sky_port), sizeof(*party->port));
	if (!party->port)
		fail("no memory", 0, 0);
	sky_port_init(party->port, "party", false);
	if (sky_channel_open(&party->channel, &at, "party", why, sizeof(why)) ||
	    sky_producer_attach(&party->normal_in, party->port_base + SECOND, REGION - SECOND, "switch", why, sizeof(why)))
		fail(why, 0, 0);
	sky_port_use(party->port, &party->channel);
	unlink(at.path);
	for (unsigned slot = 0; slot < LINKS; slot++) {
		snprintf(name, sizeof(name), "link%u-%u", made, slot);
		party->link_base[slot] = make_region(name, SKY_LINK_MAGIC, &party->link_at[slot]);
		if (receives && sky_producer_attach(&party->link_in[slot], party->link_base[slot] + SKY_FIRST_RING_OFFSET,
						    SECOND - SKY_FIRST_RING_OFFSET, "sender", why, sizeof(why)))
			fail(why, 0, 0);
	}
	made++;
}

static void end_party(struct party *party)
{
	if (!party->port)
		return;
	for (unsigned slot = 0; slot < LINKS; slot++) {
		sky_receiver_release(party->port);
		if (!sky_port_detach(party->port, slot))
			fail("a link is held", slot, 0);
		munmap(party->link_base[slot], REGION);
		unlink(party->link_at[slot].path);
	}
	sky_port_use(party->port, NULL);
	sky_region_unmap(&party->channel.region);
	munmap(party->port_base, REGION);
	free(party->port);
	party->port = NULL;
}

static void end_all(void)
{
	end_party(&sender);
	for (int r = 0; r < LINKS; r++)
		end_party(&receivers[r]);
}

/* What is left in a ring reaches nobody, as at a link that is taken out. */
static void attach(struct party *party, unsigned slot, bool side_a)
{
	struct sky_abi_ring *ring = (struct sky_abi_ring *)(party->link_base[slot] + SKY_FIRST_RING_OFFSET);
	char why[600];
	bool later;

	sky_store(&ring->head, sky_load(&ring->tail));
	if (!sky_port_attach(party->port, slot, &party->link_at[slot], side_a, "link", &later, why, sizeof(why)))
		fail(why, slot, 0);
}

static void detach(struct party *party, unsigned slot)
{
	if (!sky_port_detach(party->port, slot))
		fail("the link is held", slot, line_number);
}

static void fill(struct sky_producer *ring)
{
	while (sky_producer_mark(ring, FILLER))
		;
	expect("whether the reader is sound", ring->faulty, false);
}

/* The reader, which is this program, makes room. */
static void make_room(struct sky_producer *ring, unsigned cells)
{
	sky_release(&ring->ring->head, sky_load(&ring->ring->tail) - ring->cells + cells);
}

/* The one record that was written since, if it is no filler. */
static uint64_t written_since(const struct sky_producer *ring, uint64_t since)
{
	uint64_t found = 0;

	for (; since != ring->tail; since++) {
		uint64_t d = sky_load(&ring->ring->descriptors[since & (ring->cells - 1)]);

		if (found)
			fail("more than one record was written", line_number, d);
		found = d;
	}
	return found;
}

static uint32_t cell_at(const struct sky_producer *ring, uint64_t cursor)
{
	uint32_t number;

	memcpy(&number, ring->cells_at + SKY_CELL_BYTES * (cursor & (ring->cells - 1)), sizeof(number));
	return number;
}

static void obey(const char *rest)
{
	struct sky_port *port = sender.port;
	struct sky_producer *normal = &sender.channel.to_switch, *ring = NULL, *used = port->bypass ? &port->bypass->out : NULL;
	uint64_t command, mark, obeyed, since, used_since = 0, normal_since;
	int slot, blocked;
	char where[8];

	if (sscanf(rest, "%" SCNx64 " %7s = %" SCNx64 " %" SCNx64 " %d %d", &command, where, &mark, &obeyed, &slot, &blocked) != 6)
		fail("no line of a trace", line_number, 0);
	fill(normal);
	normal_since = normal->tail;
	if (used) {
		fill(used);
		used_since = used->tail;
	}
	if (where[0] == 'n')
		ring = normal;
	else if (where[0] == 'p')
		ring = normal;
	else if (where[0] != '-')
		ring = used;
	if (ring)
		make_room(ring, where[0] == 'p' ? SKY_RESERVED_CELLS + 1 : 1);
	else if (where[0] != '-')
		fail("there is no bypass in use", line_number, 0);
	sky_release(&sender.channel.control->txCommand, command);
	since = ring == used ? used_since : normal_since;
	sky_sender_follow(port);
	if (ring)
		expect("the record", written_since(ring, since), mark);
	if (where[0] == 'p')
		expect("the packet that is sent again", cell_at(normal, since), strtoull(where + 1, NULL, 10));
	if (ring != normal)
		expect("what is in the normal ring", written_since(normal, normal_since), 0);
	if (used && ring != used && port->bypass)
		expect("what is in the bypass ring", written_since(used, used_since), 0);
	expect("the command that is obeyed", sky_load(&sender.channel.control->txObeyed), obeyed);
	expect("the slot in use", (uint64_t)(port->bypass ? (int)port->bypass->slot : -1), (uint64_t)slot);
	expect("whether it is blocked", port->blocked, (uint64_t)blocked);
}

static void send_packet(uint32_t number, int slot)
{
	struct sky_port *port = sender.port;
	struct sky_producer *ring = &sender.channel.to_switch;
	uint8_t *cell;

	expect("the slot in use", (uint64_t)(port->bypass ? (int)port->bypass->slot : -1), (uint64_t)slot);
	if (port->bypass)
		ring = &port->bypass->out;
	fill(ring);
	make_room(ring, SKY_RESERVED_CELLS + 1);
	/* It looks at its command in each call, and in the model it did not here. */
	sky_release(&sender.channel.control->txCommand, port->obeyed);
	expect("whether it may send", sky_send_begin(port, &writer), true);
	expect("where it writes", writer.end == ring, true);
	cell = sky_write(&writer, 64);
	expect("whether there is room", cell != NULL, true);
	memcpy(cell, &number, sizeof(number));
}

/* `command` is in force by now. */
static void publish(uint64_t command)
{
	uint64_t since = writer.end->tail;
	bool late;

	sky_release(&sender.channel.control->txCommand, command);
	late = sky_send_end(sender.port, &writer, 1, 64);
	expect("what was sent", written_since(writer.end, since), (uint64_t)SKY_PACKET << 16 | 64);
	expect("whether it is kept", late, sender.port->bypass && command != sender.port->obeyed);
	if (late) {
		uint32_t number = cell_at(writer.end, since);

		expect("whether there is memory", sky_late_begin(sender.port, &writer, 1, 64), true);
		memcpy(sky_late_add(sender.port, 64), &number, sizeof(number));
	}
}

/* The model numbers packets from 0; marks are larger. */
static void put(struct sky_producer *ring, uint64_t item)
{
	if (sky_kind_of(item)) {
		expect("whether a mark finds room", sky_producer_mark(ring, item), true);
	} else {
		struct sky_writer w = sky_write_begin(ring);
		uint8_t *cell = sky_write(&w, 64);

		expect("whether a packet finds room", cell != NULL, true);
		memcpy(cell, &item, sizeof(item));
		sky_write_end(&w);
	}
}

static uint64_t number_of(void *packet)
{
	uint64_t number;

	memcpy(&number, packet, sizeof(number));
	return number;
}

static void read_a_normal(struct party *party, unsigned slot, const char *rest)
{
	struct sky_port *port = party->port;
	struct sky_link *link = port->links[slot];
	uint64_t item, head;
	unsigned taken, reading, epoch;
	void *packet;
	uint32_t length;

	if (sscanf(rest, "%" SCNx64 " = %u %u %u", &item, &taken, &reading, &epoch) != 4)
		fail("no line of a trace", line_number, 0);
	if (!party->waits)
		put(&party->normal_in, item);
	head = party->channel.from_switch.head;
	if (read_normal(port, &packet, &length, 1)) {
		expect("the packet", number_of(packet), item);
		sky_receiver_release(port);
	}
	expect("whether it was taken", party->channel.from_switch.head - head, taken);
	party->waits = !taken;
	link = port->links[slot];
	expect("whether the bypass is read", link && link->reading, reading);
	if (reading)
		expect("the epoch that is read", link->epoch, epoch);
}

static void read_a_bypass(struct party *party, unsigned slot, const char *rest)
{
	struct sky_port *port = party->port;
	struct sky_link *link = port->links[slot];
	char took[32];
	uint64_t next;
	unsigned reading, ended_epoch;
	void *packet;
	uint32_t length;

	if (sscanf(rest, "= %31s %u %u", took, &reading, &ended_epoch) != 3)
		fail("no line of a trace", line_number, 0);
	expect("whether the bypass was read", link && link->reading, true);
	next = link->in.next;
	if (read_link(port, link, &packet, &length, 1)) {
		expect("the packet", number_of(packet), strtoull(took, NULL, 16));
		sky_receiver_release(port);
	} else if (took[0] != '-') {
		expect("whether a mark was read", sky_kind_of(strtoull(took, NULL, 16)) != 0, true);
	}
	expect("what was taken", link->in.next - next, took[0] != '-');
	expect("whether the bypass is read", link->reading, reading);
	if (!reading)
		expect("the epoch that is over", sky_load(&party->channel.control->rxEnded[slot]), ended_epoch);
}

static void of_sender(const char *rest)
{
	struct sky_abi_control *control = sender.channel.control;
	uint64_t word, read;
	int64_t behind;
	unsigned number;
	int slot;

	if (sscanf(rest, "attach %d", &slot) == 1) {
		attach(&sender, (unsigned)slot, true);
	} else if (sscanf(rest, "detach %d", &slot) == 1) {
		detach(&sender, (unsigned)slot);
	} else if (sscanf(rest, "send %u", &number) == 1) {
		send_packet(number, -1);
		publish(sender.port->obeyed);
	} else if (sscanf(rest, "write %u %d", &number, &slot) == 2) {
		send_packet(number, slot);
	} else if (sscanf(rest, "publish %" SCNx64, &word) == 1) {
		publish(word);
	} else if (sscanf(rest, "cut %" SCNx64 " %" SCNi64 " %" SCNu64, &word, &behind, &read) == 3) {
		/* Here there are fillers in the ring, too. */
		sky_store(&control->txLimit, writer.first - (uint64_t)behind);
		sky_store(&control->txRead, read);
		sky_release(&control->txCut, word);
	} else if (!strncmp(rest, "obey ", 5)) {
		obey(rest + 5);
	} else {
		fail("no line of a trace", line_number, 0);
	}
}

static void of_receiver(struct party *party, unsigned slot, const char *rest)
{
	struct sky_abi_control *control = party->channel.control;
	uint64_t a, b;

	if (!strncmp(rest, "attach", 6)) {
		attach(party, slot, false);
	} else if (!strncmp(rest, "detach", 6)) {
		detach(party, slot);
	} else if (sscanf(rest, "item %" SCNx64, &a) == 1) {
		put(&party->link_in[slot], a);
	} else if (sscanf(rest, "limit %" SCNu64 " %" SCNu64, &a, &b) == 2) {
		sky_store(&control->rxLimit[slot].cursor, a);
		sky_release(&control->rxLimit[slot].epoch, b);
	} else if (sscanf(rest, "command %" SCNu64, &a) == 1) {
		sky_release(&control->rxCommand, a);
	} else if (sscanf(rest, "follow = %" SCNu64, &a) == 1) {
		sky_receiver_follow(party->port);
		expect("the limit that is obeyed", sky_load(&control->rxObeyed), a);
	} else if (!strncmp(rest, "normal ", 7)) {
		read_a_normal(party, slot, rest + 7);
	} else if (!strncmp(rest, "bypass ", 7)) {
		read_a_bypass(party, slot, rest + 7);
	} else {
		fail("no line of a trace", line_number, 0);
	}
}

int main(void)
{
	static char line[256];
	unsigned long ways = 0;

	if (!mkdtemp(folder))
		fail("no folder", 0, 0);
	while (fgets(line, sizeof(line), stdin)) {
		unsigned slot = line[0] == 'r' ? (unsigned)(line[2] - '0') : 0;

		line_number++;
		if (!strncmp(line, "new", 3)) {
			end_all();
			begin_party(&sender, false);
			for (int r = 0; r < LINKS; r++)
				begin_party(&receivers[r], true);
			ways++;
		} else if (!strncmp(line, "s ", 2) && sender.port) {
			of_sender(line + 2);
		} else if (line[0] == 'r' && slot < LINKS && receivers[slot].port) {
			of_receiver(&receivers[slot], slot, line + 4);
		} else {
			fail("no line of a trace", line_number, 0);
		}
	}
	end_all();
	remove_regions();
	printf("%lu ways, %lu lines\n", ways, line_number);
	return 0;
}
