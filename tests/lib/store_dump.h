/* A store as text, one row a line: "table key value" in hex.  What LMDB keeps
 * depends on the page size of a machine, so the stores of released versions
 * are kept like this, in tests/golden/store<version>/. */
#ifndef OKR_TESTS_LIB_STORE_DUMP_H
#define OKR_TESTS_LIB_STORE_DUMP_H

#include "common/store/kv.h"

/* Fills an empty store with tests/golden/NAME of the tree; ends the process
 * with a message when it cannot. */
void okr_test_dump_load(struct okr_kv *kv, const char *name);
/* Writes it; only when $OKR_GOLDEN_WRITE is set.  False: it is not. */
bool okr_test_dump_write(struct okr_kv *kv, const char *name);

#endif
