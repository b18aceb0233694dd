#define _GNU_SOURCE
#include "lock.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SPINS 128

static int membarrier(int command)
{
	return (int)syscall(SYS_membarrier, command, 0, 0);
}

static void pause_a_little(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("" ::: "memory");
#endif
}

void sky_lock_wait(const uint32_t *word)
{
	for (unsigned tries = 1; sky_acquire(word); tries++) {
		if (tries % SPINS == 0)
			sched_yield();
		else
			pause_a_little();
	}
}

void sky_lock_init(struct sky_lock *lock, bool shared)
{
	*lock = (struct sky_lock){ .shared = shared || membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) };
}

void sky_lock(struct sky_lock *lock)
{
	while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE))
		sky_lock_wait(&lock->held);
	if (!lock->shared) {
		sky_store(&lock->wanted, 1u);
		membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED); /* from here on it sees that, or this sees that it is busy */
		sky_lock_wait(&lock->busy);
	}
}

void sky_unlock(struct sky_lock *lock)
{
	if (!lock->shared)
		sky_release(&lock->wanted, 0u);
	sky_release(&lock->held, 0u);
}
