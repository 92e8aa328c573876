/* The dumps of docs/store.md, compared with the rows of a store:
 *
 *     ```row scope
 *     key    00000008        # comment
 *     value  000000000000000a
 *            0009            # more of it
 *     ```
 */
#ifndef OKR_TESTS_LIB_STORE_DOC_H
#define OKR_TESTS_LIB_STORE_DOC_H

#include "common/store/kv.h"

/* How many dumps of rows of `table` there are.  Each must be a row of the
 * store; if one is not, it says so on stderr, with the bytes of the row that
 * has this key, or of all rows, and gives 0. */
unsigned okr_test_store_doc(struct okr_kv_txn *txn, enum okr_table table);

#endif
