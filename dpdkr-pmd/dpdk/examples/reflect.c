/* The least that a DPDK program is: sends back what comes at port 0, with its MAC addresses swapped. It knows nothing of Skyway; start it
 * with -d librte_net_skyway.so --vdev net_skyway0,port=NAME,rundir=DIR. */
#include <signal.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_mbuf.h>

#define BURST 32

static volatile sig_atomic_t over;

static void stop(int signal_number)
{
	(void)signal_number;
	over = 1;
}

int main(int count, char **arguments)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_mempool *pool;
	struct rte_mbuf *mbufs[BURST];

	if (rte_eal_init(count, arguments) < 0)
		return 1;
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	pool = rte_pktmbuf_pool_create("packets", 8191, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (!pool || rte_eth_dev_configure(0, 1, 1, &conf) || rte_eth_rx_queue_setup(0, 0, 512, SOCKET_ID_ANY, NULL, pool) ||
	    rte_eth_tx_queue_setup(0, 0, 512, SOCKET_ID_ANY, NULL) || rte_eth_dev_start(0))
		return 1;
	while (!over) {
		uint16_t received = rte_eth_rx_burst(0, 0, mbufs, BURST), sent = 0;

		for (uint16_t i = 0; i < received; i++) {
			struct rte_ether_hdr *ether = rte_pktmbuf_mtod(mbufs[i], struct rte_ether_hdr *);
			struct rte_ether_addr source = ether->src_addr;

			ether->src_addr = ether->dst_addr;
			ether->dst_addr = source;
		}
		while (sent < received && !over)
			sent += rte_eth_tx_burst(0, 0, mbufs + sent, received - sent);
	}
	rte_eth_dev_stop(0);
	rte_eth_dev_close(0);
	return rte_eal_cleanup();
}
