/* The least of HTTP/2 and gRPC that puts keys into etcd: one connection, one
 * request at a time.  For ./dev bench only. */
#ifndef OKR_TESTS_LIB_BENCH_H2_H
#define OKR_TESTS_LIB_BENCH_H2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct okr_bench_h2 {
    int fd;
    uint32_t stream; /* of the request under way */
    bool answered;   /* it has had data, not only an error */
    uint8_t in[16384];
    size_t n_in;
};

/* False: nobody listens (yet). */
bool okr_bench_h2_open(struct okr_bench_h2 *h2, unsigned port);
void okr_bench_h2_close(struct okr_bench_h2 *h2);
/* Asks to put; the program ends where it cannot. */
void okr_bench_h2_put(struct okr_bench_h2 *h2, const char *key,
                      const uint8_t *value, size_t len);
/* Reads what is there; true: the put is done, and was answered. */
bool okr_bench_h2_done(struct okr_bench_h2 *h2);

#endif
