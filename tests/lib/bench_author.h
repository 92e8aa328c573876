/* Who checks in, again and again: operations for the hub's benches. */
#ifndef OKR_TESTS_LIB_BENCH_AUTHOR_H
#define OKR_TESTS_LIB_BENCH_AUTHOR_H

#include "tests/lib/hub.h"

struct okr_bench_author {
    struct okr_id org, person;
    const struct okr_id *key_results; /* checked in to one after another */
    size_t n_key_results;
    struct okr_sk *key; /* the person's; NULL: the site attests */
    okr_us now;
    unsigned drawn; /* ids and operations so far */
};

/* Gives the hub's admin a key, by the server's own operation. */
struct okr_sk *okr_bench_author_key(struct okr_test_hub *h);
/* The next check-in, in `arena`; signed if there is a key. */
struct okr_op okr_bench_check_in(struct okr_bench_author *author,
                                 struct okr_arena *arena);

#endif
