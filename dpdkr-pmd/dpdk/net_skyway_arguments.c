#include "net_skyway.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_kvargs.h>

#define DEVICES "/dev/virtio-ports/org.skyway.pmd."

static int copy_argument(char *to, size_t size, const char *key, const char *value)
{
	if (!value || !value[0] || (size_t)snprintf(to, size, "%s", value) >= size) {
		LOG(ERR, "%s=%s: has to have 1 to %zu characters", key, value ? value : "", size - 1);
		return -EINVAL;
	}
	return 0;
}

static int read_secret(struct device *d, const char *path)
{
	FILE *file = path ? fopen(path, "re") : NULL;
	bool read = file && fgets(d->secret, sizeof(d->secret), file);

	if (file)
		fclose(file);
	d->secret[strcspn(d->secret, "\r\n")] = 0;
	if (!read || !d->secret[0]) {
		LOG(ERR, "%s=%s: can't read a secret there: %s", ARGUMENT_SECRET, path ? path : "", strerror(errno));
		return -EINVAL;
	}
	return 0;
}

static int set_argument(const char *key, const char *value, void *device)
{
	struct device *d = device;

	if (!strcmp(key, ARGUMENT_PORT))
		return copy_argument(d->port, sizeof(d->port), key, value);
	if (!strcmp(key, ARGUMENT_RUNDIR))
		return copy_argument(d->rundir, sizeof(d->rundir), key, value);
	if (!strcmp(key, ARGUMENT_SECRET))
		return read_secret(d, value);
	if (!strcmp(key, ARGUMENT_CONTROL)) {
		const char *number = value && !strncmp(value, "virtio-serial", 13) ? value + 13 : NULL;

		if (!number)
			return copy_argument(d->control, sizeof(d->control), key, value);
		snprintf(d->control, sizeof(d->control), DEVICES "%.40s", *number == ':' ? number + 1 : "0");
		return 0;
	}
	if (!strcmp(key, ARGUMENT_MAC)) {
		if (!value || rte_ether_unformat_addr(value, &d->mac)) {
			LOG(ERR, "mac=%s: is no MAC address", value ? value : "");
			return -EINVAL;
		}
		return 0;
	}
	if (!value || (strcmp(value, "0") && strcmp(value, "1"))) {
		LOG(ERR, "wait=%s: has to be 0 or 1", value ? value : "");
		return -EINVAL;
	}
	d->wait = value[0] == '1';
	return 0;
}

int sky_read_arguments(struct rte_vdev_device *vdev, struct device *d)
{
	static const char *const keys[] = { ARGUMENT_PORT, ARGUMENT_RUNDIR, ARGUMENT_CONTROL, ARGUMENT_SECRET, ARGUMENT_MAC, ARGUMENT_WAIT, NULL };
	struct rte_kvargs *arguments = rte_kvargs_parse(rte_vdev_device_args(vdev), keys);
	int result;

	if (!arguments) {
		LOG(ERR, "%s: can't read \"%s\"; there are port, rundir, control, secret-file, mac and wait", rte_vdev_device_name(vdev),
		    rte_vdev_device_args(vdev));
		return -EINVAL;
	}
	result = rte_kvargs_process(arguments, NULL, set_argument, d);
	rte_kvargs_free(arguments);
	if (!result && !d->port[0]) {
		LOG(ERR, "%s: needs port=NAME, the name of a dpdkr port of the switch", rte_vdev_device_name(vdev));
		result = -EINVAL;
	}
	return result ? -EINVAL : 0;
}
