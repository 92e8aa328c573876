/* The tree against the vectors of tests/data/merkle_vectors.txt, which come
 * straight from the recursive definitions of RFC 6962 2.1. */
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

#define OK(call) assert_int_equal(call, OKR_OK)
#define LEAVES 130
#define PLACES 260 /* a bit more than the nodes of so many leaves */

/* Nodes in an array; a place is written once, and in order. */
struct store {
    struct okr_hash hash[PLACES];
    uint64_t n;
    uint64_t lost; /* an index that get does not find */
};

static enum okr_err store_get(void *context, uint64_t index,
                              struct okr_hash *ret)
{
    const struct store *store = context;
    if (index >= store->n || index == store->lost)
        return OKR_ERR_NOTFOUND;
    *ret = store->hash[index];
    return OKR_OK;
}

static enum okr_err store_put(void *context, uint64_t index,
                              const struct okr_hash *hash)
{
    struct store *store = context;
    assert_int_equal(index, store->n);
    assert_true(store->n < PLACES);
    store->hash[store->n++] = *hash;
    return OKR_OK;
}

static struct okr_tlog_nodes nodes_of(struct store *store)
{
    store->n = 0;
    store->lost = UINT64_MAX;
    return (struct okr_tlog_nodes){store_get, store_put, store};
}

/* Splits a line at its blanks; an empty word stays one. */
static size_t split(char *line, char **words, size_t max)
{
    size_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    while (line != NULL) {
        assert_true(n < max);
        words[n++] = line;
        line = strchr(line, ' ');
        if (line != NULL)
            *line++ = '\0';
    }
    return n;
}

static struct okr_hash hash_of(const char *hex)
{
    struct okr_hash hash;
    OK(okr_hex_decode(okr_slice_str(hex), hash.b, sizeof hash.b));
    return hash;
}

static void assert_hash(const struct okr_hash *got, const char *want)
{
    char hex[2 * OKR_SHA256_LEN + 1];
    okr_hex_encode(okr_slice_of(got->b, sizeof got->b), hex);
    assert_string_equal(hex, want);
}

static uint64_t number(const char *word)
{
    return strtoull(word, NULL, 10);
}

static void assert_proof(const struct okr_tlog_proof *proof, char **words,
                         size_t n)
{
    assert_int_equal(proof->n, n);
    for (size_t i = 0; i < n; i++)
        assert_hash(&proof->hash[i], words[i]);
}

struct vectors {
    struct store store;
    struct okr_tlog_nodes nodes;
    struct okr_hash leaf[8], root[9];
    unsigned seen[4]; /* lines of each sort */
    char accumulated[3][65];
};

static void check_leaf(struct vectors *v, char **words, size_t n)
{
    uint8_t data[64];
    uint64_t i = number(words[1]);
    assert_true(n == 4 && i < 8);
    size_t len = strlen(words[2]) / 2;
    OK(okr_hex_decode(okr_slice_str(words[2]), data, len));
    v->leaf[i] = okr_tlog_leaf_hash(okr_slice_of(data, len));
    assert_hash(&v->leaf[i], words[3]);
    OK(okr_tlog_append(&v->nodes, i, &v->leaf[i]));
}

static void check_root(struct vectors *v, char **words, size_t n)
{
    uint64_t size = number(words[1]);
    assert_true(n == 3 && size <= 8);
    OK(okr_tlog_root(&v->nodes, size, &v->root[size]));
    assert_hash(&v->root[size], words[2]);
}

static void check_inclusion(struct vectors *v, char **words, size_t n)
{
    struct okr_tlog_proof proof;
    uint64_t index = number(words[1]), size = number(words[2]);
    OK(okr_tlog_inclusion(&v->nodes, index, size, &proof));
    assert_proof(&proof, words + 3, n - 3);
    assert_true(okr_tlog_inclusion_holds(&v->leaf[index], index, size, &proof,
                                         &v->root[size]));
}

static void check_consistency(struct vectors *v, char **words, size_t n)
{
    struct okr_tlog_proof proof;
    uint64_t from = number(words[1]), to = number(words[2]);
    OK(okr_tlog_consistency(&v->nodes, from, to, &proof));
    assert_proof(&proof, words + 3, n - 3);
    assert_true(okr_tlog_consistency_holds(from, to, &v->root[from],
                                           &v->root[to], &proof));
}

static void keep_accumulated(struct vectors *v, char **words, size_t n)
{
    static const char *const names[] = {"roots", "inclusion", "consistency"};
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(words[1], names[i]) == 0)
            memcpy(v->accumulated[i], words[2], 65);
    }
}

static void check_line(struct vectors *v, char *line)
{
    static const struct {
        const char *name;
        void (*check)(struct vectors *v, char **words, size_t n);
    } sorts[] = {{"leaf", check_leaf},
                 {"root", check_root},
                 {"inclusion", check_inclusion},
                 {"consistency", check_consistency}};
    char *words[16];
    size_t n = split(line, words, 16);
    if (strncmp(words[0], "accumulated", 11) == 0) {
        keep_accumulated(v, words, n);
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(words[0], sorts[i].name) == 0) {
            v->seen[i]++;
            sorts[i].check(v, words, n);
            return;
        }
    }
    fail_msg("unknown line: %s", words[0]);
}

static void read_vectors(struct vectors *v)
{
    char line[2000];
    FILE *file = okr_test_data("merkle_vectors.txt");
    memset(v, 0, sizeof *v);
    v->nodes = nodes_of(&v->store);
    while (fgets(line, sizeof line, file) != NULL)
        check_line(v, line);
    (void)fclose(file);
}

/* A file that was cut short would pass without the counts. */
static void vectors_of_eight_leaves(void **state)
{
    (void)state;
    struct vectors v;
    read_vectors(&v);
    const unsigned want[4] = {8, 9, 36, 36};
    assert_memory_equal(v.seen, want, sizeof want);
}

static void put_hash(struct okr_buf *buf, const struct okr_hash *hash)
{
    char hex[2 * OKR_SHA256_LEN + 1];
    okr_hex_encode(okr_slice_of(hash->b, sizeof hash->b), hex);
    okr_buf_printf(buf, " %s", hex);
}

static void put_proof(struct okr_buf *buf, uint64_t a, uint64_t b,
                      const struct okr_tlog_proof *proof)
{
    okr_buf_printf(buf, "%u %u", (unsigned)a, (unsigned)b);
    for (size_t i = 0; i < proof->n; i++)
        put_hash(buf, &proof->hash[i]);
    okr_buf_put(buf, OKR_SLICE_LIT("\n"));
}

static void assert_digest(struct okr_buf *buf, const char *want)
{
    OK(buf->err);
    struct okr_hash hash = okr_sha256(okr_buf_slice(buf));
    assert_hash(&hash, want);
    okr_buf_close(buf);
}

/* Every root and proof of every tree up to 130 leaves, as one digest each. */
static void vectors_of_130_leaves(void **state)
{
    (void)state;
    struct vectors v;
    read_vectors(&v);
    struct store store;
    struct okr_tlog_nodes nodes = nodes_of(&store);
    struct okr_buf roots, inclusion, consistency;
    okr_buf_init(&roots, NULL);
    okr_buf_init(&inclusion, NULL);
    okr_buf_init(&consistency, NULL);
    for (uint64_t n = 0; n <= LEAVES; n++) {
        struct okr_hash root;
        struct okr_tlog_proof proof;
        OK(okr_tlog_root(&nodes, n, &root));
        okr_buf_printf(&roots, "%u", (unsigned)n);
        put_hash(&roots, &root);
        okr_buf_put(&roots, OKR_SLICE_LIT("\n"));
        for (uint64_t i = 0; i < n; i++) {
            OK(okr_tlog_inclusion(&nodes, i, n, &proof));
            put_proof(&inclusion, i, n, &proof);
        }
        for (uint64_t m = 1; m <= n; m++) {
            OK(okr_tlog_consistency(&nodes, m, n, &proof));
            put_proof(&consistency, m, n, &proof);
        }
        uint8_t data = (uint8_t)n;
        struct okr_hash leaf = okr_tlog_leaf_hash(okr_slice_of(&data, 1));
        if (n < LEAVES)
            OK(okr_tlog_append(&nodes, n, &leaf));
    }
    assert_digest(&roots, v.accumulated[0]);
    assert_digest(&inclusion, v.accumulated[1]);
    assert_digest(&consistency, v.accumulated[2]);
}

/* Dense: in the order in which appends write them (store_put), and far out
 * as counted by hand. */
static void places_of_nodes(void **state)
{
    (void)state;
    static const struct {
        unsigned level;
        uint64_t n, index;
    } want[] = {
        {0, 0, 0},
        {0, 1, 1},
        {1, 0, 2},
        {0, 2, 3},
        {0, 3, 4},
        {1, 1, 5},
        {2, 0, 6},
        {0, 4, 7},
        {3, 0, 14},
        /* 2^k leaves have 2^(k+1) - 1 nodes, the root being the last */
        {40, 0, (UINT64_C(1) << 41) - 2},
        {0, (UINT64_C(1) << 40) - 1, (UINT64_C(1) << 41) - 2 - 40},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        assert_int_equal(okr_tlog_node_index(want[i].level, want[i].n),
                         want[i].index);
}

static enum okr_err refuse_get(void *context, uint64_t index,
                               struct okr_hash *ret)
{
    (void)context;
    (void)index;
    (void)ret;
    return OKR_ERR_IO;
}

static enum okr_err refuse_put(void *context, uint64_t index,
                               const struct okr_hash *hash)
{
    (void)context;
    (void)index;
    (void)hash;
    return OKR_ERR_FULL;
}

static void errors_of_the_store(void **state)
{
    (void)state;
    const struct okr_tlog_nodes bad = {refuse_get, refuse_put, NULL};
    struct okr_hash hash = okr_tlog_empty_root();
    struct okr_tlog_proof proof = {.n = 7};
    assert_int_equal(okr_tlog_append(&bad, 0, &hash), OKR_ERR_FULL);
    assert_int_equal(okr_tlog_root(&bad, 3, &hash), OKR_ERR_IO);
    assert_int_equal(okr_tlog_inclusion(&bad, 0, 3, &proof), OKR_ERR_IO);
    assert_int_equal(okr_tlog_consistency(&bad, 2, 3, &proof), OKR_ERR_IO);
    assert_int_equal(proof.n, 7);
    /* A node that is not there was lost: damage, not "not found". */
    struct store store;
    struct okr_tlog_nodes nodes = nodes_of(&store);
    for (uint64_t i = 0; i < 3; i++)
        OK(okr_tlog_append(&nodes, i, &hash));
    store.lost = okr_tlog_node_index(1, 0);
    assert_int_equal(okr_tlog_root(&nodes, 3, &hash), OKR_ERR_CORRUPT);
    assert_int_equal(okr_tlog_append(&nodes, 3, &hash), OKR_ERR_CORRUPT);
    assert_int_equal(okr_tlog_inclusion(&nodes, 2, 3, &proof), OKR_ERR_CORRUPT);
}

static void ranges_out_of_bounds(void **state)
{
    (void)state;
    struct store store;
    struct okr_tlog_nodes nodes = nodes_of(&store);
    struct okr_hash hash = okr_tlog_empty_root();
    struct okr_tlog_proof proof = {.n = 7};
    const uint64_t max = OKR_TLOG_SIZE_MAX;
    for (uint64_t i = 0; i < 4; i++)
        OK(okr_tlog_append(&nodes, i, &hash));
    assert_int_equal(okr_tlog_append(&nodes, max, &hash), OKR_ERR_LIMIT);
    assert_int_equal(okr_tlog_append(&nodes, UINT64_MAX, &hash), OKR_ERR_LIMIT);
    assert_int_equal(okr_tlog_root(&nodes, max + 1, &hash), OKR_ERR_LIMIT);
    static const uint64_t inclusion[][2] = {
        {4, 4}, {0, 0}, {5, 4}, {0, OKR_TLOG_SIZE_MAX + 1}};
    static const uint64_t consistency[][2] = {
        {0, 4}, {0, 0}, {5, 4}, {4, OKR_TLOG_SIZE_MAX + 1}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(okr_tlog_inclusion(&nodes, inclusion[i][0],
                                            inclusion[i][1], &proof),
                         OKR_ERR_LIMIT);
        assert_int_equal(okr_tlog_consistency(&nodes, consistency[i][0],
                                              consistency[i][1], &proof),
                         OKR_ERR_LIMIT);
    }
    assert_int_equal(proof.n, 7);
}

/* 0x00 and 0x01 keep leaves and nodes apart (RFC 6962 2.1). */
static void leaves_are_no_nodes(void **state)
{
    (void)state;
    uint8_t both[64] = {1};
    struct okr_hash left, right;
    memcpy(left.b, both, 32);
    memcpy(right.b, both + 32, 32);
    struct okr_hash node = okr_tlog_node_hash(&left, &right);
    struct okr_hash leaf = okr_tlog_leaf_hash(okr_slice_of(both, 64));
    struct okr_hash turned = okr_tlog_node_hash(&right, &left);
    assert_false(okr_hash_eq(&node, &leaf));
    assert_false(okr_hash_eq(&node, &turned));
    struct okr_hash empty = hash_of(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    struct okr_hash got = okr_tlog_empty_root();
    assert_true(okr_hash_eq(&got, &empty));
}

static int set_up(void **state)
{
    (void)state;
    okr_crypto_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_eight_leaves),
        cmocka_unit_test(vectors_of_130_leaves),
        cmocka_unit_test(places_of_nodes),
        cmocka_unit_test(errors_of_the_store),
        cmocka_unit_test(ranges_out_of_bounds),
        cmocka_unit_test(leaves_are_no_nodes),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
