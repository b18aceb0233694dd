#define _GNU_SOURCE
#include "guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "abi.h"

#define REGIONS 1024 /* of 60 ports with all their links */

static struct {
	uintptr_t base; /* 0: free; written last when it is taken, first when it is freed */
	size_t size;
	unsigned *cut;
} guarded[REGIONS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned count;
static struct sigaction before;

/* Another handler's affair. */
static void pass_on(int signal_number, siginfo_t *info, void *context)
{
	if (before.sa_flags & SA_SIGINFO) {
		before.sa_sigaction(signal_number, info, context);
	} else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
		before.sa_handler(signal_number);
	} else {
		signal(SIGBUS, SIG_DFL); /* which is met when the instruction is tried again */
	}
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	for (unsigned i = 0; i < REGIONS; i++) {
		uintptr_t base = sky_acquire(&guarded[i].base);

		if (base && at - base < guarded[i].size) {
			void *there = mmap((void *)base, guarded[i].size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

			if (there == MAP_FAILED)
				break;
			sky_release(guarded[i].cut, 1u);
			return; /* the instruction is tried again */
		}
	}
	pass_on(signal_number, info, context);
}

static void install(void)
{
	struct sigaction ours = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK };

	sigemptyset(&ours.sa_mask);
	sigaction(SIGBUS, &ours, &before);
}

static void uninstall(void)
{
	struct sigaction now;

	/* If somebody has put a handler of their own before ours, they call ours: it stays. */
	if (sigaction(SIGBUS, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_bus_error)
		sigaction(SIGBUS, &before, NULL);
}

int sky_guard_add(void *base, size_t size, unsigned *cut)
{
	int result = -1;

	pthread_mutex_lock(&lock);
	for (unsigned i = 0; i < REGIONS && result; i++) {
		if (!guarded[i].base) {
			guarded[i].size = size;
			guarded[i].cut = cut;
			sky_release(&guarded[i].base, (uintptr_t)base);
			result = 0;
		}
	}
	if (result == 0 && count++ == 0)
		install();
	pthread_mutex_unlock(&lock);
	return result;
}

void sky_guard_remove(void *base)
{
	pthread_mutex_lock(&lock);
	for (unsigned i = 0; i < REGIONS; i++) {
		if (guarded[i].base == (uintptr_t)base) {
			sky_release(&guarded[i].base, (uintptr_t)0);
			if (--count == 0)
				uninstall();
			break;
		}
	}
	pthread_mutex_unlock(&lock);
}
