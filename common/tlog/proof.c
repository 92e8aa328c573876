/* Checking proofs: RFC 9162 2.1.3.2 and 2.1.4.2, with the names used there. */
#include "common/tlog/tree.h"

#include <string.h>

#include "common/base/assert.h"

enum okr_err okr_tlog_proof_add(struct okr_tlog_proof *proof,
                                struct okr_slice element)
{
    OKR_ASSERT(proof != NULL && proof->n <= OKR_TLOG_PROOF_MAX);
    if (element.len != OKR_SHA256_LEN)
        return OKR_ERR_FORMAT;
    if (proof->n == OKR_TLOG_PROOF_MAX)
        return OKR_ERR_LIMIT;
    memcpy(proof->hash[proof->n].b, element.data, OKR_SHA256_LEN);
    proof->n++;
    return OKR_OK;
}

/* The way from a leaf to the root: `fn` is its node at this level, `sn` the
 * last node of the level. */
struct climb {
    uint64_t fn, sn;
};

/* The sibling of the node is on its left.  Steps over the levels on which a
 * node at the right edge has no sibling at all. */
static bool sibling_left(struct climb *climb)
{
    if ((climb->fn & 1) == 0 && climb->fn != climb->sn)
        return false;
    while ((climb->fn & 1) == 0 && climb->fn != 0) {
        climb->fn >>= 1;
        climb->sn >>= 1;
    }
    return true;
}

static void climb_up(struct climb *climb)
{
    climb->fn >>= 1;
    climb->sn >>= 1;
}

bool okr_tlog_inclusion_holds(const struct okr_hash *leaf_hash, uint64_t index,
                              uint64_t size, const struct okr_tlog_proof *proof,
                              const struct okr_hash *root)
{
    OKR_ASSERT(leaf_hash != NULL && proof != NULL && root != NULL);
    if (index >= size || size > OKR_TLOG_SIZE_MAX ||
        proof->n > OKR_TLOG_PROOF_MAX)
        return false;
    struct climb climb = {index, size - 1};
    struct okr_hash r = *leaf_hash;
    for (size_t i = 0; i < proof->n; i++) {
        const struct okr_hash *p = &proof->hash[i];
        if (climb.sn == 0)
            return false;
        if (sibling_left(&climb))
            r = okr_tlog_node_hash(p, &r);
        else
            r = okr_tlog_node_hash(&r, p);
        climb_up(&climb);
    }
    return climb.sn == 0 && okr_hash_eq(&r, root);
}

/* Both roots from the hashes behind the first one, `seed`; false where the
 * proof is longer or shorter than the way. */
static bool climb_both(struct climb climb, const struct okr_hash *seed,
                       const struct okr_hash *rest, size_t n,
                       struct okr_hash roots[2])
{
    struct okr_hash fr = *seed, sr = *seed;
    for (size_t i = 0; i < n; i++) {
        const struct okr_hash *c = &rest[i];
        if (climb.sn == 0)
            return false;
        if (sibling_left(&climb)) {
            fr = okr_tlog_node_hash(c, &fr);
            sr = okr_tlog_node_hash(c, &sr);
        } else {
            sr = okr_tlog_node_hash(&sr, c);
        }
        climb_up(&climb);
    }
    roots[0] = fr;
    roots[1] = sr;
    return climb.sn == 0;
}

bool okr_tlog_consistency_holds(uint64_t from, uint64_t to,
                                const struct okr_hash *from_root,
                                const struct okr_hash *to_root,
                                const struct okr_tlog_proof *proof)
{
    OKR_ASSERT(from_root != NULL && to_root != NULL && proof != NULL);
    if (from == 0 || from > to || to > OKR_TLOG_SIZE_MAX ||
        proof->n > OKR_TLOG_PROOF_MAX)
        return false;
    if (from == to)
        return proof->n == 0 && okr_hash_eq(from_root, to_root);
    if (proof->n == 0)
        return false;
    struct climb climb = {from - 1, to - 1};
    while ((climb.fn & 1) != 0)
        climb_up(&climb);
    /* A complete old tree is a node of the new one, and not sent. */
    bool complete = (from & (from - 1)) == 0;
    const struct okr_hash *seed = complete ? from_root : &proof->hash[0];
    size_t used = complete ? 0 : 1;
    struct okr_hash roots[2];
    return climb_both(climb, seed, proof->hash + used, proof->n - used,
                      roots) &&
           okr_hash_eq(&roots[0], from_root) && okr_hash_eq(&roots[1], to_root);
}
