/* What a row costs a site: pages of key results applied to a store on disk,
 * first as new ones, then each changed; without sockets or messages.
 *
 *     bench_site [ROWS [ROWS-A-TURN]]
 *
 * For counting instructions: valgrind --tool=callgrind
 * --toggle-collect=okr_site_apply build/release/bench/bench_site 20000 */
#include <stdio.h>
#include <stdlib.h>

#include "client/core/site_work.h"
#include "common/crypto/sign.h"
#include "common/model/value.h"
#include "tests/lib/bench.h"
#include "tests/lib/files.h"

enum { ROWS_DEFAULT = 100000, A_TURN_DEFAULT = 1000, FIELDS = 9 };
#define MAP_BYTES ((size_t)4 << 30)
#define SCOPE 8

struct bench {
    struct okr_kv *kv;
    struct okr_site *site;
    struct okr_arena *arena;
    size_t n, a_turn;
    char dir[OKR_TEST_PATH_MAX];
};

static struct okr_id id_of(uint32_t n, uint8_t kind)
{
    struct okr_id id = {{0x01, 0x90}};
    id.b[2] = kind;
    okr_be_put32(id.b + 4, n);
    okr_be_put32(id.b + 8, n * UINT32_C(2654435761)); /* well spread */
    return id;
}

static struct okr_slice ref(struct okr_arena *arena, uint32_t n, uint8_t kind)
{
    struct okr_id id = id_of(n, kind);
    return okr_arena_copy(arena, okr_id_slice(&id));
}

/* As the loader of bench_catchup makes them. */
static void make_row(struct bench *b, uint32_t n, bool again,
                     struct okr_row *ret_row)
{
    struct okr_arena *arena = b->arena;
    okr_lsn lsn = 10 + n;
    struct okr_reg *regs = okr_arena_array(arena, FIELDS, sizeof *regs);
    okr_bench_need(regs != NULL, "memory");
    const struct okr_reg all[FIELDS] = {
        {OKR_F_HOME, OKR_REG_VALUE, lsn, okr_value_int(arena, SCOPE)},
        {OKR_F_KR_OBJECTIVE, OKR_REG_VALUE, lsn, ref(arena, n / 10, 10)},
        {OKR_F_KR_TITLE, OKR_REG_VALUE, lsn,
         okr_slice_str("Raise the share of those who return")},
        {OKR_F_KR_OWNER, OKR_REG_VALUE, lsn, ref(arena, 1, 3)},
        {OKR_F_METRIC, OKR_REG_VALUE, lsn, okr_value_int(arena, 1)},
        {OKR_F_START, OKR_REG_VALUE, lsn, okr_value_int(arena, 0)},
        {OKR_F_TARGET, OKR_REG_VALUE, lsn, okr_value_int(arena, 100)},
        {OKR_F_KR_DUE, OKR_REG_VALUE, lsn, okr_value_int(arena, 20544)},
        {OKR_F_KR_STATE, OKR_REG_VALUE, lsn, okr_value_int(arena, 3)},
    };
    *ret_row = (struct okr_row){.id = id_of(n, 11),
                                .kind = OKR_KIND_KEY_RESULT,
                                .elsn = lsn,
                                .all = true,
                                .regs = regs,
                                .n_regs = FIELDS};
    ret_row->last = (struct okr_last){.person = id_of(1, 3),
                                      .site = id_of(1, 6),
                                      .verb = OKR_VERB_ADD,
                                      .time = 1767225600000000};
    for (size_t i = 0; i < FIELDS; i++)
        regs[i] = all[i];
    if (!again)
        return;
    regs[0] = (struct okr_reg){OKR_F_KR_TITLE, OKR_REG_VALUE, lsn + b->n,
                               okr_slice_str("Raise it by a third")};
    ret_row->n_regs = 1;
    ret_row->elsn = lsn + b->n;
    ret_row->all = false;
}

static void apply_all(struct bench *b, bool again, const char *what)
{
    double from = okr_bench_seconds(), cpu = okr_bench_cpu();
    for (size_t at = 0; at < b->n; at += b->a_turn) {
        size_t n = b->n - at < b->a_turn ? b->n - at : b->a_turn;
        struct okr_row *rows = okr_arena_array(b->arena, n, sizeof *rows);
        okr_bench_need(rows != NULL, "memory");
        for (size_t i = 0; i < n; i++)
            make_row(b, (uint32_t)(at + i), again, &rows[i]);
        struct okr_kv_txn *txn;
        struct okr_effects fx;
        okr_effects_init(&fx, b->arena);
        okr_bench_need(okr_kv_begin(b->kv, true, &txn) == OKR_OK, "store");
        struct okr_turn turn = {b->site, txn, &fx, b->arena, 1};
        struct okr_site_rows page = {
            .scope = SCOPE, .rows = rows, .n = n, .page = true};
        okr_bench_need(okr_site_apply(&turn, &page) == OKR_OK, "apply");
        okr_bench_need(okr_kv_commit(&txn) == OKR_OK, "commit");
        okr_arena_reset(b->arena);
    }
    char note[80];
    double took = okr_bench_seconds() - from;
    (void)snprintf(note, sizeof note, "%.1f us of time",
                   took * 1e6 / (double)b->n);
    okr_bench_row(&(struct okr_bench_row){.what = what,
                                          .value = (okr_bench_cpu() - cpu) *
                                                   1e6 / (double)b->n,
                                          .unit = "us CPU a row",
                                          .note = note});
}

int main(int argc, char **argv)
{
    static struct bench b = {.n = ROWS_DEFAULT, .a_turn = A_TURN_DEFAULT};
    if (argc > 1)
        b.n = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        b.a_turn = strtoul(argv[2], NULL, 10);
    okr_bench_need(b.n > 0 && b.a_turn > 0,
                   "usage: bench_site [ROWS [ROWS-A-TURN]]");
    okr_crypto_init();
    okr_test_dir_make(b.dir);
    static const uint8_t seed[OKR_SIGN_SEED_LEN] = {1};
    struct okr_sk *key = NULL;
    okr_bench_need(okr_sk_from_seed(seed, &key) == OKR_OK, "a key");
    struct okr_site_conf conf = {.site_key = key,
                                 .beat_ms = 15000,
                                 .pull_ms_min = 1000,
                                 .retry_max_ms = 1000};
    okr_bench_need(okr_kv_lmdb_open(b.dir, MAP_BYTES, &b.kv) == OKR_OK &&
                       okr_arena_new(OKR_ARENA_UNBOUNDED, &b.arena) == OKR_OK &&
                       okr_site_new(&conf, &b.site) == OKR_OK,
                   "a site");
    okr_bench_head("Rows of pages at a site");
    apply_all(&b, false, "a new key result");
    apply_all(&b, true, "a changed one");
    okr_site_free(&b.site);
    okr_kv_close(&b.kv);
    okr_arena_free(&b.arena);
    okr_sk_free(&key);
    okr_test_dir_remove(b.dir);
    return 0;
}
