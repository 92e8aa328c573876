/* Dumps in a document: see store_doc.h. */
#include "tests/lib/store_doc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/files.h"

#define LINE_MAX_BYTES 400
#define VALUE_MAX 4000

struct bytes {
    uint8_t b[VALUE_MAX];
    size_t len;
};
struct dump {
    struct bytes key, value;
    unsigned line; /* where it begins */
};
struct doc {
    FILE *file;
    char text[LINE_MAX_BYTES];
    unsigned line;
};

static void die(const struct doc *doc, const char *what)
{
    (void)fprintf(stderr, "docs/store.md:%u: %s\n", doc->line, what);
    exit(1);
}

static void doc_open(struct doc *doc)
{
    const char *root = getenv("OKR_SOURCE_DIR");
    char path[OKR_TEST_PATH_MAX];
    okr_test_path(root == NULL || *root == '\0' ? "." : root, "docs/store.md",
                  path);
    *doc = (struct doc){.file = fopen(path, "r")};
    if (doc->file == NULL)
        die(doc, "cannot be opened");
}

/* The next line, without what follows '#'. */
static bool doc_next(struct doc *doc)
{
    if (fgets(doc->text, sizeof doc->text, doc->file) == NULL)
        return false;
    doc->line++;
    if (strchr(doc->text, '\n') == NULL)
        die(doc, "too long a line");
    return true;
}

static unsigned digit(const struct doc *doc, char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    if (at == NULL)
        die(doc, "no hex digit");
    return at == NULL ? 0 : (unsigned)(at - digits);
}

static void take_hex(const struct doc *doc, const char *at, struct bytes *out)
{
    for (; *at != '\0' && *at != '#'; at++) {
        if (isspace((unsigned char)*at))
            continue;
        if (out->len == VALUE_MAX)
            die(doc, "too many bytes");
        out->b[out->len++] =
            (uint8_t)(digit(doc, at[0]) << 4 | digit(doc, at[1]));
        at++;
    }
}

/* From behind the opening fence to the closing one. */
static void read_dump(struct doc *doc, struct dump *dump)
{
    struct bytes *into = NULL;
    dump->key.len = dump->value.len = 0;
    dump->line = doc->line;
    while (doc_next(doc) && strncmp(doc->text, "```", 3) != 0) {
        const char *at = doc->text;
        if (strncmp(at, "key ", 4) == 0)
            into = &dump->key;
        else if (strncmp(at, "value", 5) == 0)
            into = &dump->value;
        else if (into == NULL || *at != ' ')
            die(doc, "neither key nor value");
        while (*at != '\0' && !isspace((unsigned char)*at))
            at++;
        take_hex(doc, at, into);
    }
}

static void say(const char *what, struct okr_slice s)
{
    (void)fprintf(stderr, "  %s ", what);
    for (size_t i = 0; i < s.len; i++)
        (void)fprintf(stderr, "%02x", s.data[i]);
    (void)fprintf(stderr, "\n");
}

static void say_row(struct okr_slice key, struct okr_slice value)
{
    say("key  ", key);
    say("value", value);
}

static void say_all(struct okr_kv_txn *txn, enum okr_table table)
{
    struct okr_kv_iter it;
    okr_kv_scan(txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (okr_kv_iter_next(&it))
        say_row(it.key, it.value);
    if (okr_kv_iter_close(&it) != OKR_OK)
        exit(1);
}

static bool agrees(struct okr_kv_txn *txn, enum okr_table table,
                   const struct dump *dump)
{
    struct okr_slice key = okr_slice_of(dump->key.b, dump->key.len);
    struct okr_slice want = okr_slice_of(dump->value.b, dump->value.len), got;
    enum okr_err err = OKR_ERR_NOTFOUND;
    if (key.len > 0 && key.len <= OKR_KEY_MAX)
        err = okr_kv_get(txn, table, key, &got);
    if (err == OKR_OK && okr_slice_eq(got, want))
        return true;
    (void)fprintf(stderr, "docs/store.md:%u: %s: %s\n", dump->line,
                  okr_table_name(table),
                  err == OKR_OK ? "the row is" : "no such row; there are");
    if (err == OKR_OK)
        say_row(key, got);
    else
        say_all(txn, table);
    return false;
}

unsigned okr_test_store_doc(struct okr_kv_txn *txn, enum okr_table table)
{
    struct doc doc;
    static struct dump dump;
    unsigned dumps = 0, wrong = 0;
    char fence[64];
    (void)snprintf(fence, sizeof fence, "```row %s\n", okr_table_name(table));
    doc_open(&doc);
    while (doc_next(&doc)) {
        if (strcmp(doc.text, fence) != 0)
            continue;
        read_dump(&doc, &dump);
        dumps++;
        wrong += !agrees(txn, table, &dump);
    }
    (void)fclose(doc.file);
    return wrong > 0 ? 0 : dumps;
}
