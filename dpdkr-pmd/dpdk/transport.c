#define _GNU_SOURCE
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SAY_MS 2000
#define ABSENT_MS 50 /* a virtio-serial port that nobody has open on the host can't be waited for */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool sky_transport_rest(struct sky_transport *t, int milliseconds)
{
	struct pollfd stop = { .fd = t->stop_fd, .events = POLLIN };

	return poll(&stop, 1, milliseconds) > 0;
}

int sky_transport_open(struct sky_transport *t, char *why, size_t size)
{
	t->have = 0;
	if (t->guest) {
		t->fd = open(t->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (t->fd < 0) {
			snprintf(why, size,
				 "can't open the virtio-serial port %s (%s); the domain needs a <channel> of that name, and no other program may hold it",
				 t->path, strerror(errno));
			return -1;
		}
		return 0;
	}
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", t->path);
	t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (t->fd < 0 || connect(t->fd, (struct sockaddr *)&address, sizeof(address))) {
		snprintf(why, size, "no switch listens at %s (%s); start `skyway vswitchd`, or name its run directory", t->path, strerror(errno));
		sky_transport_close(t);
		return -1;
	}
	return 0;
}

void sky_transport_close(struct sky_transport *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

/* The next message of what was received. */
static enum sky_heard take(struct sky_transport *t, struct sky_message *message, char *why, size_t size)
{
	char *feed = memchr(t->buffer, '\n', t->have);
	size_t length;
	int result;

	if (!feed) {
		if (t->have < sizeof(t->buffer))
			return SKY_NOTHING;
		snprintf(why, size, "control message is longer than %u bytes; this does not come from Skyway", SKY_MAX_LINE_BYTES);
		return SKY_BROKEN;
	}
	length = (size_t)(feed - t->buffer);
	result = sky_json_read(t->buffer, length, message);
	if (result)
		snprintf(why, size, "can't read control message %.*s", length > 200 ? 200 : (int)length, t->buffer);
	t->have -= length + 1;
	memmove(t->buffer, feed + 1, t->have);
	return result ? SKY_BROKEN : SKY_HEARD;
}

enum sky_heard sky_transport_hear(struct sky_transport *t, struct sky_message *message, int timeout_ms, char *why, size_t size)
{
	int64_t end = now_ms() + timeout_ms;

	for (;;) {
		enum sky_heard heard = take(t, message, why, size);
		struct pollfd fds[2] = { { .fd = t->fd, .events = POLLIN }, { .fd = t->stop_fd, .events = POLLIN } };
		int64_t left = end - now_ms();
		ssize_t count;

		if (heard != SKY_NOTHING)
			return heard;
		if (poll(fds, 2, left > 0 ? (int)left : 0) < 0 && errno != EINTR) {
			snprintf(why, size, "can't wait for control messages: %s", strerror(errno));
			return SKY_BROKEN;
		}
		if (fds[1].revents)
			return SKY_NOTHING;
		if (!fds[0].revents && left <= 0)
			return SKY_NOTHING;
		if (!fds[0].revents)
			continue;
		count = read(t->fd, t->buffer + t->have, sizeof(t->buffer) - t->have);
		if (count == 0)
			return SKY_OVER;
		if (count > 0) {
			t->have += (size_t)count;
		} else if (errno != EAGAIN && errno != EINTR) {
			snprintf(why, size, "%s", strerror(errno));
			return SKY_BROKEN;
		}
	}
}

int sky_transport_say(struct sky_transport *t, const char *line, char *why, size_t size)
{
	size_t length = strlen(line), sent = 0;
	int64_t end = now_ms() + SAY_MS;

	while (sent < length) {
		struct pollfd fds[2] = { { .fd = t->fd, .events = POLLOUT }, { .fd = t->stop_fd, .events = POLLIN } };
		/* A peer that is gone is no reason for a signal. */
		ssize_t count = t->guest ? write(t->fd, line + sent, length - sent) : send(t->fd, line + sent, length - sent, MSG_NOSIGNAL);

		if (count > 0) {
			sent += (size_t)count;
			continue;
		}
		if (count < 0 && errno != EAGAIN && errno != EINTR) {
			snprintf(why, size, "%s", strerror(errno));
			return -1;
		}
		if (now_ms() >= end) {
			snprintf(why, size, "it was not taken within %d ms", SAY_MS);
			return -1;
		}
		if (t->guest ? sky_transport_rest(t, ABSENT_MS) : (poll(fds, 2, ABSENT_MS) > 0 && fds[1].revents)) {
			snprintf(why, size, "the port is being closed");
			return -1;
		}
	}
	return 0;
}
