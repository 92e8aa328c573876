/* The hub of a resting server's folder, as the helpers of the hub's tests want
 * it. */
#ifndef OKR_TESTS_LIB_BENCH_FOLDER_H
#define OKR_TESTS_LIB_BENCH_FOLDER_H

#include "server/shell/server.h"
#include "tests/lib/bench_world.h"
#include "tests/lib/hub.h"

struct okr_bench_folder {
    struct okr_server server;
    struct okr_test_hub h;
};

/* `first`: ids are counted from there, so that none comes twice. */
void okr_bench_folder_open(struct okr_bench_world *world, uint32_t first,
                           struct okr_bench_folder *folder);
void okr_bench_folder_close(struct okr_bench_folder *folder);

#endif
