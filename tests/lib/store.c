/* Stores and records for tests: see store.h. */
#include "tests/lib/store.h"

#include <stdlib.h>
#include <string.h>

#include "common/model/value.h"

#define MAP_BYTES ((size_t)64 << 20)

static void need(enum okr_err err, const char *what)
{
    if (err == OKR_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", what, okr_err_text(err));
    exit(1);
}

static const void *need_memory(const void *p)
{
    need(p == NULL ? OKR_ERR_NOMEM : OKR_OK, "test record");
    return p;
}

void okr_test_store_open(struct okr_test_store *store)
{
    need(okr_arena_new(OKR_ARENA_UNBOUNDED, &store->arena), "arena");
    if (store->lmdb) {
        okr_test_dir_make(store->dir);
        need(okr_kv_lmdb_open(store->dir, MAP_BYTES, &store->kv), "lmdb");
    } else {
        need(okr_kv_mem_open(&store->kv), "memory");
    }
    need(okr_kv_begin(store->kv, true, &store->txn), "begin");
}

void okr_test_store_close(struct okr_test_store *store)
{
    okr_kv_abort(&store->txn);
    okr_kv_close(&store->kv);
    okr_arena_free(&store->arena);
    if (store->lmdb)
        okr_test_dir_remove(store->dir);
}

void okr_test_store_next(struct okr_test_store *store, bool commit)
{
    if (commit)
        need(okr_kv_commit(&store->txn), "commit");
    else
        okr_kv_abort(&store->txn);
    need(okr_kv_begin(store->kv, true, &store->txn), "begin");
}

struct okr_space okr_test_space(const struct okr_test_store *store, bool view)
{
    return (struct okr_space){
        .txn = store->txn, .arena = store->arena, .view = view};
}

struct okr_id okr_test_id(unsigned n)
{
    struct okr_id id = {{0x01, 0x90}};
    okr_be_put16(id.b + 6, (uint16_t)n);
    okr_be_put16(id.b + 8, (uint16_t)(n * 8));
    return id;
}

struct okr_record *okr_test_record(struct okr_arena *arena, unsigned n,
                                   uint16_t kind)
{
    struct okr_id id = okr_test_id(n);
    struct okr_record *record = okr_record_new(&id, kind, arena);
    (void)need_memory(record);
    return record;
}

void okr_test_set(struct okr_record **record, struct okr_arena *arena,
                  struct okr_reg reg)
{
    *record = okr_record_with(*record, &reg, 1, arena);
    (void)need_memory(*record);
}

/* A scalar with a value that lives in the arena. */
static void set_value(struct okr_record **record, struct okr_arena *arena,
                      struct okr_reg reg)
{
    (void)need_memory(reg.data.data);
    reg.form = OKR_REG_VALUE;
    okr_test_set(record, arena, reg);
}

void okr_test_home(struct okr_record **record, struct okr_arena *arena,
                   okr_scope home, okr_lsn lsn)
{
    set_value(record, arena,
              (struct okr_reg){.field = OKR_F_HOME,
                               .lsn = lsn,
                               .data = okr_value_int(arena, home)});
    (*record)->entered = lsn;
}

void okr_test_ref(struct okr_record **record, struct okr_arena *arena,
                  uint16_t field, unsigned n, okr_lsn lsn)
{
    struct okr_id id = okr_test_id(n);
    set_value(record, arena,
              (struct okr_reg){.field = field,
                               .lsn = lsn,
                               .data = okr_value_id(arena, &id)});
}

void okr_test_text(struct okr_record **record, struct okr_arena *arena,
                   uint16_t field, const char *text, okr_lsn lsn)
{
    struct okr_slice data = okr_arena_copy(arena, okr_slice_str(text));
    set_value(record, arena,
              (struct okr_reg){.field = field, .lsn = lsn, .data = data});
}

uint64_t okr_test_draw(uint64_t *state, uint64_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * UINT64_C(0x2545f4914f6cdd1d) >> 32) % below;
}
