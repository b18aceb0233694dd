// Feeds a switch through two ports of its own, with one thread, and measures what comes back: throughput, and latency by
// the time stamp counter. What its ports are is a matter of EAL arguments, so the same program feeds every switch.
//
//   feeder EAL-ARGUMENTS
//
// reads commands from standard input, one a line, and answers each with a line:
//
//   frames FILE             loads frames: 16-bit length (little-endian) and bytes, again and again; sent in that order, round and round
//   run PPS SETTLE MILLIS BOTH
//                           sends PPS packets a second each way (0: flat out) for SETTLE and then MILLIS milliseconds, from
//                           the first port to the second, and back if BOTH is 1; then waits for what is under way. Answers
//                           "sent N received N mpps X p50 NS p90 NS p99 NS p999 NS max NS cycles X": packets of the whole run,
//                           Mpps that arrived at a port while it counted, latencies then, cycles of this thread for a packet
//   quit

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

enum {
    BURST = 32,
    DESCRIPTORS = 1024,
    MBUFS = 16383,
    CACHE = 256,
    PORTS = 2,
    LARGEST = 2048,
    MOST_FRAMES = 1 << 20,
    SHORTEST = 60,
    // Where a frame has room: behind Ethernet, IPv4 and UDP.
    MAGIC_OFFSET = 42,
    STAMP_OFFSET = 48,
    // Latencies by cycles: 64 steps for each power of two.
    STEP_BITS = 6,
    BUCKETS = 64 << STEP_BITS,
};

static const uint32_t magic = 0x46444b53;

static struct rte_mempool *pool;
static uint8_t *frames;  // each in a slot of slot_bytes
static uint16_t *lengths;
static uint32_t frame_count;
static uint32_t slot_bytes;
static uint64_t histogram[BUCKETS];
static uint64_t samples;

struct way {
    uint16_t port;
    uint32_t next;
    uint64_t sent;
    uint64_t received;
};

static unsigned bucket(uint64_t cycles) {
    if (cycles < 1u << STEP_BITS) {
        return (unsigned)cycles;
    }
    const unsigned power = 63u - (unsigned)__builtin_clzll(cycles);
    return ((power - STEP_BITS + 1) << STEP_BITS) + (unsigned)(cycles >> (power - STEP_BITS) & ((1u << STEP_BITS) - 1));
}

static uint64_t bound(unsigned index) {
    const unsigned power = index >> STEP_BITS;
    const uint64_t step = index & ((1u << STEP_BITS) - 1);
    return power == 0 ? step : (step + (1u << STEP_BITS)) << (power - 1);
}

static double nanos(uint64_t cycles) { return (double)cycles * 1e9 / (double)rte_get_tsc_hz(); }

static double percentile(double share) {
    uint64_t seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += histogram[i];
        if (samples > 0 && (double)seen >= share * (double)samples) {
            return nanos(bound(i));
        }
    }
    return 0;
}

static bool take(struct way *way, bool count_latency) {
    struct rte_mbuf *burst[BURST];
    const uint16_t count = rte_eth_rx_burst(way->port, 0, burst, BURST);
    if (count == 0) {
        return false;
    }
    const uint8_t *first = rte_pktmbuf_mtod(burst[0], const uint8_t *);
    uint32_t word;
    memcpy(&word, first + MAGIC_OFFSET, sizeof word);
    if (count_latency && word == magic) {
        uint64_t stamp;
        memcpy(&stamp, first + STAMP_OFFSET, sizeof stamp);
        const unsigned index = bucket(rte_rdtsc() - stamp);
        histogram[index < BUCKETS ? index : BUCKETS - 1]++;
        samples++;
    }
    way->received += count;
    rte_pktmbuf_free_bulk(burst, count);
    return true;
}

static void transmit(struct way *way, unsigned count) {
    struct rte_mbuf *burst[BURST];
    if (rte_pktmbuf_alloc_bulk(pool, burst, count) != 0) {
        return;  // all of them are under way
    }
    const uint64_t now = rte_rdtsc();
    for (unsigned i = 0; i < count; i++) {
        const uint32_t n = way->next;
        way->next = n + 1 == frame_count ? 0 : n + 1;
        uint8_t *data = rte_pktmbuf_mtod(burst[i], uint8_t *);
        memcpy(data, frames + (uint64_t)n * slot_bytes, lengths[n]);
        memcpy(data + MAGIC_OFFSET, &magic, sizeof magic);
        memcpy(data + STAMP_OFFSET, &now, sizeof now);
        burst[i]->data_len = lengths[n];
        burst[i]->pkt_len = lengths[n];
    }
    const uint16_t sent = rte_eth_tx_burst(way->port, 0, burst, (uint16_t)count);
    way->sent += sent;
    if (sent < count) {
        // What found no room is sent later, with a new stamp.
        const uint32_t back = count - sent;
        way->next = way->next >= back ? way->next - back : way->next + frame_count - back;
        rte_pktmbuf_free_bulk(burst + sent, back);
    }
}

static unsigned due(const struct way *way, double packets_per_cycle, uint64_t since) {
    if (packets_per_cycle == 0) {
        return BURST;
    }
    const double wanted = (double)(rte_rdtsc() - since) * packets_per_cycle - (double)way->sent;
    return wanted <= 0 ? 0 : wanted >= BURST ? BURST : (unsigned)wanted;
}

static void run(double pps, uint64_t settle_millis, uint64_t millis, bool both) {
    const uint64_t hz = rte_get_tsc_hz();
    const double rate = pps / (double)hz;
    struct way ways[PORTS] = {{.port = 0}, {.port = 1, .next = frame_count / 2}};
    memset(histogram, 0, sizeof histogram);
    samples = 0;
    const uint64_t start = rte_rdtsc();
    const uint64_t counted = start + hz / 1000 * settle_millis;
    const uint64_t end = counted + hz / 1000 * millis;
    uint64_t before = 0, since = 0, now;
    while ((now = rte_rdtsc()) < end) {
        const bool counts = now >= counted;
        if (counts && since == 0) {
            since = now;
            before = ways[0].received + ways[1].received;
        }
        for (unsigned i = 0; i < PORTS; i++) {
            take(&ways[i], counts);
        }
        for (unsigned i = 0; i < (both ? 2u : 1u); i++) {
            const unsigned count = due(&ways[i], rate, start);
            if (count > 0) {
                transmit(&ways[i], count);
            }
        }
    }
    const uint64_t after = ways[0].received + ways[1].received;
    const uint64_t busy = now - since;
    // What is under way arrives or is lost.
    const uint64_t patience = hz / 5;
    for (uint64_t last = now; rte_rdtsc() - last < patience && ways[0].received + ways[1].received < ways[0].sent + ways[1].sent;) {
        if (take(&ways[0], false) | take(&ways[1], false)) {
            last = rte_rdtsc();
        }
    }
    const double arrived = (double)(after - before);
    printf("sent %" PRIu64 " received %" PRIu64 " mpps %.4f p50 %.0f p90 %.0f p99 %.0f p999 %.0f max %.0f cycles %.2f\n",
           ways[0].sent + ways[1].sent, ways[0].received + ways[1].received,
           arrived / (both ? 2 : 1) / ((double)busy / (double)hz) / 1e6, percentile(0.5), percentile(0.9), percentile(0.99),
           percentile(0.999), percentile(1), arrived > 0 ? (double)busy / arrived : 0);
}

static bool load(const char *file) {
    FILE *in = fopen(file, "rb");
    if (in == NULL) {
        return false;
    }
    uint32_t count = 0;
    uint32_t largest = 0;
    uint8_t head[2];
    while (fread(head, 1, 2, in) == 2) {
        const uint32_t length = head[0] | (uint32_t)head[1] << 8;
        if (length < SHORTEST || length > LARGEST || fseek(in, (long)length, SEEK_CUR) != 0 || ++count > MOST_FRAMES) {
            fclose(in);
            return false;
        }
        largest = length > largest ? length : largest;
    }
    rewind(in);
    free(frames);
    free(lengths);
    frame_count = 0;
    slot_bytes = (largest + 63) & ~63u;
    frames = count == 0 ? NULL : aligned_alloc(64, (size_t)count * slot_bytes);
    lengths = malloc(count * sizeof *lengths);
    bool good = frames != NULL && lengths != NULL;
    for (uint32_t i = 0; good && i < count; i++) {
        good = fread(head, 1, 2, in) == 2;
        lengths[i] = (uint16_t)(head[0] | head[1] << 8);
        good = good && fread(frames + (uint64_t)i * slot_bytes, 1, lengths[i], in) == lengths[i];
    }
    fclose(in);
    frame_count = good ? count : 0;
    return good;
}

static bool open_port(uint16_t port) {
    const struct rte_eth_conf conf = {0};
    return rte_eth_dev_configure(port, 1, 1, &conf) == 0 &&
           rte_eth_rx_queue_setup(port, 0, DESCRIPTORS, rte_socket_id(), NULL, pool) == 0 &&
           rte_eth_tx_queue_setup(port, 0, DESCRIPTORS, rte_socket_id(), NULL) == 0 && rte_eth_dev_start(port) == 0;
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (rte_eal_init(count, arguments) < 0) {
        fputs("feeder: DPDK does not start\n", stderr);
        return 1;
    }
    pool = rte_pktmbuf_pool_create("feeder", MBUFS, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, (int)rte_socket_id());
    if (pool == NULL || rte_eth_dev_count_avail() != PORTS) {
        fprintf(stderr, "feeder: %s\n", pool == NULL ? "no memory for packets" : "two ports are wanted");
        return 1;
    }
    for (uint16_t port = 0; port < PORTS; port++) {
        if (!open_port(port)) {
            fprintf(stderr, "feeder: port %u does not start\n", port);
            return 1;
        }
    }
    puts("feeder ready");
    char line[512];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = 0;
        double pps;
        uint64_t settle, millis;
        int both;
        if (strncmp(line, "frames ", 7) == 0) {
            puts(load(line + 7) ? "loaded" : "error the file can't be read, or has frames shorter than 60 or longer than 2048 bytes");
        } else if (sscanf(line, "run %lf %" SCNu64 " %" SCNu64 " %d", &pps, &settle, &millis, &both) == 4 && millis > 0) {
            if (frame_count < BURST) {
                puts("error load 32 frames at least");
            } else {
                run(pps, settle, millis, both != 0);
            }
        } else if (strcmp(line, "quit") == 0) {
            break;
        } else {
            puts("error no such command");
        }
    }
    for (uint16_t port = 0; port < PORTS; port++) {
        rte_eth_dev_stop(port);
        rte_eth_dev_close(port);
    }
    rte_eal_cleanup();
    return 0;
}
