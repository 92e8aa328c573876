/* Proofs that hold, and proofs that must not: every proof of every small tree
 * is bent in every way, and trees of up to 2^40 leaves are tried. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/tlog/tree.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define LEAVES 20

struct small {
    struct okr_hash node[2 * LEAVES];
    struct okr_hash leaf[LEAVES];
    struct okr_hash root[LEAVES + 1];
    struct okr_tlog_nodes nodes;
};

static enum okr_err small_get(void *context, uint64_t index,
                              struct okr_hash *ret)
{
    const struct small *small = context;
    *ret = small->node[index];
    return OKR_OK;
}

static enum okr_err small_put(void *context, uint64_t index,
                              const struct okr_hash *hash)
{
    struct small *small = context;
    small->node[index] = *hash;
    return OKR_OK;
}

static struct small *grow(struct small *small)
{
    small->nodes = (struct okr_tlog_nodes){small_get, small_put, small};
    OK(okr_tlog_root(&small->nodes, 0, &small->root[0]));
    for (uint8_t i = 0; i < LEAVES; i++) {
        small->leaf[i] = okr_tlog_leaf_hash(okr_slice_of(&i, 1));
        OK(okr_tlog_append(&small->nodes, i, &small->leaf[i]));
        OK(okr_tlog_root(&small->nodes, i + 1u, &small->root[i + 1]));
    }
    return small;
}

static struct okr_hash bent(const struct okr_hash *hash)
{
    struct okr_hash other = *hash;
    other.b[31] ^= 1;
    return other;
}

/* The ways to bend a proof; false where the proof is too short for it. */
enum bend { CUT_FIRST, CUT_LAST, DOUBLE_LAST, ADD_LEAF, SWAP, FLIP, BENDS };

static bool bend_proof(const struct okr_tlog_proof *proof, enum bend bend,
                       size_t at, struct okr_tlog_proof *ret)
{
    *ret = *proof;
    bool any = proof->n > 0;
    switch (bend) {
    case CUT_FIRST:
        if (any)
            memmove(ret->hash, ret->hash + 1, --ret->n * sizeof ret->hash[0]);
        return any;
    case CUT_LAST:
        ret->n -= any;
        return any;
    case DOUBLE_LAST:
        if (any)
            ret->hash[ret->n++] = proof->hash[proof->n - 1];
        return any;
    case ADD_LEAF:
        ret->hash[ret->n++] = okr_tlog_leaf_hash(OKR_SLICE_NONE);
        return true;
    case SWAP:
        if (at + 1 >= proof->n)
            return false;
        ret->hash[at] = proof->hash[at + 1];
        ret->hash[at + 1] = proof->hash[at];
        return true;
    case FLIP:
        if (at < proof->n)
            ret->hash[at] = bent(&proof->hash[at]);
        return at < proof->n;
    case BENDS:
        break;
    }
    return false;
}

static void bend_inclusion(const struct small *s, uint64_t index, uint64_t size,
                           const struct okr_tlog_proof *proof)
{
    const struct okr_hash *leaf = &s->leaf[index], *root = &s->root[size];
    struct okr_tlog_proof other;
    for (enum bend bend = 0; bend < BENDS; bend++) {
        for (size_t at = 0; at <= proof->n; at++) {
            if (bend_proof(proof, bend, at, &other))
                assert_false(
                    okr_tlog_inclusion_holds(leaf, index, size, &other, root));
        }
    }
    struct okr_hash wrong_leaf = bent(leaf), wrong_root = bent(root);
    assert_false(
        okr_tlog_inclusion_holds(&wrong_leaf, index, size, proof, root));
    assert_false(
        okr_tlog_inclusion_holds(leaf, index, size, proof, &wrong_root));
    for (uint64_t i = 0; i <= LEAVES; i++) {
        if (i != index)
            assert_false(okr_tlog_inclusion_holds(leaf, i, size, proof, root));
    }
}

static void inclusion_holds_or_not(void **state)
{
    (void)state;
    struct small small, *s = grow(&small);
    for (uint64_t size = 1; size <= LEAVES; size++) {
        for (uint64_t index = 0; index < size; index++) {
            struct okr_tlog_proof proof;
            OK(okr_tlog_inclusion(&s->nodes, index, size, &proof));
            assert_true(okr_tlog_inclusion_holds(&s->leaf[index], index, size,
                                                 &proof, &s->root[size]));
            bend_inclusion(s, index, size, &proof);
        }
    }
}

static void bend_consistency(const struct small *s, uint64_t from, uint64_t to,
                             const struct okr_tlog_proof *proof)
{
    const struct okr_hash *old = &s->root[from], *new = &s->root[to];
    struct okr_tlog_proof other;
    for (enum bend bend = 0; bend < BENDS; bend++) {
        for (size_t at = 0; at <= proof->n; at++) {
            if (bend_proof(proof, bend, at, &other))
                assert_false(
                    okr_tlog_consistency_holds(from, to, old, new, &other));
        }
    }
    struct okr_hash wrong_old = bent(old), wrong_new = bent(new);
    assert_false(okr_tlog_consistency_holds(from, to, &wrong_old, new, proof));
    assert_false(okr_tlog_consistency_holds(from, to, old, &wrong_new, proof));
    if (from < to)
        assert_false(okr_tlog_consistency_holds(to, from, new, old, proof));
}

static void consistency_holds_or_not(void **state)
{
    (void)state;
    struct small small, *s = grow(&small);
    for (uint64_t to = 1; to <= LEAVES; to++) {
        for (uint64_t from = 1; from <= to; from++) {
            struct okr_tlog_proof proof;
            OK(okr_tlog_consistency(&s->nodes, from, to, &proof));
            assert_true(okr_tlog_consistency_holds(from, to, &s->root[from],
                                                   &s->root[to], &proof));
            bend_consistency(s, from, to, &proof);
        }
    }
}

/* An empty tree is a prefix of every tree: such a proof would let any log
 * take the place of any other. */
static void from_zero_proves_nothing(void **state)
{
    (void)state;
    struct small small, *s = grow(&small);
    struct okr_tlog_proof proof = {.n = 0};
    for (uint64_t to = 0; to <= 3; to++) {
        assert_false(okr_tlog_consistency_holds(0, to, &s->root[0],
                                                &s->root[to], &proof));
        assert_false(
            okr_tlog_inclusion_holds(&s->leaf[0], 0, 0, &proof, &s->root[0]));
    }
    proof.hash[proof.n++] = s->root[1];
    assert_false(
        okr_tlog_consistency_holds(0, 1, &s->root[0], &s->root[1], &proof));
}

/* A log that lies may build its root over the way's end; a proof that goes on
 * there is too long, although all hashes agree. */
static void ways_end_at_the_root(void **state)
{
    (void)state;
    struct small small, *s = grow(&small);
    struct okr_tlog_proof proof;
    struct okr_hash x = okr_tlog_empty_root();
    OK(okr_tlog_inclusion(&s->nodes, 6, 7, &proof));
    proof.hash[proof.n++] = x;
    struct okr_hash above = okr_tlog_node_hash(&x, &s->root[7]);
    assert_false(okr_tlog_inclusion_holds(&s->leaf[6], 6, 7, &proof, &above));
    OK(okr_tlog_consistency(&s->nodes, 6, 7, &proof));
    proof.hash[proof.n++] = x;
    struct okr_hash above_old = okr_tlog_node_hash(&x, &s->root[6]);
    assert_false(okr_tlog_consistency_holds(6, 7, &above_old, &above, &proof));
}

/* Backwards from 6 to 5 the way would be that of 5 to 5, and one root under
 * two sizes would hold. */
static void sizes_do_not_shrink(void **state)
{
    (void)state;
    struct small small, *s = grow(&small);
    struct okr_tlog_proof proof = {.n = 2};
    proof.hash[0] = s->leaf[0];
    proof.hash[1] = s->leaf[1];
    struct okr_hash root = okr_tlog_node_hash(&s->leaf[1], &s->leaf[0]);
    assert_false(okr_tlog_consistency_holds(6, 5, &root, &root, &proof));
}

/* Equal sizes are compared, not climbed; another root is a split view. */
static void equal_sizes(void **state)
{
    (void)state;
    struct small small, *s = grow(&small);
    struct okr_tlog_proof proof = {.n = 0};
    assert_true(
        okr_tlog_consistency_holds(5, 5, &s->root[5], &s->root[5], &proof));
    assert_false(
        okr_tlog_consistency_holds(5, 5, &s->root[5], &s->root[4], &proof));
    proof.hash[proof.n++] = s->root[5];
    assert_false(
        okr_tlog_consistency_holds(5, 5, &s->root[5], &s->root[5], &proof));
}

/* Elements as they come from outside: skipping a bad one would let a proof
 * hold that another program refuses. */
static void elements_are_32_bytes(void **state)
{
    (void)state;
    static const uint8_t bytes[64];
    struct okr_tlog_proof proof = {.n = 0};
    static const size_t bad[] = {0, 1, 31, 33, 64};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(
            okr_tlog_proof_add(&proof, okr_slice_of(bytes, bad[i])),
            OKR_ERR_FORMAT);
    assert_int_equal(proof.n, 0);
    for (size_t i = 0; i < 63; i++) {
        uint8_t element[32] = {(uint8_t)i};
        OK(okr_tlog_proof_add(&proof, okr_slice_of(element, 32)));
        assert_int_equal(proof.hash[i].b[0], i);
    }
    assert_int_equal(okr_tlog_proof_add(&proof, okr_slice_of(bytes, 32)),
                     OKR_ERR_LIMIT);
    assert_int_equal(proof.n, 63);
}

/* A count that did not come through okr_tlog_proof_add. */
static void sixty_four_elements(void **state)
{
    (void)state;
    struct small small, *s = grow(&small);
    struct okr_tlog_proof proof = {.n = 64};
    const uint64_t max = OKR_TLOG_SIZE_MAX;
    assert_false(
        okr_tlog_inclusion_holds(&s->leaf[0], 0, max, &proof, &s->root[1]));
    assert_false(
        okr_tlog_consistency_holds(1, max, &s->root[1], &s->root[2], &proof));
}

/* A tree in which all leaves are the same: a node depends on its level only,
 * so trees of any size are at hand. */
struct uniform {
    struct okr_hash level[41];
};

static enum okr_err uniform_get(void *context, uint64_t index,
                                struct okr_hash *ret)
{
    const struct uniform *uniform = context;
    for (unsigned level = 0; level <= 40; level++) {
        uint64_t low = 0, high = OKR_TLOG_SIZE_MAX >> level;
        while (low < high) {
            uint64_t middle = low + (high - low) / 2;
            if (okr_tlog_node_index(level, middle) < index)
                low = middle + 1;
            else
                high = middle;
        }
        if (okr_tlog_node_index(level, low) == index) {
            *ret = uniform->level[level];
            return OKR_OK;
        }
    }
    return OKR_ERR_NOTFOUND;
}

static struct okr_tlog_nodes uniform_nodes(struct uniform *uniform)
{
    uniform->level[0] = okr_tlog_leaf_hash(OKR_SLICE_NONE);
    for (unsigned i = 1; i <= 40; i++)
        uniform->level[i] =
            okr_tlog_node_hash(&uniform->level[i - 1], &uniform->level[i - 1]);
    return (struct okr_tlog_nodes){uniform_get, NULL, uniform};
}

static const uint64_t huge[] = {
    (UINT64_C(1) << 32) - 1, (UINT64_C(1) << 32) + 1,
    (UINT64_C(1) << 39) + 12345, (UINT64_C(1) << 40) - 1, UINT64_C(1) << 40};

static void huge_inclusion(void **state)
{
    (void)state;
    struct uniform uniform;
    struct okr_tlog_nodes nodes = uniform_nodes(&uniform);
    for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++) {
        struct okr_hash root;
        struct okr_tlog_proof proof;
        const uint64_t at[] = {0, huge[i] / 3, huge[i] - 2, huge[i] - 1};
        OK(okr_tlog_root(&nodes, huge[i], &root));
        for (size_t k = 0; k < 4; k++) {
            OK(okr_tlog_inclusion(&nodes, at[k], huge[i], &proof));
            assert_true(okr_tlog_inclusion_holds(&uniform.level[0], at[k],
                                                 huge[i], &proof, &root));
        }
    }
}

static void huge_consistency(void **state)
{
    (void)state;
    struct uniform uniform;
    struct okr_tlog_nodes nodes = uniform_nodes(&uniform);
    struct okr_hash from_root, to_root;
    struct okr_tlog_proof proof;
    size_t n = sizeof huge / sizeof huge[0];
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i; k < n; k++) {
            OK(okr_tlog_root(&nodes, huge[i], &from_root));
            OK(okr_tlog_root(&nodes, huge[k], &to_root));
            OK(okr_tlog_consistency(&nodes, huge[i], huge[k], &proof));
            assert_true(okr_tlog_consistency_holds(huge[i], huge[k], &from_root,
                                                   &to_root, &proof));
        }
    }
}

/* Proofs that would hold but for the cap. */
static void sizes_above_the_cap(void **state)
{
    (void)state;
    struct uniform uniform;
    (void)uniform_nodes(&uniform);
    struct okr_hash root = uniform.level[40];
    const uint64_t above = 2 * OKR_TLOG_SIZE_MAX;
    struct okr_tlog_proof proof = {.n = 41};
    for (size_t i = 0; i < 40; i++)
        proof.hash[i] = uniform.level[i];
    proof.hash[40] = uniform.level[40];
    root = okr_tlog_node_hash(&uniform.level[40], &uniform.level[40]);
    assert_false(
        okr_tlog_inclusion_holds(&uniform.level[0], 0, above, &proof, &root));
    proof.n = 1;
    proof.hash[0] = uniform.level[40];
    assert_false(okr_tlog_consistency_holds(OKR_TLOG_SIZE_MAX, above,
                                            &uniform.level[40], &root, &proof));
    assert_false(okr_tlog_consistency_holds(UINT64_MAX, UINT64_MAX, &root,
                                            &root, &proof));
    proof.n = 0;
    assert_false(
        okr_tlog_consistency_holds(above, above, &root, &root, &proof));
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
        cmocka_unit_test(inclusion_holds_or_not),
        cmocka_unit_test(consistency_holds_or_not),
        cmocka_unit_test(from_zero_proves_nothing),
        cmocka_unit_test(ways_end_at_the_root),
        cmocka_unit_test(sizes_do_not_shrink),
        cmocka_unit_test(equal_sizes),
        cmocka_unit_test(elements_are_32_bytes),
        cmocka_unit_test(sixty_four_elements),
        cmocka_unit_test(huge_inclusion),
        cmocka_unit_test(huge_consistency),
        cmocka_unit_test(sizes_above_the_cap),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
