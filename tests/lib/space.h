/* Random records of few kinds, and what all look-ups of a space say about
 * them: as the space answers, and as a plain list of records would. */
#ifndef OKR_TESTS_LIB_SPACE_H
#define OKR_TESTS_LIB_SPACE_H

#include "tests/lib/store.h"

#define OKR_TEST_IDS 16 /* ids 0..15; the kind goes by the number */

struct okr_test_model {
    struct okr_record *at[OKR_TEST_IDS]; /* NULL: there is none */
};

uint16_t okr_test_kind(unsigned n);
/* A register of a random field of `kind`, never its home, of few values. */
struct okr_reg okr_test_random_reg(uint64_t *random, uint16_t kind, okr_lsn lsn,
                                   struct okr_arena *arena);

/* Every look-up there is, one after the other, as bytes.  Pending lsn count
 * without their mark. */
void okr_test_reads(const struct okr_space *space, struct okr_buf *out);
void okr_test_model_reads(const struct okr_test_model *model,
                          struct okr_buf *out);
/* Rows that INDEX ought to have. */
uint64_t okr_test_model_index_rows(const struct okr_test_model *model);

#endif
