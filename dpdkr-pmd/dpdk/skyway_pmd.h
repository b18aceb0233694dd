/* libskyway_pmd: a program's end of a Skyway port, for C and whatever can call it. The same core is inside librte_net_skyway.so.
 *
 * A port looks the same whether its packets go through the switch or directly to another program; the library follows the switch in a
 * thread of its own. One thread at a time may receive and release; any may send; any may ask for statistics. */
#ifndef SKYWAY_PMD_H
#define SKYWAY_PMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SKYWAY_SLOTS 16

struct skyway_port;

struct skyway_packet {
	void *data;
	uint32_t length; /* bytes, without the frame check sequence */
};

/* How the port is reached. All zeros is a good beginning. */
struct skyway_options {
	const char *rundir; /* the switch's run directory; NULL: $SKYWAY_RUNDIR, else /var/run/skyway or /tmp/skyway-UID */
	const char *control; /* in a guest: the device of the virtio-serial port, like /dev/virtio-ports/org.skyway.pmd.0; else NULL */
	const char *secret; /* of the port, for another user than the switch's; else NULL */
	const char *program; /* what this is, for people; NULL: the name of the process */
	bool wait; /* return at once and connect when there is a switch, instead of failing */
	void (*log)(void *argument, bool error, const char *text); /* a line each, on any thread; NULL: standard error */
	void (*changed)(void *argument, bool up); /* the port went up or down; on the library's thread; may be NULL */
	void *argument;
};

/* Counters since the port was opened; those of links since they were attached. */
struct skyway_statistics {
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes;
	uint64_t tx_refused; /* packets that found no room, at each try */
	uint64_t rx_bypass_packets, rx_bypass_bytes; /* of all the above, what did not come through the switch */
	uint64_t tx_bypass_packets, tx_bypass_bytes; /* likewise */
	uint64_t rx_switch_overs, tx_switch_overs; /* bypasses that senders began; commands of the switch obeyed */
	uint64_t skipped_marks; /* there should be none */
	uint64_t reconnections; /* switches that took the place of one that was gone */
};

/* A link that is attached. */
struct skyway_link {
	char name[128];
	bool sending; /* everything that is sent takes it */
	bool receiving;
};

/* The library's release, for people. */
const char *skyway_version(void);

/* Opens a port. Returns 0, or -1 with a sentence in `why`, which says what happened and what to do. */
int skyway_open(const char *port, const struct skyway_options *options, struct skyway_port **opened, char *why, size_t size);

/* Closes it; nobody may use it any more, nor packets that it showed. */
void skyway_close(struct skyway_port *port);

/* Receives packets in place, after releasing those of the last call. They are shared with their sender, which may change them even now:
 * copy what must not change. Returns how many; 0 if there are none now. */
uint16_t skyway_rx_burst(struct skyway_port *port, struct skyway_packet *packets, uint16_t max);

/* Gives the packets of the last skyway_rx_burst back. */
void skyway_release(struct skyway_port *port);

/* Sends packets by copying them. Returns how many were taken; the others found no room and may be tried again. A packet without data, or
 * longer than skyway_max_frame, is taken and dropped. */
uint16_t skyway_tx_burst(struct skyway_port *port, const struct skyway_packet *packets, uint16_t count);

/* Whether the receivers have taken everything that was sent. Who ends should wait for that a while. */
bool skyway_tx_drained(struct skyway_port *port);

/* The longest packet, in bytes. */
uint32_t skyway_max_frame(const struct skyway_port *port);

/* Whether a switch serves the port, and it is switched on there. */
bool skyway_is_up(const struct skyway_port *port);

/* The port's name at the switch. */
const char *skyway_name(const struct skyway_port *port);

/* A MAC address for this port: the same each time for a host and a port. */
void skyway_mac(const struct skyway_port *port, uint8_t address[6]);

void skyway_statistics(const struct skyway_port *port, struct skyway_statistics *statistics);

/* The link at a slot, 0 to SKYWAY_SLOTS - 1. False if there is none. */
bool skyway_link(struct skyway_port *port, unsigned slot, struct skyway_link *link);

#ifdef __cplusplus
}
#endif

#endif
