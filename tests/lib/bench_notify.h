/* Syncs of a program that does not go through libc (Go): a seccomp filter has
 * the kernel ask here before each fsync and fdatasync, and the answer takes
 * its time. */
#ifndef OKR_TESTS_LIB_BENCH_NOTIFY_H
#define OKR_TESTS_LIB_BENCH_NOTIFY_H

#include <stdint.h>
#include <sys/types.h>

struct okr_bench_notify;

/* Starts the program `argv[0]` (a path) with its output in the file `out`;
 * `delay_us` is added to each sync.  `*ret_pid` is the caller's to end before
 * close. */
struct okr_bench_notify *okr_bench_notify_start(const char *const *argv,
                                                const char *out, int delay_us,
                                                pid_t *ret_pid);
void okr_bench_notify_close(struct okr_bench_notify *notify);
uint64_t okr_bench_notify_syncs(const struct okr_bench_notify *notify);

#endif
