/* Forwards what comes at one port to another, until it is interrupted: forward RUNDIR FROM TO */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <skyway_pmd.h>

#define BURST 32

static volatile sig_atomic_t over;

static void stop(int signal_number)
{
	(void)signal_number;
	over = 1;
}

static struct skyway_port *open_port(const char *rundir, const char *name)
{
	struct skyway_options options = { .rundir = rundir };
	struct skyway_port *port;
	char why[512];

	if (skyway_open(name, &options, &port, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return NULL;
	}
	return port;
}

static void forward(struct skyway_port *from, struct skyway_port *to)
{
	struct skyway_packet packets[BURST];

	while (!over) {
		uint16_t count = skyway_rx_burst(from, packets, BURST), sent = 0;

		while (sent < count && !over) /* what finds no room is tried again */
			sent = (uint16_t)(sent + skyway_tx_burst(to, packets + sent, (uint16_t)(count - sent)));
		skyway_release(from);
		if (count == 0)
			usleep(50);
	}
}

int main(int count, char **arguments)
{
	struct skyway_port *from, *to;
	struct skyway_statistics in;

	if (count != 4)
		return 2;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	from = open_port(arguments[1], arguments[2]);
	to = from ? open_port(arguments[1], arguments[3]) : NULL;
	if (to) {
		forward(from, to);
		skyway_statistics(from, &in);
		printf("%llu packets, %llu of them past the switch\n", (unsigned long long)in.rx_packets, (unsigned long long)in.rx_bypass_packets);
	}
	skyway_close(to);
	skyway_close(from);
	return to ? 0 : 1;
}
