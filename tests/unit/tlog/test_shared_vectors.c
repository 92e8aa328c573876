/* Other people's proofs, most of them bad ones: the tables of shared/vectors,
 * which stand beside the project and are no part of it.
 *
 *     wantErr  leafIdx|size1  treeSize|size2  leafHash|root1  root|root2  proof
 *
 * with tabs between, hashes in base64, "-" for none; the proof is separated by
 * commas, "." being an element without bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/buf.h"
#include "common/base/hex.h"
#include "common/tlog/tree.h"
#include "tests/lib/files.h"

enum { WANT_ERR, NUMBER1, NUMBER2, HASH1, HASH2, PROOF, COLUMNS };

struct row {
    uint64_t number[2];
    struct okr_hash hash[2];
    struct okr_tlog_proof proof;
};

static FILE *inclusion, *consistency;

static enum okr_err take_base64(const char *text, struct okr_buf *buf)
{
    buf->len = 0;
    if (strcmp(text, "-") == 0 || strcmp(text, ".") == 0)
        return OKR_OK;
    return okr_base64_decode(okr_slice_str(text), buf);
}

static enum okr_err take_hash(const char *text, struct okr_buf *buf,
                              struct okr_hash *hash)
{
    OKR_TRY(take_base64(text, buf));
    if (buf->len != sizeof hash->b)
        return OKR_ERR_FORMAT;
    memcpy(hash->b, buf->data, sizeof hash->b);
    return OKR_OK;
}

static enum okr_err take_proof(char *text, struct okr_buf *buf,
                               struct okr_tlog_proof *proof)
{
    proof->n = 0;
    if (strcmp(text, "-") == 0)
        return OKR_OK;
    char *rest = NULL;
    for (char *word = strtok_r(text, ",", &rest); word != NULL;
         word = strtok_r(NULL, ",", &rest)) {
        OKR_TRY(take_base64(word, buf));
        OKR_TRY(okr_tlog_proof_add(proof, okr_buf_slice(buf)));
    }
    return OKR_OK;
}

static enum okr_err take_row(char *words[COLUMNS], struct row *row)
{
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    row->number[0] = strtoull(words[NUMBER1], NULL, 10);
    row->number[1] = strtoull(words[NUMBER2], NULL, 10);
    enum okr_err err = take_hash(words[HASH1], &buf, &row->hash[0]);
    if (err == OKR_OK)
        err = take_hash(words[HASH2], &buf, &row->hash[1]);
    if (err == OKR_OK)
        err = take_proof(words[PROOF], &buf, &row->proof);
    okr_buf_close(&buf);
    return err;
}

static bool inclusion_holds(const struct row *row)
{
    return okr_tlog_inclusion_holds(&row->hash[0], row->number[0],
                                    row->number[1], &row->proof, &row->hash[1]);
}

static bool consistency_holds(const struct row *row)
{
    return okr_tlog_consistency_holds(row->number[0], row->number[1],
                                      &row->hash[0], &row->hash[1],
                                      &row->proof);
}

struct counts {
    unsigned good, bad;
};

static void check_line(char *line, bool (*holds)(const struct row *row),
                       struct counts *counts)
{
    char *words[COLUMNS], *rest = NULL;
    line[strcspn(line, "\n")] = '\0';
    words[0] = strtok_r(line, "\t", &rest);
    for (size_t i = 1; i < COLUMNS; i++) {
        words[i] = strtok_r(NULL, "\t", &rest);
        assert_non_null(words[i]);
    }
    struct row row;
    bool good = take_row(words, &row) == OKR_OK && holds(&row);
    bool want = strcmp(words[WANT_ERR], "0") == 0;
    if (good != want)
        fail_msg("row %u: %s", counts->good + counts->bad + 1,
                 want ? "should hold" : "must not hold");
    counts->good += want;
    counts->bad += !want;
}

static struct counts check_file(FILE *file,
                                bool (*holds)(const struct row *row))
{
    char line[8000];
    struct counts counts = {0, 0};
    while (fgets(line, sizeof line, file) != NULL)
        check_line(line, holds, &counts);
    return counts;
}

static void inclusion_rows(void **state)
{
    (void)state;
    struct counts counts = check_file(inclusion, inclusion_holds);
    assert_int_equal(counts.good + counts.bad, 98);
    assert_true(counts.good >= 5);
}

static void consistency_rows(void **state)
{
    (void)state;
    struct counts counts = check_file(consistency, consistency_holds);
    assert_int_equal(counts.good + counts.bad, 97);
    assert_true(counts.good >= 5);
}

int main(void)
{
    inclusion = okr_test_shared("vectors/tdev_inclusion.tsv");
    consistency = okr_test_shared("vectors/tdev_consistency.tsv");
    if (inclusion == NULL || consistency == NULL)
        return OKR_TEST_SKIP;
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inclusion_rows),
        cmocka_unit_test(consistency_rows),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)fclose(inclusion);
    (void)fclose(consistency);
    return failed;
}
