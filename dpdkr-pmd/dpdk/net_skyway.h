/* A Skyway port as a DPDK device: what its two files share. */
#ifndef NET_SKYWAY_H
#define NET_SKYWAY_H

#include <rte_ether.h>
#include <rte_log.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>

#include "session.h"

extern int skyway_logtype;
#define LOG(level, format, ...) rte_log(RTE_LOG_##level, skyway_logtype, "net_skyway: " format "\n", ##__VA_ARGS__)

#define ARGUMENT_PORT "port"
#define ARGUMENT_RUNDIR "rundir"
#define ARGUMENT_CONTROL "control"
#define ARGUMENT_SECRET "secret-file"
#define ARGUMENT_MAC "mac"
#define ARGUMENT_WAIT "wait"

struct device {
	struct sky_session *session; /* its port is used by queues also while it is closed, which then find no channel */
	struct rte_eth_dev *dev;
	struct rte_mempool *pool;
	uint64_t fresh; /* the fields of an mbuf that are the same for every packet, see struct rte_mbuf */
	uint16_t room; /* bytes of an mbuf that a packet may take */
	bool fast_free; /* what is sent is all of one pool, each packet in one mbuf that nobody else has */
	bool running;
	struct rte_ether_addr mac;
	/* Written by data threads under the lock of their half. */
	uint64_t rx_nombuf;
	uint64_t tx_errors;
	/* What was counted before the last start, less what was reset. */
	struct skyway_statistics before;
	struct {
		uint64_t rx_nombuf;
		uint64_t tx_errors;
	} reset;
	char port[SKY_NAME_BYTES];
	char rundir[108];
	char control[108];
	char secret[128];
	char program[64];
	bool wait;
};

/* Reads the arguments of a --vdev. Returns 0, or a negative errno after having said what is wrong. */
int sky_read_arguments(struct rte_vdev_device *vdev, struct device *device);

#endif
