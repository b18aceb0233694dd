#define _GNU_SOURCE
#include "hello.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "receiver.h"

#define PLUG_TICK_MS 1 /* while a device is being plugged in */
#define ALIVE_MS 500
#define LAST_RETRY_MS 2000

static __attribute__((format(printf, 3, 4))) void tell(struct sky_session *s, bool error, const char *format, ...)
{
	char text[WHY_BYTES + 200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (s->options.log)
		s->options.log(s->options.argument, error, text);
	else
		fprintf(stderr, "skyway: %s\n", text);
}

static void changed(struct sky_session *s)
{
	unsigned up = sky_session_is_up(s);

	if (up != s->was_up) {
		s->was_up = up;
		if (s->options.changed)
			s->options.changed(s->options.argument, up);
	}
}

/* ---- channels and links */

static bool is_held(struct sky_session *s, struct sky_channel *channel)
{
	bool held;

	sky_lock(&s->port.rx_lock);
	held = channel->held;
	sky_unlock(&s->port.rx_lock);
	return held;
}

static void drop_channel(struct sky_channel *channel)
{
	sky_region_unmap(&channel->region);
	free(channel);
}

/* Takes all links away. False if the port is being closed, which takes them away as well. */
static bool drop_links(struct sky_session *s)
{
	memset(s->pending, 0, sizeof(s->pending));
	for (unsigned slot = 0; slot < SKY_SLOTS; slot++) {
		while (!sky_port_detach(&s->port, slot)) {
			if (sky_transport_rest(&s->transport, 1))
				return false;
		}
	}
	return true;
}

/* Moves to another normal channel, or to none, when the program holds nothing of the one that is used. */
static bool use_channel(struct sky_session *s, struct sky_channel *channel)
{
	struct sky_channel *old = s->channel;

	while (old && is_held(s, old)) {
		if (sky_transport_rest(&s->transport, 1))
			return false;
	}
	sky_port_use(&s->port, channel);
	s->channel = channel;
	if (old)
		drop_channel(old);
	return true;
}

/* ---- requests */

static int answer(struct sky_session *s, int64_t id, const char *failure, char *why, size_t size)
{
	char line[2 * WHY_BYTES], reason[WHY_BYTES + WHY_BYTES / 2];

	if (failure)
		snprintf(line, sizeof(line), "{\"type\":\"failed\",\"id\":%" PRIi64 ",\"reason\":%s}\n", id,
			 sky_json_quote(failure, reason, sizeof(reason)));
	else
		snprintf(line, sizeof(line), "{\"type\":\"done\",\"id\":%" PRIi64 "}\n", id);
	return sky_transport_say(&s->transport, line, why, size);
}

/* Attaches a link, or notes that its device is not there yet. */
static int attach(struct sky_session *s, const struct sky_message *m, struct sky_pending *pending, char *why, size_t size)
{
	char failure[WHY_BYTES];
	bool later;

	if (sky_port_attach(&s->port, (unsigned)m->slot, &m->region, m->side_a, m->link, &later, failure, sizeof(failure)))
		later = false;
	else if (!later || (pending->type == SKY_ATTACH && sky_now_ms() >= pending->until_ms)) {
		pending->type = SKY_UNKNOWN;
		return answer(s, m->id, failure, why, size);
	}
	if (!later) {
		pending->type = SKY_UNKNOWN;
		return answer(s, m->id, NULL, why, size);
	}
	if (pending->type != SKY_ATTACH) {
		pending->attach = *m;
		pending->type = SKY_ATTACH;
		pending->until_ms = sky_now_ms() + PLUG_MS;
	}
	return 0;
}

static int detach(struct sky_session *s, unsigned slot, int64_t id, struct sky_pending *pending, char *why, size_t size)
{
	if (!sky_port_has_left(&s->port, slot) || !sky_port_detach(&s->port, slot)) {
		pending->type = SKY_DETACH; /* when the sender has obeyed, and the program has released what it holds of it */
		pending->id = id;
		return 0;
	}
	pending->type = SKY_UNKNOWN;
	return answer(s, id, NULL, why, size);
}

/* Tries again what could not be done at once. */
static int tend_pending(struct sky_session *s, char *why, size_t size)
{
	for (unsigned slot = 0; slot < SKY_SLOTS; slot++) {
		struct sky_pending *p = &s->pending[slot];
		struct sky_message m;

		if (p->type == SKY_ATTACH) {
			m = p->attach;
			if (attach(s, &m, p, why, size))
				return -1;
		} else if (p->type == SKY_DETACH && detach(s, slot, p->id, p, why, size)) {
			return -1;
		}
	}
	return 0;
}

static int carry_out(struct sky_session *s, const struct sky_message *m, char *why, size_t size)
{
	struct sky_pending *pending = &s->pending[(unsigned)m->slot % SKY_SLOTS]; /* checked when it was read, if it is about a slot */
	char off[SKY_NAME_BYTES + 32];

	switch (m->type) {
	case SKY_ATTACH:
		if (pending->type == SKY_ATTACH)
			return answer(s, m->id, "another link is being attached at this slot", why, size);
		return attach(s, m, pending, why, size);
	case SKY_DETACH:
		if (pending->type == SKY_ATTACH) {
			snprintf(off, sizeof(off), "%s was called off", pending->attach.link);
			if (answer(s, pending->attach.id, off, why, size))
				return -1;
		}
		return detach(s, (unsigned)m->slot, m->id, pending, why, size);
	case SKY_PING:
		return answer(s, m->id, NULL, why, size);
	case SKY_STATE:
		sky_store(&s->switched_off, !m->up);
		changed(s);
		return answer(s, m->id, NULL, why, size);
	case SKY_UNKNOWN:
		return answer(s, m->id, "such a request is not known here; use the same release on both sides", why, size);
	case SKY_FAILED:
		snprintf(why, size, "the switch refused to go on: %s", m->reason);
		return -1;
	default:
		snprintf(why, size, "the switch sent an answer to nothing");
		return -1;
	}
}

static int report_faults(struct sky_session *s, char *why, size_t size)
{
	char text[WHY_BYTES], line[2 * WHY_BYTES], reason[WHY_BYTES + WHY_BYTES / 2];

	for (unsigned slot = 0; slot < SKY_SLOTS; slot++) {
		if (!sky_port_take_fault(&s->port, slot, text, sizeof(text)))
			continue;
		tell(s, true, "port %s: %s", s->port.name, text);
		snprintf(line, sizeof(line), "{\"type\":\"failed\",\"id\":0,\"reason\":%s,\"slot\":%u}\n",
			 sky_json_quote(text, reason, sizeof(reason)), slot);
		if (s->transport.fd >= 0 && sky_transport_say(&s->transport, line, why, size))
			return -1;
	}
	return 0;
}

/* ---- the control thread */

/* What has to be done again and again, whether a switch is there or not. */
static void tend(struct sky_session *s)
{
	int64_t now = sky_now_ms();
	bool alive = now - s->alive_ms >= ALIVE_MS;

	if (alive)
		s->alive_ms = now;
	sky_port_check_memory(&s->port);
	sky_port_follow(&s->port, alive);
}

static bool is_plugging(const struct sky_session *s)
{
	for (unsigned slot = 0; slot < SKY_SLOTS; slot++) {
		if (s->pending[slot].type != SKY_UNKNOWN)
			return true;
	}
	return false;
}

/* Serves the switch until the connection ends. Sets `why`; returns whether a new switch is known to be there. */
static bool serve(struct sky_session *s, char *why, size_t size)
{
	for (;;) {
		struct sky_message m;
		char broken[WHY_BYTES] = "";
		enum sky_heard heard = sky_transport_hear(&s->transport, &m, is_plugging(s) ? PLUG_TICK_MS : TICK_MS, broken, sizeof(broken));

		snprintf(why, size, "the switch closed the control connection of port %s", s->port.name);
		if (heard == SKY_OVER || sky_is_stopped(s))
			return false;
		tend(s);
		if (sky_acquire(&s->port.broken) == 2) {
			snprintf(why, size, "port %s can't go on: %s; it starts anew", s->port.name, s->port.broken_text);
			return false;
		}
		if (heard == SKY_HEARD && m.type == SKY_INTRODUCE) {
			snprintf(why, size, "another switch took the control connection of port %s", s->port.name);
			return true;
		}
		if (heard == SKY_BROKEN || (heard == SKY_HEARD && carry_out(s, &m, broken, sizeof(broken))) || report_faults(s, broken, sizeof(broken)) ||
		    tend_pending(s, broken, sizeof(broken))) {
			snprintf(why, size, "the control connection of port %s broke: %s", s->port.name, broken);
			return false;
		}
	}
}

/* In a guest: waits until somebody on the host asks for a hello. False if the port is being closed. */
static bool await_introduction(struct sky_session *s)
{
	char why[WHY_BYTES];

	for (;;) {
		struct sky_message m;
		enum sky_heard heard;

		if (s->transport.fd < 0 && sky_transport_open(&s->transport, why, sizeof(why))) {
			if (sky_transport_rest(&s->transport, FIRST_RETRY_MS))
				return false;
			continue;
		}
		heard = sky_transport_hear(&s->transport, &m, TICK_MS, why, sizeof(why));
		tend(s);
		if (heard == SKY_HEARD && m.type == SKY_INTRODUCE)
			return true;
		if (heard == SKY_OVER && sky_transport_rest(&s->transport, FIRST_RETRY_MS))
			return false;
		if (sky_is_stopped(s))
			return false;
	}
}

/* Connects until it succeeds; a switch that has just come back may not have all its ports yet. NULL if the port is being closed. */
static struct sky_channel *keep_connecting(struct sky_session *s)
{
	int64_t wait = FIRST_RETRY_MS;
	char why[WHY_BYTES], last[WHY_BYTES] = "";

	for (;;) {
		struct sky_channel *channel = sky_connect(s, why, sizeof(why));
		int64_t end = sky_now_ms() + wait;

		if (channel)
			return channel;
		if (sky_is_stopped(s))
			return NULL;
		/* In a guest the next region is the same memory, made anew: nobody may be on it when the next hello is said. */
		if (s->refused && s->transport.guest && s->channel) {
			tell(s, false, "%s", why);
			if (!use_channel(s, NULL))
				return NULL;
			continue;
		}
		if (strcmp(why, last)) {
			tell(s, false, "%s; waiting for it", why);
			snprintf(last, sizeof(last), "%s", why);
		}
		while (sky_now_ms() < end) {
			if (sky_transport_rest(&s->transport, TICK_MS))
				return NULL;
			tend(s);
		}
		wait = 2 * wait < LAST_RETRY_MS ? 2 * wait : LAST_RETRY_MS;
	}
}

/* Finds the next switch. False if the port is being closed. */
static bool reconnect(struct sky_session *s, bool leave)
{
	struct sky_channel *channel;

	if (leave && !use_channel(s, NULL))
		return false;
	channel = keep_connecting(s);
	if (!channel)
		return false;
	if (channel == s->channel) { /* all goes on; what the last switch still waited for, nobody waits for now */
		memset(s->pending, 0, sizeof(s->pending));
		return true;
	}
	if (!drop_links(s) || !use_channel(s, channel)) {
		drop_channel(channel);
		return false;
	}
	return true;
}

static void *run(void *argument)
{
	struct sky_session *s = argument;
	char why[2 * WHY_BYTES];

	if (!s->channel) { /* it did not wait */
		if (!reconnect(s, false))
			return NULL;
		tell(s, false, "port %s is connected to the switch", s->port.name);
		sky_store(&s->connected, 1u);
		changed(s);
	}
	for (;;) {
		bool new_switch = serve(s, why, sizeof(why));
		bool broken = sky_acquire(&s->port.broken) == 2;

		if (sky_is_stopped(s))
			return NULL;
		sky_store(&s->connected, 0u);
		sky_store(&s->switched_off, 0u);
		changed(s);
		tell(s, broken, broken ? "%s" : "%s; port %s keeps its channels and waits", why, s->port.name);
		if (!new_switch || !s->transport.guest)
			sky_transport_close(&s->transport);
		if (s->transport.guest && !new_switch && !broken && !await_introduction(s))
			return NULL;
		sky_transport_close(&s->transport);
		if (broken && sky_transport_rest(&s->transport, FIRST_RETRY_MS))
			return NULL;
		if (!reconnect(s, broken))
			return NULL;
		tell(s, false, "port %s is connected to the switch again", s->port.name);
		sky_store(&s->reconnections, s->reconnections + 1);
		sky_store(&s->connected, 1u);
		changed(s);
	}
}

/* ---- open and close */

static int locate(struct sky_session *s, const struct skyway_options *o, char *why, size_t size)
{
	const char *rundir = o->rundir && o->rundir[0] ? o->rundir : getenv("SKYWAY_RUNDIR");
	struct sky_transport *t = &s->transport;
	int length;

	t->guest = o->control != NULL;
	if (t->guest)
		length = snprintf(t->path, sizeof(t->path), "%s", o->control);
	else if (rundir && rundir[0])
		length = snprintf(t->path, sizeof(t->path), "%s/pmd.sock", rundir);
	else if (geteuid() == 0)
		length = snprintf(t->path, sizeof(t->path), "/var/run/skyway/pmd.sock");
	else
		length = snprintf(t->path, sizeof(t->path), "/tmp/skyway-%u/pmd.sock", (unsigned)geteuid());
	if (length >= (int)sizeof(t->path)) {
		snprintf(why, size, "%s has more than %zu characters; use a run directory with a short name", t->path, sizeof(t->path) - 1);
		return -1;
	}
	return 0;
}

int sky_session_open(struct sky_session *s, const char *port, const struct skyway_options *options, bool many_senders, char *why, size_t size)
{
	int error;

	memset(s, 0, sizeof(*s));
	s->transport.fd = -1;
	s->transport.stop_fd = -1;
	if (!port || !port[0] || strlen(port) >= SKY_NAME_BYTES) {
		snprintf(why, size, "the name of a port has 1 to %d characters", SKY_NAME_BYTES - 1);
		return -1;
	}
	sky_port_init(&s->port, port, many_senders);
	s->options = *options;
	snprintf(s->program, sizeof(s->program), "%s", options->program ? options->program : program_invocation_short_name);
	if (options->secret && strlen(options->secret) >= sizeof(s->secret)) {
		snprintf(why, size, "the secret of port %s has more than %zu characters", port, sizeof(s->secret) - 1);
		return -1;
	}
	snprintf(s->secret, sizeof(s->secret), "%s", options->secret ? options->secret : "");
	if (locate(s, options, why, size))
		return -1;
	s->transport.stop_fd = eventfd(0, EFD_CLOEXEC);
	if (s->transport.stop_fd < 0) {
		snprintf(why, size, "can't make an event descriptor: %s", strerror(errno));
		return -1;
	}
	if (!options->wait) {
		struct sky_channel *channel = sky_connect(s, why, size);

		if (!channel) {
			close(s->transport.stop_fd);
			return -1;
		}
		use_channel(s, channel);
		s->connected = 1;
		s->was_up = 1;
	}
	error = pthread_create(&s->thread, NULL, run, s);
	if (error) {
		snprintf(why, size, "can't start the control thread of port %s: %s", port, strerror(error));
		sky_session_close(s);
		return -1;
	}
	s->has_thread = true;
	return 0;
}

void sky_session_close(struct sky_session *s)
{
	uint64_t one = 1;

	if (write(s->transport.stop_fd, &one, sizeof(one)) != sizeof(one))
		tell(s, true, "can't stop the control thread of port %s: %s", s->port.name, strerror(errno));
	if (s->has_thread)
		pthread_join(s->thread, NULL);
	sky_transport_close(&s->transport);
	close(s->transport.stop_fd);
	/* Whatever was shown is the program's no more. */
	sky_lock(&s->port.rx_lock);
	sky_receiver_release(&s->port);
	sky_unlock(&s->port.rx_lock);
	for (unsigned slot = 0; slot < SKY_SLOTS; slot++)
		sky_port_detach(&s->port, slot);
	sky_port_use(&s->port, NULL);
	if (s->channel)
		drop_channel(s->channel);
	s->channel = NULL;
	sky_store(&s->connected, 0u);
}
