// What one packet costs between two cores of this machine, in C: the reference that figures are divided by.
//
//   yardstick CORE CORE
//
// reads commands from standard input, one a line, and answers each with a line:
//
//   ring MS        a bare ring of 8,192 packets of 64 bytes; bursts of 32; the cursors in lines of their own
//   hop MS SIZE    a ring laid out as Skyway's link region, with the same checks and the same work at its ends;
//                  SIZE is 64 to 1518, or imix (64, 570 and 1518 bytes, 7:4:1)
//   quit
//
// The answer is "Mpps X". The two threads exist only while a command runs, so that nothing spins in between.

#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BURST = 32,
    CELL_BYTES = 64,
    CELLS = 8192,
    RESERVED_CELLS = 16,
    MAX_FRAME = 2048,
    POLLS_PER_SIGN_OF_LIFE = 1024,
    // The layout of a ring: see RingLayout.
    TAIL_OFFSET = 128,
    HEAD_OFFSET = 256,
    DESCRIPTORS_OFFSET = 512,
    TYPE_PACKET = 1,
    TYPE_PAD = 3,
    PATTERN = 29 * 12,  // sizes come in turn, twelve of them at a time
};

typedef _Atomic uint64_t cursor;

// Where the two threads meet.
static uint8_t *ring;
static struct {
    _Alignas(256) cursor command;  // the switch would write it
    _Alignas(256) cursor sent_packets;
    cursor sent_bytes;
    cursor sender_alive;
    _Alignas(256) cursor received_packets;
    cursor received_bytes;
    cursor receiver_alive;
    _Alignas(256) atomic_bool stop;
    _Alignas(256) atomic_bool broken;
} block;

static int cores[2];
static unsigned sizes[PATTERN + BURST];

static void pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static cursor *tail_of(void) { return (cursor *)(ring + TAIL_OFFSET); }
static cursor *head_of(void) { return (cursor *)(ring + HEAD_OFFSET); }
static uint64_t *descriptors(void) { return (uint64_t *)(ring + DESCRIPTORS_OFFSET); }
static uint8_t *cells(void) { return ring + DESCRIPTORS_OFFSET + 8ul * CELLS; }
static bool stopped(void) { return atomic_load_explicit(&block.stop, memory_order_relaxed); }

static void *bare_producer(void *unused) {
    (void)unused;
    pin(cores[0]);
    static _Alignas(64) uint8_t source[BURST][CELL_BYTES];
    uint64_t *const lengths = descriptors();
    uint8_t *const data = cells();
    uint64_t tail = 0, head = 0;
    while (!stopped()) {
        if (tail + BURST > head + CELLS) {
            head = atomic_load_explicit(head_of(), memory_order_acquire);
            continue;
        }
        for (unsigned i = 0; i < BURST; i++) {
            const uint64_t cell = (tail + i) & (CELLS - 1);
            lengths[cell] = CELL_BYTES;
            memcpy(data + cell * CELL_BYTES, source[i], CELL_BYTES);
        }
        tail += BURST;
        atomic_store_explicit(tail_of(), tail, memory_order_release);
    }
    return NULL;
}

static void *bare_consumer(void *unused) {
    (void)unused;
    pin(cores[1]);
    static _Alignas(64) uint8_t sink[BURST][CELL_BYTES];
    uint64_t *const lengths = descriptors();
    uint8_t *const data = cells();
    uint64_t tail = 0, head = 0;
    while (!stopped()) {
        if (head == tail) {
            tail = atomic_load_explicit(tail_of(), memory_order_acquire);
            continue;
        }
        const uint64_t count = tail - head < BURST ? tail - head : BURST;
        for (unsigned i = 0; i < count; i++) {
            const uint64_t cell = (head + i) & (CELLS - 1);
            if (lengths[cell] != CELL_BYTES) {
                atomic_store(&block.broken, true);
                return NULL;
            }
            memcpy(sink[i], data + cell * CELL_BYTES, CELL_BYTES);
        }
        __asm__ volatile("" ::"r"(sink) : "memory");  // the copy is wanted though nobody looks at it
        head += count;
        atomic_store_explicit(head_of(), head, memory_order_release);
        atomic_store_explicit(&block.received_packets, head, memory_order_relaxed);
    }
    return NULL;
}

static void copy(uint8_t *to, const uint8_t *from, unsigned length) {
    if (length <= CELL_BYTES) {
        memcpy(to, from, CELL_BYTES);  // cells and buffers have room for it
    } else {
        memcpy(to, from, length);
    }
}

static void *hop_producer(void *unused) {
    (void)unused;
    pin(cores[0]);
    static _Alignas(64) uint8_t source[BURST][MAX_FRAME];
    uint64_t *const described = descriptors();
    uint8_t *const data = cells();
    uint64_t tail = 0, head = 0, packets = 0, bytes = 0, polls = 0;
    unsigned next = 0;
    while (!stopped()) {
        if (atomic_load_explicit(&block.command, memory_order_acquire) != 0) {
            break;
        }
        if ((++polls & (POLLS_PER_SIGN_OF_LIFE - 1)) == 0) {
            atomic_store_explicit(&block.sender_alive, polls, memory_order_relaxed);
        }
        uint64_t end = tail;
        unsigned taken = 0;
        for (; taken < BURST; taken++) {
            const unsigned length = sizes[next + taken];
            if (length == 0 || length > MAX_FRAME) {
                atomic_store(&block.broken, true);
                return NULL;
            }
            const uint64_t need = (length + CELL_BYTES - 1) / CELL_BYTES;
            const uint64_t to_end = CELLS - (end & (CELLS - 1));
            const uint64_t pad = need > to_end ? to_end : 0;
            if (end + pad + need > head + CELLS - RESERVED_CELLS) {
                const uint64_t seen = atomic_load_explicit(head_of(), memory_order_acquire);
                if (seen < head || seen > tail) {
                    atomic_store(&block.broken, true);
                    return NULL;
                }
                head = seen;
                if (end + pad + need > head + CELLS - RESERVED_CELLS) {
                    break;
                }
            }
            if (pad != 0) {
                described[end & (CELLS - 1)] = (uint64_t)TYPE_PAD << 16;
                end += pad;
            }
            const uint64_t cell = end & (CELLS - 1);
            described[cell] = (uint64_t)TYPE_PACKET << 16 | length;
            copy(data + cell * CELL_BYTES, source[taken], length);
            bytes += length;
            end += need;
        }
        if (taken > 0) {
            packets += taken;
            next = (next + taken) % PATTERN;
            tail = end;
            atomic_store_explicit(&block.sent_packets, packets, memory_order_relaxed);
            atomic_store_explicit(&block.sent_bytes, bytes, memory_order_relaxed);
            atomic_store_explicit(tail_of(), tail, memory_order_release);
        }
    }
    return NULL;
}

static void *hop_consumer(void *unused) {
    (void)unused;
    pin(cores[1]);
    static _Alignas(64) uint8_t sink[BURST][MAX_FRAME];
    uint64_t *const described = descriptors();
    uint8_t *const data = cells();
    uint64_t tail = 0, head = 0, packets = 0, bytes = 0, polls = 0;
    while (!stopped()) {
        if ((++polls & (POLLS_PER_SIGN_OF_LIFE - 1)) == 0) {
            atomic_store_explicit(&block.receiver_alive, polls, memory_order_relaxed);
        }
        if (head == tail) {
            const uint64_t seen = atomic_load_explicit(tail_of(), memory_order_acquire);
            if (seen < tail || seen - head > CELLS) {
                atomic_store(&block.broken, true);
                return NULL;
            }
            tail = seen;
            if (head == tail) {
                continue;
            }
        }
        unsigned shown = 0;
        while (shown < BURST && head != tail) {
            const uint64_t cell = head & (CELLS - 1);
            const uint64_t descriptor = __atomic_load_n(&described[cell], __ATOMIC_RELAXED);
            const unsigned type = descriptor >> 16 & 0xff;
            const unsigned length = descriptor & 0xffff;
            if (type == TYPE_PAD && cell != 0) {
                head += CELLS - cell;
                continue;
            }
            const uint64_t need = (length + CELL_BYTES - 1) / CELL_BYTES;
            if (type != TYPE_PACKET || length == 0 || length > MAX_FRAME || need > tail - head || cell + need > CELLS) {
                atomic_store(&block.broken, true);
                return NULL;
            }
            copy(sink[shown], data + cell * CELL_BYTES, length);
            bytes += length;
            head += need;
            shown++;
        }
        __asm__ volatile("" ::"r"(sink) : "memory");
        packets += shown;
        atomic_store_explicit(head_of(), head, memory_order_release);
        atomic_store_explicit(&block.received_packets, packets, memory_order_relaxed);
        atomic_store_explicit(&block.received_bytes, bytes, memory_order_relaxed);
    }
    return NULL;
}

static void sleep_nanos(int64_t nanos) {
    const struct timespec t = {.tv_sec = nanos / 1000000000, .tv_nsec = nanos % 1000000000};
    nanosleep(&t, NULL);
}

static int64_t now_nanos(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void run(void *(*producer)(void *), void *(*consumer)(void *), int64_t nanos) {
    memset(ring, 0, DESCRIPTORS_OFFSET + CELLS * (8ul + CELL_BYTES));
    memset(&block, 0, sizeof block);
    pthread_t threads[2];
    if (pthread_create(&threads[0], NULL, producer, NULL) != 0 ||
        pthread_create(&threads[1], NULL, consumer, NULL) != 0) {
        puts("error can't start threads");
        exit(1);
    }
    sleep_nanos(nanos / 5);  // until both run
    const uint64_t before = atomic_load(&block.received_packets);
    const int64_t since = now_nanos();
    sleep_nanos(nanos - nanos / 5);
    const uint64_t after = atomic_load(&block.received_packets);
    const int64_t until = now_nanos();
    atomic_store(&block.stop, true);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    if (atomic_load(&block.broken)) {
        puts("error the ring is broken");
        return;
    }
    printf("Mpps %.3f\n", (double)(after - before) * 1e3 / (double)(until - since));
}

// Which sizes packets have, in turn.
static bool choose(const char *size) {
    static const unsigned imix[12] = {64, 570, 64, 64, 570, 64, 1518, 64, 570, 64, 570, 64};
    const bool mixed = strcmp(size, "imix") == 0;
    const int all = mixed ? 64 : atoi(size);
    if (all < 60 || all > 1518) {
        return false;
    }
    for (unsigned i = 0; i < PATTERN + BURST; i++) {
        sizes[i] = mixed ? imix[i % 12] : (unsigned)all;
    }
    return true;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fputs("usage: yardstick CORE CORE\n", stderr);
        return 2;
    }
    cores[0] = atoi(arguments[1]);
    cores[1] = atoi(arguments[2]);
    ring = aligned_alloc(4096, 1ul << 20);
    if (ring == NULL) {
        fputs("yardstick: no memory\n", stderr);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("ready");
    char line[128];
    while (fgets(line, sizeof line, stdin) != NULL) {
        long millis;
        char size[16];
        if (sscanf(line, "ring %ld", &millis) == 1 && millis > 0) {
            run(bare_producer, bare_consumer, millis * 1000000ll);
        } else if (sscanf(line, "hop %ld %15s", &millis, size) == 2 && millis > 0 && choose(size)) {
            run(hop_producer, hop_consumer, millis * 1000000ll);
        } else if (strncmp(line, "quit", 4) == 0) {
            return 0;
        } else {
            puts("error no such command");
        }
    }
    return 0;
}
