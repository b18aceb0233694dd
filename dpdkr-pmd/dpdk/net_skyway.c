/* net_skyway: a Skyway port as a DPDK device. A shell around the port's core: it copies between mbufs and cells, and translates what
 * DPDK asks. A port that is not started is down at the switch: starting it says hello, stopping it hangs up. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_skyway.h"

#include <rte_mbuf.h>
#include <rte_memcpy.h>
#include <rte_version.h>

#include <ethdev_vdev.h>

#include "receiver.h"
#include "sender.h"

#define BURST 64
#define MAX_FRAME 2048 /* of every port's ring; what is longer is refused when it is sent */
#define TX_QUEUES 64 /* all on one ring */

/* data_off, refcnt, nb_segs and port lie side by side. */
#define FRESH_OFFSET offsetof(struct rte_mbuf, data_off)
_Static_assert(offsetof(struct rte_mbuf, port) == FRESH_OFFSET + 6, "fields of an mbuf that are set together");

RTE_LOG_REGISTER_DEFAULT(skyway_logtype, NOTICE);

static const struct rte_eth_link link_down = {
	.link_speed = RTE_ETH_SPEED_NUM_100G,
	.link_duplex = RTE_ETH_LINK_FULL_DUPLEX,
	.link_status = RTE_ETH_LINK_DOWN,
	.link_autoneg = RTE_ETH_LINK_FIXED,
};

/* ---- data */

/* Mbufs are taken raw: those of a pool have no next one, and what is set here is all that a packet needs. */
static inline void prepare(const struct device *d, struct rte_mbuf *m, uint32_t length)
{
	memcpy((char *)m + FRESH_OFFSET, &d->fresh, sizeof(d->fresh));
	m->ol_flags = 0;
	m->packet_type = 0;
	m->pkt_len = length;
}

static inline void fill(struct rte_mbuf *m, const void *data, uint32_t length)
{
	void *to = rte_pktmbuf_mtod(m, void *);

	if (likely(length == SKY_CELL_BYTES))
		rte_mov64(to, data);
	else
		rte_memcpy(to, data, length);
	m->data_len = (uint16_t)length;
}

/* A packet that is longer than an mbuf: as many as it takes. Of those that it got, all are in the chain of `head`. */
static int fill_chain(struct device *d, struct rte_mbuf *head, const uint8_t *data, uint32_t length)
{
	struct rte_mbuf *last = head;

	fill(head, data, d->room);
	for (uint32_t done = d->room; done < length;) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(d->pool);
		uint32_t part = RTE_MIN(length - done, (uint32_t)d->room);

		if (!m)
			return -1;
		fill(m, data + done, part);
		last->next = m;
		last = m;
		head->nb_segs++;
		done += part;
	}
	return 0;
}

static uint16_t receive(void *queue, struct rte_mbuf **mbufs, uint16_t max)
{
	struct device *d = queue;
	struct sky_port *port = &d->session->port;
	void *data[BURST];
	uint32_t lengths[BURST];
	uint64_t bytes = 0;
	uint16_t count, i;

	sky_enter(&port->rx_lock);
	count = sky_receive(port, data, lengths, RTE_MIN(max, (uint16_t)BURST));
	if (count && unlikely(rte_mempool_get_bulk(d->pool, (void **)mbufs, count))) {
		sky_receiver_forget(port); /* they stay where they are until there are mbufs */
		sky_store(&d->rx_nombuf, d->rx_nombuf + count);
		count = 0;
	}
	for (i = 0; i < count; i++) {
		struct rte_mbuf *m = mbufs[i];

		prepare(d, m, lengths[i]);
		if (likely(lengths[i] <= d->room)) {
			fill(m, data[i], lengths[i]);
		} else if (fill_chain(d, m, data[i], lengths[i])) {
			for (i++; i < count; i++)
				prepare(d, mbufs[i], 0);
			rte_pktmbuf_free_bulk(mbufs, count);
			sky_receiver_forget(port);
			sky_store(&d->rx_nombuf, d->rx_nombuf + count);
			count = 0;
			break;
		}
		bytes += lengths[i];
	}
	if (count) {
		sky_receiver_release(port);
		sky_store(&port->rx.packets, port->rx.packets + count);
		sky_store(&port->rx.bytes, port->rx.bytes + bytes);
	}
	sky_leave(&port->rx_lock);
	return count;
}

static inline void copy_out(uint8_t *cell, const struct rte_mbuf *m, uint32_t length)
{
	if (likely(m->nb_segs == 1)) {
		if (likely(length == SKY_CELL_BYTES))
			rte_mov64(cell, rte_pktmbuf_mtod(m, const uint8_t *));
		else
			rte_memcpy(cell, rte_pktmbuf_mtod(m, const void *), length);
		return;
	}
	for (; m && length; m = m->next) {
		uint32_t part = RTE_MIN(length, (uint32_t)m->data_len);

		rte_memcpy(cell, rte_pktmbuf_mtod(m, const void *), part);
		cell += part;
		length -= part;
	}
}

static inline bool is_sound(const struct rte_mbuf *m, uint32_t length, uint32_t max_frame)
{
	return length != 0 && length <= max_frame && (m->nb_segs != 1 || length == m->data_len);
}

static void keep(struct sky_port *port, const struct sky_writer *writer, struct rte_mbuf **mbufs, uint16_t taken, uint16_t sent,
		 uint64_t bytes)
{
	if (!sky_late_begin(port, writer, sent, bytes))
		return;
	for (uint16_t i = 0; i < taken; i++) {
		const struct rte_mbuf *m = mbufs[i];
		uint32_t length = rte_pktmbuf_pkt_len(m);

		if (is_sound(m, length, writer->max_frame))
			copy_out(sky_late_add(port, length), m, length);
	}
}

static uint16_t transmit(void *queue, struct rte_mbuf **mbufs, uint16_t count)
{
	struct device *d = queue;
	struct sky_port *port = &d->session->port;
	struct sky_writer writer;
	uint16_t taken = 0, bad = 0;
	uint64_t bytes = 0;

	sky_enter(&port->tx_lock);
	if (likely(sky_send_begin(port, &writer))) {
		for (; taken < count; taken++) {
			const struct rte_mbuf *m = mbufs[taken];
			uint32_t length = rte_pktmbuf_pkt_len(m);
			uint8_t *cell;

			if (unlikely(!is_sound(m, length, writer.max_frame))) {
				bad++;
				continue;
			}
			cell = sky_write(&writer, length);
			if (unlikely(!cell))
				break;
			copy_out(cell, m, length);
			bytes += length;
		}
		if (sky_send_end(port, &writer, (uint16_t)(taken - bad), bytes))
			keep(port, &writer, mbufs, taken, (uint16_t)(taken - bad), bytes);
	}
	if (unlikely(taken < count))
		sky_sender_refused(port, (uint16_t)(count - taken));
	if (unlikely(bad))
		sky_store(&d->tx_errors, d->tx_errors + bad);
	sky_leave(&port->tx_lock);
	if (taken && likely(d->fast_free))
		rte_mempool_put_bulk(mbufs[0]->pool, (void **)mbufs, taken);
	else if (taken)
		rte_pktmbuf_free_bulk(mbufs, taken);
	return taken;
}

/* ---- life */

static void log_line(void *argument, bool error, const char *text)
{
	const struct device *d = argument;

	if (error)
		LOG(ERR, "%s: %s", d->dev->device->name, text);
	else
		LOG(NOTICE, "%s: %s", d->dev->device->name, text);
}

static void set_link(struct rte_eth_dev *dev, bool up)
{
	struct rte_eth_link link = link_down;

	link.link_status = up ? RTE_ETH_LINK_UP : RTE_ETH_LINK_DOWN;
	rte_eth_linkstatus_set(dev, &link);
}

static void link_changed(void *argument, bool up)
{
	struct device *d = argument;

	set_link(d->dev, up);
	if (d->dev->data->dev_conf.intr_conf.lsc)
		rte_eth_dev_callback_process(d->dev, RTE_ETH_EVENT_INTR_LSC, NULL);
}

static int start(struct rte_eth_dev *dev)
{
	struct device *d = dev->data->dev_private;
	struct skyway_options options = {
		.rundir = d->rundir,
		.control = d->control[0] ? d->control : NULL,
		.secret = d->secret[0] ? d->secret : NULL,
		.program = d->program,
		.wait = d->wait,
		.log = log_line,
		.changed = link_changed,
		.argument = d,
	};
	char why[768];

	d->fast_free = dev->data->dev_conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	if (sky_session_open(d->session, d->port, &options, dev->data->nb_tx_queues > 1, why, sizeof(why))) {
		LOG(ERR, "%s: %s", dev->device->name, why);
		return -EIO;
	}
	d->running = true;
	set_link(dev, sky_session_is_up(d->session));
	return 0;
}

/* Adds what a session has counted, once it is over. */
static void add(struct skyway_statistics *sum, const struct skyway_statistics *more)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *from = (const uint64_t *)more;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(uint64_t); i++)
		to[i] += from[i];
}

static int stop(struct rte_eth_dev *dev)
{
	struct device *d = dev->data->dev_private;
	struct skyway_statistics last;

	if (!d->running)
		return 0;
	d->running = false;
	sky_session_close(d->session);
	sky_session_statistics(d->session, &last);
	add(&d->before, &last);
	sky_port_init(&d->session->port, d->port, true);
	set_link(dev, false);
	return 0;
}

static int close_device(struct rte_eth_dev *dev)
{
	struct device *d = dev->data->dev_private;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	stop(dev);
	free(d->session);
	d->session = NULL;
	dev->data->mac_addrs = NULL; /* part of the private data, which goes as a whole */
	return 0;
}

/* ---- configuration */

static int configure(struct rte_eth_dev *dev)
{
	const struct rte_eth_conf *conf = &dev->data->dev_conf;
	const char *what = conf->intr_conf.rxq ? "receive interrupts" : conf->lpbk_mode ? "a loopback mode" : NULL;

	if (!what && (conf->rxmode.mq_mode != RTE_ETH_MQ_RX_NONE && dev->data->nb_rx_queues > 1))
		what = "receive-side scaling";
	if (what) {
		LOG(ERR, "%s: a Skyway port has no %s; configure it without", dev->device->name, what);
		return -ENOTSUP;
	}
	return 0;
}

static int info(struct rte_eth_dev *dev, struct rte_eth_dev_info *i)
{
	i->max_mac_addrs = 1;
	i->min_rx_bufsize = 64;
	i->max_rx_pktlen = MAX_FRAME;
	i->min_mtu = RTE_ETHER_MIN_MTU;
	i->max_mtu = MAX_FRAME - RTE_ETHER_HDR_LEN;
	i->max_rx_queues = 1;
	i->max_tx_queues = TX_QUEUES;
	i->rx_offload_capa = RTE_ETH_RX_OFFLOAD_SCATTER;
	i->tx_offload_capa = RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE; /* queues share a ring, under a lock */
	i->speed_capa = RTE_ETH_LINK_SPEED_100G;
	return 0;
}

static int rx_queue_setup(struct rte_eth_dev *dev, uint16_t queue, uint16_t descriptors, unsigned int socket, const struct rte_eth_rxconf *conf,
			  struct rte_mempool *pool)
{
	struct device *d = dev->data->dev_private;
	struct rte_mbuf fresh = { .data_off = RTE_PKTMBUF_HEADROOM, .refcnt = 1, .nb_segs = 1, .port = dev->data->port_id };
	uint16_t room = rte_pktmbuf_data_room_size(pool);

	room = room > RTE_PKTMBUF_HEADROOM ? (uint16_t)(room - RTE_PKTMBUF_HEADROOM) : 0;
	if (room < SKY_CELL_BYTES || (room < MAX_FRAME && !(conf->offloads & RTE_ETH_RX_OFFLOAD_SCATTER) &&
				      !(dev->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER))) {
		LOG(ERR, "%s: packets have up to %u bytes, but mbufs of pool %s have room for %u; use larger ones, or the offload SCATTER",
		    dev->device->name, MAX_FRAME, pool->name, room);
		return -EINVAL;
	}
	d->pool = pool;
	d->room = room;
	memcpy(&d->fresh, (char *)&fresh + FRESH_OFFSET, sizeof(d->fresh));
	dev->data->rx_queues[queue] = d;
	return 0;
}

static int tx_queue_setup(struct rte_eth_dev *dev, uint16_t queue, uint16_t descriptors, unsigned int socket, const struct rte_eth_txconf *conf)
{
	dev->data->tx_queues[queue] = dev->data->dev_private;
	return 0;
}

static int link_update(struct rte_eth_dev *dev, int wait)
{
	const struct device *d = dev->data->dev_private;

	set_link(dev, d->running && sky_session_is_up(d->session));
	return 0;
}

static int set_mtu(struct rte_eth_dev *dev, uint16_t mtu)
{
	return 0; /* ethdev has checked it; the ring takes and gives what it can hold, whatever is agreed on */
}

static int set_mac(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	return 0; /* the port takes what comes */
}

static int accept_all(struct rte_eth_dev *dev)
{
	return 0; /* it is promiscuous always */
}

/* ---- statistics */

static void count(const struct device *d, struct skyway_statistics *s)
{
	struct skyway_statistics now = { 0 };

	if (d->running)
		sky_session_statistics(d->session, &now);
	*s = d->before;
	add(s, &now);
}

#if RTE_VERSION >= RTE_VERSION_NUM(25, 11, 0, 0)
static int stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats, struct eth_queue_stats *queues)
#else
static int stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats)
#endif
{
	const struct device *d = dev->data->dev_private;
	struct skyway_statistics s;

	count(d, &s);
	stats->ipackets = s.rx_packets;
	stats->ibytes = s.rx_bytes;
	stats->opackets = s.tx_packets;
	stats->obytes = s.tx_bytes;
	stats->oerrors = sky_load(&d->tx_errors) - d->reset.tx_errors;
	stats->rx_nombuf = sky_load(&d->rx_nombuf) - d->reset.rx_nombuf;
	return 0;
}

static int stats_reset(struct rte_eth_dev *dev)
{
	struct device *d = dev->data->dev_private;
	struct skyway_statistics s;
	uint64_t *before = (uint64_t *)&d->before;
	const uint64_t *now = (const uint64_t *)&s;

	count(d, &s);
	for (size_t i = 0; i < sizeof(s) / sizeof(uint64_t); i++)
		before[i] -= now[i];
	d->reset.tx_errors = sky_load(&d->tx_errors);
	d->reset.rx_nombuf = sky_load(&d->rx_nombuf);
	return 0;
}

static const struct {
	const char *name;
	size_t offset;
} xstats[] = {
	{ "rx_bypass_packets", offsetof(struct skyway_statistics, rx_bypass_packets) },
	{ "rx_bypass_bytes", offsetof(struct skyway_statistics, rx_bypass_bytes) },
	{ "tx_bypass_packets", offsetof(struct skyway_statistics, tx_bypass_packets) },
	{ "tx_bypass_bytes", offsetof(struct skyway_statistics, tx_bypass_bytes) },
	{ "rx_switch_overs", offsetof(struct skyway_statistics, rx_switch_overs) },
	{ "tx_switch_overs", offsetof(struct skyway_statistics, tx_switch_overs) },
	{ "tx_refused", offsetof(struct skyway_statistics, tx_refused) },
	{ "skipped_marks", offsetof(struct skyway_statistics, skipped_marks) },
	{ "reconnections", offsetof(struct skyway_statistics, reconnections) },
};

static int xstats_get_names(struct rte_eth_dev *dev, struct rte_eth_xstat_name *names, unsigned int room)
{
	for (unsigned int i = 0; names && i < RTE_MIN(room, (unsigned int)RTE_DIM(xstats)); i++)
		snprintf(names[i].name, sizeof(names[i].name), "%s", xstats[i].name);
	return RTE_DIM(xstats);
}

static int xstats_get(struct rte_eth_dev *dev, struct rte_eth_xstat *values, unsigned int room)
{
	const struct device *d = dev->data->dev_private;
	struct skyway_statistics s;

	count(d, &s);
	for (unsigned int i = 0; values && i < RTE_MIN(room, (unsigned int)RTE_DIM(xstats)); i++) {
		values[i].id = i;
		memcpy(&values[i].value, (const char *)&s + xstats[i].offset, sizeof(values[i].value));
	}
	return RTE_DIM(xstats);
}

static const struct eth_dev_ops operations = {
	.dev_configure = configure,
	.dev_start = start,
	.dev_stop = stop,
	.dev_close = close_device,
	.dev_infos_get = info,
	.rx_queue_setup = rx_queue_setup,
	.tx_queue_setup = tx_queue_setup,
	.link_update = link_update,
	.mtu_set = set_mtu,
	.mac_addr_set = set_mac,
	.promiscuous_enable = accept_all,
	.promiscuous_disable = accept_all,
	.allmulticast_enable = accept_all,
	.allmulticast_disable = accept_all,
	.stats_get = stats_get,
	.stats_reset = stats_reset,
	.xstats_get_names = xstats_get_names,
	.xstats_get = xstats_get,
	.xstats_reset = stats_reset,
};

/* ---- probing */

static int probe(struct rte_vdev_device *vdev)
{
	const char *name = rte_vdev_device_name(vdev);
	struct rte_eth_dev *dev;
	struct device *d;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		LOG(ERR, "%s: a secondary process can't use a Skyway port; use it in the primary one", name);
		return -ENOTSUP;
	}
	dev = rte_eth_vdev_allocate(vdev, sizeof(*d));
	if (!dev)
		return -ENOMEM;
	d = dev->data->dev_private;
	d->dev = dev;
	d->session = aligned_alloc(_Alignof(struct sky_session), sizeof(*d->session));
	if (!d->session || sky_read_arguments(vdev, d)) {
		int result = d->session ? -EINVAL : -ENOMEM;

		free(d->session);
		rte_eth_dev_release_port(dev);
		return result;
	}
	memset(d->session, 0, sizeof(*d->session));
	sky_port_init(&d->session->port, d->port, true);
	snprintf(d->program, sizeof(d->program), "%.40s %.20s", program_invocation_short_name, name);
	if (rte_is_zero_ether_addr(&d->mac))
		sky_session_mac(d->port, d->mac.addr_bytes);
	dev->data->mac_addrs = &d->mac;
	dev->data->dev_link = link_down;
	dev->data->promiscuous = 1;
	dev->data->all_multicast = 1;
	dev->data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
	dev->dev_ops = &operations;
	dev->rx_pkt_burst = receive;
	dev->tx_pkt_burst = transmit;
	rte_eth_dev_probing_finish(dev);
	return 0;
}

static int unplug(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	if (!dev)
		return 0;
	close_device(dev);
	return rte_eth_dev_release_port(dev);
}

static struct rte_vdev_driver driver = { .probe = probe, .remove = unplug };

RTE_PMD_REGISTER_VDEV(net_skyway, driver);
RTE_PMD_REGISTER_PARAM_STRING(net_skyway,
			      ARGUMENT_PORT "=<name> " ARGUMENT_RUNDIR "=<path> " ARGUMENT_CONTROL "=<virtio-serial[:N]|path> " ARGUMENT_SECRET
					    "=<path> " ARGUMENT_MAC "=<xx:xx:xx:xx:xx:xx> " ARGUMENT_WAIT "=<0|1>");
