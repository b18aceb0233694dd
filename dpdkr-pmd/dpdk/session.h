/* A port with its control connection, from connecting to unmapping: what is behind libskyway_pmd and the DPDK driver. A thread of its
 * own serves the switch, obeys for halves that nobody polls, and finds the next switch when one is gone. */
#ifndef SKYWAY_SESSION_H
#define SKYWAY_SESSION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "port.h"
#include "skyway_pmd.h"
#include "transport.h"

/* A request that can't be carried out yet: a link whose device has not shown up, or whose packets are held. */
struct sky_pending {
	enum sky_message_type type; /* SKY_UNKNOWN: none */
	int64_t id;
	int64_t until_ms;
	struct sky_message attach;
};

struct sky_session {
	struct sky_port port;
	struct sky_transport transport;
	struct skyway_options options; /* its strings are copied where they are needed */
	char secret[128];
	char program[64];
	struct sky_channel *channel; /* control thread */
	bool refused; /* what the switch said to the last hello; control thread */
	struct sky_pending pending[SKY_SLOTS];
	int64_t alive_ms;
	pthread_t thread;
	bool has_thread;
	unsigned connected;
	unsigned switched_off; /* at the switch */
	unsigned was_up;
	uint64_t reconnections;
};

/* Opens a port; `many_senders`: whether several threads may send at a time. Returns 0, or -1 with a sentence. */
int sky_session_open(struct sky_session *session, const char *port, const struct skyway_options *options, bool many_senders, char *why,
		     size_t size);

/* Hangs up and unmaps everything. No thread may use the port any more. */
void sky_session_close(struct sky_session *session);

/* What has been counted since the port was opened. On any thread. */
void sky_session_statistics(const struct sky_session *session, struct skyway_statistics *statistics);

/* The link at a slot; false if there is none. On any thread. */
bool sky_session_link(struct sky_session *session, unsigned slot, struct skyway_link *link);

/* A locally administered address, made of the names of the host and the port: the same each time. */
void sky_session_mac(const char *port, uint8_t address[6]);

static inline bool sky_session_is_up(const struct sky_session *session)
{
	return sky_load(&session->connected) && !sky_load(&session->switched_off);
}

#endif
