#define _GNU_SOURCE
#include "hello.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* A switch that has only begun answers when it knows its ports, and one that ends hangs up. In a guest nothing tells that nobody is there. */
#define ANSWER_MS 60000
#define GUEST_ANSWER_MS 5000

int64_t sky_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int say_hello(struct sky_session *s, int64_t id, char *why, size_t size)
{
	char line[2048], port[3 * SKY_NAME_BYTES], program[200], secret[400], more[450] = "", kept[40] = "";

	if (s->secret[0])
		snprintf(more, sizeof(more), ",\"secret\":%s", sky_json_quote(s->secret, secret, sizeof(secret)));
	if (s->channel)
		snprintf(kept, sizeof(kept), ",\"regionId\":%" PRIu64, s->channel->region.id);
	snprintf(line, sizeof(line),
		 "{\"type\":\"hello\",\"id\":%" PRIi64 ",\"version\":%d,\"port\":%s,\"pid\":%d,\"program\":%s,\"features\":[\"state\"]%s%s}\n", id,
		 SKY_CONTROL_VERSION, sky_json_quote(s->port.name, port, sizeof(port)), s->transport.guest ? 0 : (int)getpid(),
		 sky_json_quote(s->program, program, sizeof(program)), more, kept);
	return sky_transport_say(&s->transport, line, why, size);
}

/* Waits for the answer to a hello, skipping what was said before it was heard. */
static int await_welcome(struct sky_session *s, int64_t id, struct sky_message *m, char *why, size_t size)
{
	const int patience = s->transport.guest ? GUEST_ANSWER_MS : ANSWER_MS;
	int64_t end = sky_now_ms() + patience;

	for (;;) {
		char broken[WHY_BYTES];
		int64_t left = end - sky_now_ms();
		enum sky_heard heard = sky_transport_hear(&s->transport, m, left > 0 ? (int)left : 0, broken, sizeof(broken));

		if (heard == SKY_HEARD && m->type == SKY_WELCOME && m->id == id)
			return 0;
		if (heard == SKY_HEARD && m->type == SKY_FAILED && (m->id == id || m->id == 0)) {
			s->refused = true;
			snprintf(why, size, "%s", m->reason); /* id 0: the switch could not even read the hello */
			return -1;
		}
		if (heard == SKY_HEARD && m->type == SKY_HELLO) {
			snprintf(why, size, "whoever answered the hello of port %s is no switch", s->port.name);
			return -1;
		}
		if (heard == SKY_BROKEN) {
			snprintf(why, size, "the control connection of port %s broke: %s", s->port.name, broken);
			return -1;
		}
		if (heard == SKY_OVER && !s->transport.guest) {
			snprintf(why, size, "the switch hung up on port %s without an answer; its log says why", s->port.name);
			return -1;
		}
		if (heard == SKY_OVER && sky_transport_rest(&s->transport, FIRST_RETRY_MS))
			left = 0; /* nobody on the host has opened the port yet */
		if (left <= 0 || sky_is_stopped(s)) {
			snprintf(why, size, "the switch did not answer the hello of port %s within %d ms", s->port.name, patience);
			return -1;
		}
	}
}

static int64_t fresh_id(void)
{
	uint64_t id = 0;

	/* In a guest the answer to an earlier driver's hello may still be on its way. */
	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		id = (uint64_t)sky_now_ms();
	id &= INT64_MAX;
	return id ? (int64_t)id : 1;
}

struct sky_channel *sky_connect(struct sky_session *s, char *why, size_t size)
{
	struct sky_channel *channel;
	struct sky_message welcome;
	int64_t id = fresh_id(), end;
	int result;

	s->refused = false;
	if (sky_transport_open(&s->transport, why, size))
		return NULL;
	if (say_hello(s, id, why, size) || await_welcome(s, id, &welcome, why, size))
		goto hang_up;
	if (welcome.version != SKY_CONTROL_VERSION) {
		snprintf(why, size, "the switch speaks version %" PRIi64 " of the control messages, this program version %d; use the same release",
			 welcome.version, SKY_CONTROL_VERSION);
		goto hang_up;
	}
	if (s->channel && welcome.region.id == s->channel->region.id)
		return s->channel;
	channel = malloc(sizeof(*channel));
	if (!channel) {
		snprintf(why, size, "no memory for port %s", s->port.name);
		goto hang_up;
	}
	end = sky_now_ms() + PLUG_MS;
	do {
		result = sky_channel_open(channel, &welcome.region, s->port.name, why, size);
	} while (result > 0 && sky_now_ms() < end && !sky_transport_rest(&s->transport, TICK_MS));
	if (result == 0 && s->port.max_frame && channel->to_switch.max_frame != s->port.max_frame) {
		snprintf(why, size, "port %s takes frames of %u bytes, but its new region %u; restart the VNF", s->port.name, s->port.max_frame,
			 channel->to_switch.max_frame);
		sky_region_unmap(&channel->region);
		result = -1;
	}
	if (result == 0)
		return channel;
	free(channel);
hang_up:
	sky_transport_close(&s->transport);
	return NULL;
}
