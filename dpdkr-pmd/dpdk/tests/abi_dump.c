/* Prints where the C driver thinks that everything is: a line "table field value" each. A test compares it with ABI.md. */
#include <stdio.h>

#include "../abi.h"

#define CONSTANT(name) printf("constants " #name " %llu\n", (unsigned long long)SKY_##name)
#define FIELD(table, structure, field, member) printf(table " " field " %zu\n", offsetof(struct structure, member))

int main(void)
{
	CONSTANT(PORT_MAGIC);
	CONSTANT(LINK_MAGIC);
	CONSTANT(RING_MAGIC);
	CONSTANT(REGION_VERSION);
	CONSTANT(RING_VERSION);
	CONSTANT(CONTROL_VERSION);
	CONSTANT(CONTROL_OFFSET);
	CONSTANT(STATISTICS_OFFSET);
	CONSTANT(FIRST_RING_OFFSET);
	CONSTANT(SLOTS);
	CONSTANT(CELL_BYTES);
	CONSTANT(MIN_CELLS);
	CONSTANT(MAX_CELLS);
	CONSTANT(RESERVED_CELLS);
	CONSTANT(MAX_LINE_BYTES);
	FIELD("region", sky_abi_region, "magic", magic);
	FIELD("region", sky_abi_region, "version", version);
	FIELD("region", sky_abi_region, "sizeBytes", sizeBytes);
	FIELD("region", sky_abi_region, "id", id);
	FIELD("region", sky_abi_region, "cells", cells);
	FIELD("region", sky_abi_region, "maxFrame", maxFrame);
	FIELD("region", sky_abi_region, "firstRing", firstRing);
	FIELD("region", sky_abi_region, "secondRing", secondRing);
	FIELD("region", sky_abi_region, "features", features);
	FIELD("region", sky_abi_region, "required", required);
	FIELD("control", sky_abi_control, "txCommand", txCommand);
	FIELD("control", sky_abi_control, "rxCommand", rxCommand);
	FIELD("control", sky_abi_control, "txLimit", txLimit);
	FIELD("control", sky_abi_control, "txRead", txRead);
	FIELD("control", sky_abi_control, "txCut", txCut);
	FIELD("control", sky_abi_control, "txObeyed", txObeyed);
	FIELD("control", sky_abi_control, "rxObeyed", rxObeyed);
	FIELD("control", sky_abi_control, "rxEnded", rxEnded);
	FIELD("control", sky_abi_control, "alive", alive);
	FIELD("control", sky_abi_control, "rxLimit", rxLimit[0].cursor);
	FIELD("control", sky_abi_control, "rxLimitEpoch", rxLimit[0].epoch);
	FIELD("statistics", sky_abi_statistics, "txPackets", txPackets);
	FIELD("statistics", sky_abi_statistics, "txBytes", txBytes);
	FIELD("statistics", sky_abi_statistics, "rxPackets", rx[0].packets);
	FIELD("statistics", sky_abi_statistics, "rxBytes", rx[0].bytes);
	FIELD("statistics", sky_abi_statistics, "txRefused", txRefused);
	FIELD("ring", sky_abi_ring, "magic", magic);
	FIELD("ring", sky_abi_ring, "version", version);
	FIELD("ring", sky_abi_ring, "cells", cells);
	FIELD("ring", sky_abi_ring, "maxFrame", maxFrame);
	FIELD("ring", sky_abi_ring, "tail", tail);
	FIELD("ring", sky_abi_ring, "head", head);
	FIELD("ring", sky_abi_ring, "descriptors", descriptors);
	return 0;
}
