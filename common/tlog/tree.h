/* The Merkle tree of the log: RFC 6962 2.1 hashes, stored as complete
 * subtrees in a dense index, so that a leaf is appended with one write and
 * one more per trailing 1-bit of its number, and proofs read O(log n). */
#ifndef OKR_TLOG_TREE_H
#define OKR_TLOG_TREE_H

#include "common/base/err.h"
#include "common/crypto/hash.h"

#define OKR_TLOG_SIZE_MAX ((uint64_t)1 << 40)
#define OKR_TLOG_PROOF_MAX 63

/* Where the nodes are: `index` from okr_tlog_node_index.  A node that `get`
 * does not find (OKR_ERR_NOTFOUND) is told as OKR_ERR_CORRUPT. */
struct okr_tlog_nodes {
    enum okr_err (*get)(void *context, uint64_t index, struct okr_hash *ret);
    enum okr_err (*put)(void *context, uint64_t index,
                        const struct okr_hash *hash);
    void *context;
};

struct okr_tlog_proof {
    struct okr_hash hash[OKR_TLOG_PROOF_MAX];
    size_t n;
};

/* Takes one element as it came from outside.  OKR_ERR_FORMAT: not 32 bytes,
 * which makes the whole proof void, never an element to skip; OKR_ERR_LIMIT:
 * the proof is full. */
OKR_MUST_USE enum okr_err okr_tlog_proof_add(struct okr_tlog_proof *proof,
                                             struct okr_slice element);

struct okr_hash okr_tlog_leaf_hash(struct okr_slice leaf); /* 0x00 ‖ leaf */
struct okr_hash okr_tlog_node_hash(const struct okr_hash *left,
                                   const struct okr_hash *right); /* 0x01 */
struct okr_hash okr_tlog_empty_root(void); /* SHA-256 of nothing */
/* Place of the `n`-th complete subtree of 2^level leaves: nodes are counted
 * in the order in which appending completes them. */
uint64_t okr_tlog_node_index(unsigned level, uint64_t n);

/* Appends the hash of leaf number `size`; `size` is the tree before it.
 * OKR_ERR_LIMIT: the tree has OKR_TLOG_SIZE_MAX leaves. */
OKR_MUST_USE enum okr_err okr_tlog_append(const struct okr_tlog_nodes *nodes,
                                          uint64_t size,
                                          const struct okr_hash *leaf_hash);
OKR_MUST_USE enum okr_err okr_tlog_root(const struct okr_tlog_nodes *nodes,
                                        uint64_t size,
                                        struct okr_hash *ret_root);
/* index < size <= OKR_TLOG_SIZE_MAX, else OKR_ERR_LIMIT. */
OKR_MUST_USE enum okr_err okr_tlog_inclusion(const struct okr_tlog_nodes *nodes,
                                             uint64_t index, uint64_t size,
                                             struct okr_tlog_proof *ret_proof);
/* 0 < from <= to; a proof from 0 proves nothing and is refused. */
OKR_MUST_USE enum okr_err
okr_tlog_consistency(const struct okr_tlog_nodes *nodes, uint64_t from,
                     uint64_t to, struct okr_tlog_proof *ret_proof);

/* RFC 9162 2.1.3.2 and 2.1.4.2: iterative, no allocation.  Nothing holds for
 * sizes above OKR_TLOG_SIZE_MAX, nor for `from` 0. */
bool okr_tlog_inclusion_holds(const struct okr_hash *leaf_hash, uint64_t index,
                              uint64_t size, const struct okr_tlog_proof *proof,
                              const struct okr_hash *root);
bool okr_tlog_consistency_holds(uint64_t from, uint64_t to,
                                const struct okr_hash *from_root,
                                const struct okr_hash *to_root,
                                const struct okr_tlog_proof *proof);

#endif
