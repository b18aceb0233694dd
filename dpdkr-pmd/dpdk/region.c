#define _GNU_SOURCE
#include "region.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard.h"

/* Tests look elsewhere. */
#define DEVICES_VARIABLE "SKYWAY_PCI_DEVICES"
#define DEVICES "/sys/bus/pci/devices"

static const uint8_t ivshmem_ids[4] = { 0xf4, 0x1a, 0x10, 0x11 }; /* PCI 1af4:1110, QEMU ivshmem-spec */

#define COMMAND 4 /* PCI, "Command Register" */
#define COMMAND_MEMORY 2

static bool is_ring(uint64_t offset, uint64_t size)
{
	return offset >= SKY_FIRST_RING_OFFSET && offset < size && (offset & 63) == 0;
}

/* Checks the first bytes of what is mapped. */
static int check(struct sky_region *region, uint32_t magic, char *why, size_t size)
{
	struct sky_abi_region *header = (struct sky_abi_region *)region->base;
	uint32_t found = sky_acquire(&header->magic); /* R */
	uint32_t version = sky_load(&header->version), required = sky_load(&header->required);
	uint64_t claimed = sky_load(&header->sizeBytes);

	if (found != magic || version != SKY_REGION_VERSION) {
		snprintf(why, size, "region %s has magic 0x%08x version %u, expected 0x%08x version %u; use the same release on both sides",
			 region->name, found, version, magic, SKY_REGION_VERSION);
		return -1;
	}
	if (required & ~SKY_REQUIRED_KNOWN) {
		snprintf(why, size, "region %s requires features 0x%08x, of which 0x%08x are known here; use the same release on both sides",
			 region->name, required, SKY_REQUIRED_KNOWN);
		return -1;
	}
	if (claimed != region->size) {
		snprintf(why, size, "region %s claims %" PRIu64 " bytes but maps %" PRIu64 "; recreate the channel", region->name, claimed,
			 region->size);
		return -1;
	}
	region->id = sky_load(&header->id);
	region->first_ring = sky_load(&header->firstRing);
	region->second_ring = sky_load(&header->secondRing);
	if (!is_ring(region->first_ring, region->size) || !is_ring(region->second_ring, region->size)) {
		snprintf(why, size, "region %s of %" PRIu64 " bytes claims rings at offsets %" PRIu64 " and %" PRIu64, region->name, region->size,
			 region->first_ring, region->second_ring);
		return -1;
	}
	return 0;
}

static int map_file(struct sky_region *region, const char *path, uint64_t bytes, char *why, size_t size)
{
	struct stat status;
	int fd;
	void *base;

	memset(region, 0, sizeof(*region));
	snprintf(region->name, sizeof(region->name), "%s", path);
	if (bytes < SKY_FIRST_RING_OFFSET || (bytes & (bytes - 1))) {
		snprintf(why, size, "region %s must have a power of two of at least 4096 bytes, not %" PRIu64, path, bytes);
		return -1;
	}
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status)) {
		snprintf(why, size, "can't open region %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if ((uint64_t)status.st_size != bytes) {
		snprintf(why, size, "region %s has %" PRIu64 " bytes, but %" PRIu64 " were announced; recreate it", path, (uint64_t)status.st_size,
			 bytes);
		close(fd);
		return -1;
	}
	base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (base == MAP_FAILED) {
		snprintf(why, size, "can't map region %s: %s", path, strerror(errno));
		return -1;
	}
	region->base = base;
	region->size = bytes;
	if (sky_guard_add(base, bytes, &region->cut)) {
		snprintf(why, size, "can't guard region %s: too many are mapped; close ports", path);
		munmap(base, bytes);
		region->base = NULL;
		return -1;
	}
	return 0;
}

void sky_region_unmap(struct sky_region *region)
{
	if (region->base) {
		sky_guard_remove(region->base);
		munmap(region->base, region->size);
		region->base = NULL;
	}
}

static int read_ids(int device, uint8_t *config, size_t size)
{
	int fd = openat(device, "config", O_RDONLY | O_CLOEXEC);
	ssize_t count = fd < 0 ? -1 : read(fd, config, size);

	if (fd >= 0)
		close(fd);
	return count == (ssize_t)size ? 0 : -1;
}

/* Nobody has enabled what was plugged in while the machine ran. */
static void enable(int device)
{
	int fd = openat(device, "enable", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			errno = 0; /* then it can't be mapped, which is said there */
		close(fd);
	}
}

/* Whether the device may be the one, by what the PCI bus says of it. */
static bool is_candidate(int device, uint64_t bytes)
{
	uint8_t config[COMMAND + 2];
	struct stat status;

	if (read_ids(device, config, sizeof(config)) || memcmp(config, ivshmem_ids, sizeof(ivshmem_ids)))
		return false;
	if (fstatat(device, "resource2", &status, 0) || (uint64_t)status.st_size != bytes)
		return false;
	if (!(config[COMMAND] & COMMAND_MEMORY))
		enable(device);
	return true;
}

static bool is_region(struct sky_region *region, uint32_t magic, uint64_t id)
{
	struct sky_abi_region *header = (struct sky_abi_region *)region->base;

	return sky_acquire(&header->magic) == magic /* R */
		&& sky_load(&header->version) == SKY_REGION_VERSION && sky_load(&header->id) == id;
}

static int find_device(struct sky_region *region, const struct sky_region_ref *ref, uint32_t magic, char *why, size_t size)
{
	const char *root = getenv(DEVICES_VARIABLE) ? getenv(DEVICES_VARIABLE) : DEVICES;
	DIR *devices = opendir(root);
	struct dirent *entry;
	int found = 1;

	snprintf(why, size, "no ivshmem device has region %" PRIi64 " of %" PRIu64 " bytes", (int64_t)ref->id, ref->size);
	while (devices && found && (entry = readdir(devices))) {
		char path[300], ignored[600];
		int device;

		if (entry->d_name[0] == '.' || snprintf(path, sizeof(path), "%.40s/%.200s", root, entry->d_name) >= (int)sizeof(path))
			continue;
		device = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (device < 0)
			continue;
		if (is_candidate(device, ref->size)) {
			snprintf(path + strlen(path), sizeof(path) - strlen(path), "/resource2");
			if (map_file(region, path, ref->size, ignored, sizeof(ignored)) == 0) {
				if (is_region(region, magic, ref->id))
					found = 0;
				else
					sky_region_unmap(region);
			}
		}
		close(device);
	}
	if (devices)
		closedir(devices);
	return found;
}

int sky_region_map(struct sky_region *region, const struct sky_region_ref *ref, uint32_t magic, char *why, size_t size)
{
	int result = ref->has_path ? map_file(region, ref->path, ref->size, why, size) : find_device(region, ref, magic, why, size);

	if (result == 0 && check(region, magic, why, size)) {
		sky_region_unmap(region);
		result = -1;
	}
	return result;
}
