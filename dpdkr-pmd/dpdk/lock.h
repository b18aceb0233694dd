/* The lock of one half of a port. Data threads take it for each burst, the control thread now and then.
 *
 * An atomic exchange would wait until everything that the last burst wrote has reached the other core. So where only one data thread
 * comes at a time, it says that it is busy with a plain store, and the control thread, which has time, makes sure that it sees that:
 * membarrier(2) is the fence that the data thread leaves out. Where several data threads may come, and where the kernel has no such
 * call, they exclude each other with an exchange. */
#ifndef SKYWAY_LOCK_H
#define SKYWAY_LOCK_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "abi.h"

struct sky_lock {
	uint32_t held; /* by the control thread, or by a data thread of several */
	uint32_t busy; /* the only data thread is within */
	uint32_t wanted; /* the only data thread must not come in */
	bool shared; /* there may be several data threads */
};

/* Before any thread uses it. */
void sky_lock_init(struct sky_lock *lock, bool shared);

/* For the control thread, and whoever else has time. */
void sky_lock(struct sky_lock *lock);
void sky_unlock(struct sky_lock *lock);

/* Waits for a word to become 0. Whoever finds it set spins a little and then lets others have the core, for whoever has set it may be
 * waiting for just that core. */
void sky_lock_wait(const uint32_t *word);

/* For data threads. */
static inline void sky_enter(struct sky_lock *lock)
{
	if (lock->shared) {
		while (sky_unlikely(__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE)))
			sky_lock_wait(&lock->held);
		return;
	}
	for (;;) {
		sky_store(&lock->busy, 1u);
		__atomic_signal_fence(__ATOMIC_SEQ_CST); /* the other half of membarrier */
		if (sky_likely(!sky_acquire(&lock->wanted)))
			return;
		sky_release(&lock->busy, 0u);
		sky_lock_wait(&lock->wanted);
	}
}

static inline void sky_leave(struct sky_lock *lock)
{
	if (lock->shared)
		sky_release(&lock->held, 0u);
	else
		sky_release(&lock->busy, 0u);
}

#endif
