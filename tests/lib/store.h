/* A store with its transaction and arena, and records to put into it; what
 * fails in here ends the process with a message. */
#ifndef OKR_TESTS_LIB_STORE_H
#define OKR_TESTS_LIB_STORE_H

#include "common/store/space.h"
#include "tests/lib/files.h"

struct okr_test_store {
    bool lmdb; /* on disk; else in memory.  Set before the store is opened */
    struct okr_kv *kv;
    struct okr_kv_txn *txn; /* always open, for writing */
    struct okr_arena *arena;
    char dir[OKR_TEST_PATH_MAX];
};

void okr_test_store_open(struct okr_test_store *store);
void okr_test_store_close(struct okr_test_store *store);
/* Commits, or aborts, and begins anew.  The arena stays as it is. */
void okr_test_store_next(struct okr_test_store *store, bool commit);
struct okr_space okr_test_space(const struct okr_test_store *store, bool view);

/* Id number `n`: 01 90 00 … n in bytes 6..7 and, times 8, in bytes 8..9, so
 * that references differ. */
struct okr_id okr_test_id(unsigned n);
struct okr_record *okr_test_record(struct okr_arena *arena, unsigned n,
                                   uint16_t kind);
/* `*record` with one register more, or another one. */
void okr_test_set(struct okr_record **record, struct okr_arena *arena,
                  struct okr_reg reg);
void okr_test_home(struct okr_record **record, struct okr_arena *arena,
                   okr_scope home, okr_lsn lsn);
void okr_test_ref(struct okr_record **record, struct okr_arena *arena,
                  uint16_t field, unsigned n, okr_lsn lsn);
void okr_test_text(struct okr_record **record, struct okr_arena *arena,
                   uint16_t field, const char *text, okr_lsn lsn);

/* xorshift64*, below `below`; `*state` is not 0. */
uint64_t okr_test_draw(uint64_t *state, uint64_t below);

#endif
