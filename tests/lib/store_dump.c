/* Stores as text: see store_dump.h. */
#include "tests/lib/store_dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"

enum { PATH_BYTES = 512, LINE_MAX = 64 * 1024 };

static void need(bool so, const char *what, const char *name)
{
    if (so)
        return;
    (void)fprintf(stderr, "tests/golden/%s: %s\n", name, what);
    exit(1);
}

static FILE *open_dump(const char *name, const char *mode)
{
    const char *tree = getenv("OKR_SOURCE_DIR");
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/tests/golden/%s",
                   tree != NULL ? tree : ".", name);
    FILE *file = fopen(path, mode);
    need(file != NULL, "it cannot be opened", name);
    return file;
}

/* ---- reading ------------------------------------------------------------- */

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* In place; "-" stands for nothing. */
static struct okr_slice unhex(char *text)
{
    size_t n = strcmp(text, "-") == 0 ? 0 : strlen(text) / 2;
    uint8_t *bytes = (uint8_t *)text;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    return okr_slice_of(bytes, n);
}

static enum okr_table table_of(const char *word, const char *name)
{
    for (size_t i = 0; i < OKR_TABLE_COUNT; i++)
        if (strcmp(okr_table_name((enum okr_table)i), word) == 0)
            return (enum okr_table)i;
    need(false, "it names a table that there is not", name);
    return OKR_TABLE_META;
}

void okr_test_dump_load(struct okr_kv *kv, const char *name)
{
    static char line[LINE_MAX];
    struct okr_kv_txn *txn;
    FILE *file = open_dump(name, "r");
    need(okr_kv_begin(kv, true, &txn) == OKR_OK, "begin", name);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#')
            continue;
        char *rest = NULL;
        char *table = strtok_r(line, " \n", &rest);
        char *key = strtok_r(NULL, " \n", &rest);
        char *value = strtok_r(NULL, " \n", &rest);
        need(value != NULL, "a line is cut", name);
        enum okr_err err =
            okr_kv_put(txn, table_of(table, name), unhex(key), unhex(value));
        need(err == OKR_OK, "a row cannot be put", name);
    }
    (void)fclose(file);
    need(okr_kv_commit(&txn) == OKR_OK, "commit", name);
}

/* ---- writing ------------------------------------------------------------- */

static void put_hex(FILE *file, struct okr_slice bytes)
{
    if (bytes.len == 0)
        (void)fputs(" -", file);
    for (size_t i = 0; i < bytes.len; i++)
        (void)fprintf(file, "%s%02x", i == 0 ? " " : "", bytes.data[i]);
}

bool okr_test_dump_write(struct okr_kv *kv, const char *name)
{
    struct okr_kv_txn *txn;
    if (getenv("OKR_GOLDEN_WRITE") == NULL)
        return false;
    FILE *file = open_dump(name, "w");
    (void)fputs("# A store as that version wrote it: table, key, value.\n",
                file);
    need(okr_kv_begin(kv, false, &txn) == OKR_OK, "begin", name);
    for (size_t i = 0; i < OKR_TABLE_COUNT; i++) {
        struct okr_kv_iter it;
        okr_kv_scan(txn, (enum okr_table)i, OKR_SLICE_NONE, OKR_SLICE_NONE,
                    &it);
        while (okr_kv_iter_next(&it)) {
            (void)fputs(okr_table_name((enum okr_table)i), file);
            put_hex(file, it.key);
            put_hex(file, it.value);
            (void)fputc('\n', file);
        }
        need(okr_kv_iter_close(&it) == OKR_OK, "walk", name);
    }
    okr_kv_abort(&txn);
    need(fclose(file) == 0, "it cannot be written", name);
    return true;
}
