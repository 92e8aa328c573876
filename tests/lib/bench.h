/* What the programs of ./dev bench share: clocks, the table, and the floors,
 * measured in the same run as what stands on them. */
#ifndef OKR_TESTS_LIB_BENCH_H
#define OKR_TESTS_LIB_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

double okr_bench_seconds(void);     /* monotonic */
double okr_bench_cpu(void);         /* of this process, user and system */
double okr_bench_cpu_of(pid_t pid); /* of another one */

/* ---- the table ----------------------------------------------------------- */

void okr_bench_head(const char *title);
struct okr_bench_row {
    const char *what;
    double value;
    const char *unit;
    const char *floor; /* NULL: there is none to compare with */
    double floor_value;
    const char *note; /* NULL: none */
};
void okr_bench_row(const struct okr_bench_row *row);
/* Ends the program with a message where `good` does not hold. */
void okr_bench_need(bool good, const char *what);
/* Sorts `at`; the value below which `share` (0..1) of them are. */
double okr_bench_quantile(double *at, size_t n, double share);

/* ---- floors -------------------------------------------------------------- */

/* Ed25519 verifications a second, of 150 bytes. */
double okr_bench_verify(void);
/* Synced commits a second of kv_lmdb, `puts` puts of 100 bytes each. */
double okr_bench_commits(int puts);
struct okr_bench_curve {
    double p50, p99; /* ms, request and answer of 100 bytes, loopback */
};
struct okr_bench_curve okr_bench_curve(void);
/* Bytes a second over one CURVE connection, in frames of 200 KiB. */
double okr_bench_curve_bytes(void);

#endif
