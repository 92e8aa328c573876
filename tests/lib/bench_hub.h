/* A company whose sites push check-ins to a hub, without sockets: what
 * ./dev bench measures and the test of instruction counts counts. */
#ifndef OKR_TESTS_LIB_BENCH_HUB_H
#define OKR_TESTS_LIB_BENCH_HUB_H

#include "tests/lib/bench_author.h"

enum { OKR_BENCH_PEERS = 64, OKR_BENCH_KEY_RESULTS = 1000 }; /* at most */

struct okr_bench_hub {
    struct okr_test_hub h;
    struct okr_test_peer peers[OKR_BENCH_PEERS];
    size_t n_peers;
    struct okr_id key_results[OKR_BENCH_KEY_RESULTS];
    size_t n_key_results;
    struct okr_bench_author author;
    struct okr_arena *in;
    struct okr_buf out;
    size_t replies, bytes; /* of the turns since they were last set to 0 */
};

/* Key results, and sites of the whole company: `n_peers` and `n_key_results`
 * are the caller's choice, all else is set here.  `author`: the admin gets a
 * key, and signs each operation. */
void okr_bench_hub_open(struct okr_bench_hub *b, struct okr_kv *kv,
                        bool author);
void okr_bench_hub_close(struct okr_bench_hub *b);

/* The peer's next push, of `ops` check-ins, as a frame in `h.keep`. */
struct okr_slice okr_bench_hub_push(struct okr_bench_hub *b,
                                    struct okr_test_peer *peer, size_t ops);
/* One turn: a frame of each of the first `n` peers, from its bytes to the
 * bytes of the answers and events.  Every check-in must be in. */
void okr_bench_hub_turn(struct okr_bench_hub *b, const struct okr_slice *frames,
                        size_t n);

#endif
