/* Daemons whose syncs are counted, and take longer: LD_PRELOAD of
 * tests/shim/slow_sync.c, for what is started between on and off. */
#ifndef OKR_TESTS_LIB_BENCH_SLOW_H
#define OKR_TESTS_LIB_BENCH_SLOW_H

#include <stdint.h>

struct okr_bench_syncs {
    uint64_t calls;  /* fsync, fdatasync */
    uint64_t writes; /* that sync: O_DSYNC */
};

/* `delay_us` is added to every sync.  The counter begins with 0. */
void okr_bench_slow_on(const char *dir, int delay_us);
void okr_bench_slow_off(void); /* for programs started from now on */
struct okr_bench_syncs okr_bench_syncs(void);

#endif
