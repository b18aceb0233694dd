/* Regions that their files' owners may cut short. A load or store beyond the end of a file raises SIGBUS; the guard then puts private
 * memory in the place of the whole region and notes it, so that the program goes on and the region is given up soon. A SIGBUS that
 * is about anything else goes to the handler that was there before. */
#ifndef SKYWAY_GUARD_H
#define SKYWAY_GUARD_H

#include <stddef.h>

/* Guards a mapping. `cut` is set to 1 when it was replaced. Returns 0, or -1 if there are too many. */
int sky_guard_add(void *base, size_t size, unsigned *cut);

/* Guards a mapping no more; to be called before it is unmapped. */
void sky_guard_remove(void *base);

#endif
