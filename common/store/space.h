/* Entities as one reads and writes them: the confirmed copy, or the view.
 *
 * The view of a site is confirmed state with the own pending operations over
 * it: VIEW_ENTITY and VIEW_INDEX hold only what differs.  The same code reads
 * and writes both, so the same rules judge both. */
#ifndef OKR_STORE_SPACE_H
#define OKR_STORE_SPACE_H

#include "common/crypto/hash.h"
#include "common/model/record.h"
#include "common/store/trail.h"

struct okr_entity_cache;
struct okr_space {
    struct okr_kv_txn *txn;
    struct okr_arena *arena; /* what is read lives here */
    bool view;
    struct okr_trail *trail; /* what is read and written; NULL: not kept */
    struct okr_entity_cache *cache; /* NULL: none; see entity_cache.h */
};

/* OKR_ERR_NOTFOUND; OKR_ERR_CORRUPT if its checksum does not hold.  Others may
 * be given the same record: it is not changed. */
OKR_MUST_USE enum okr_err okr_entity_get(const struct okr_space *space,
                                         const struct okr_id *id,
                                         struct okr_record **ret_record);
/* Replaces `old` (as read from this space; NULL: new) by `now`, and with it
 * every index row, the changed-since rows of both homes, count and digest of
 * both scopes, and what `met` says there (where it left: the lsn of its new
 * home).  `entered` and the scopes' heads are the caller's.  In the view: only
 * the overlay, which does not follow later writes to the confirmed copy: it is
 * cleared and made anew then. */
OKR_MUST_USE enum okr_err okr_entity_put(const struct okr_space *space,
                                         const struct okr_record *old,
                                         const struct okr_record *now);
/* Removes it from the confirmed copy (a site, when it leaves the scopes that
 * are followed); the lsn at which it left is kept in GONE, the largest if it
 * left more than once; 0: it did not leave, it is pulled anew. */
OKR_MUST_USE enum okr_err okr_entity_drop(const struct okr_space *space,
                                          const struct okr_record *record,
                                          okr_lsn left_at);
/* The same as stored with it: its bytes are not read. */
OKR_MUST_USE enum okr_err okr_entity_hash(const struct okr_space *space,
                                          const struct okr_id *id,
                                          uint8_t ret_b2[OKR_B2_LEN]);
/* lsn at which it left, 0 if it never did. */
OKR_MUST_USE enum okr_err okr_entity_gone(const struct okr_space *space,
                                          const struct okr_id *id,
                                          okr_lsn *ret_lsn);
/* BLAKE2b-128 of id ‖ encoded record: its share in the scope's digest. */
OKR_MUST_USE enum okr_err okr_entity_b2(const struct okr_record *record,
                                        struct okr_arena *arena,
                                        uint8_t ret_b2[OKR_B2_LEN]);
/* Drops everything pending: the view is the confirmed copy again. */
OKR_MUST_USE enum okr_err okr_view_clear(struct okr_kv_txn *txn);
/* Drops of the overlay these entities and index rows.  It is whole again only
 * when all that wrote any of them is written again. */
OKR_MUST_USE enum okr_err okr_view_undo(struct okr_kv_txn *txn,
                                        const struct okr_id *ids, size_t n_ids,
                                        const struct okr_trail_row *rows,
                                        size_t n_rows);

/* Look-ups.  Results are ascending by id, in the space's arena. */
struct okr_ids {
    struct okr_id *at;
    size_t n;
};
/* Entities of a kind whose indexed `field` has this value (fields flagged I;
 * unique texts are compared folded). */
OKR_MUST_USE enum okr_err okr_index_find(const struct okr_space *space,
                                         uint16_t kind, uint16_t field,
                                         struct okr_slice value,
                                         struct okr_ids *ret_ids);
/* All of a kind. */
OKR_MUST_USE enum okr_err okr_index_kind(const struct okr_space *space,
                                         uint16_t kind,
                                         struct okr_ids *ret_ids);
/* Those of a kind behind `after` (NULL: from the first), at most `max`. */
OKR_MUST_USE enum okr_err okr_index_kind_after(const struct okr_space *space,
                                               uint16_t kind,
                                               const struct okr_id *after,
                                               size_t max,
                                               struct okr_ids *ret_ids);
/* Those whose home follows from `parent` (its home field names it): a unit's
 * sub-units, persons and objectives, an objective's key results, a key
 * result's check-ins …; `kind` 0: all. */
OKR_MUST_USE enum okr_err okr_index_children(const struct okr_space *space,
                                             const struct okr_id *parent,
                                             uint16_t kind,
                                             struct okr_ids *ret_ids);
/* By human reference "k-7m3qd": all that match, at most `max`. */
OKR_MUST_USE enum okr_err okr_index_ref(const struct okr_space *space,
                                        uint32_t kind, struct okr_slice run,
                                        size_t max, struct okr_ids *ret_ids);
/* Makes INDEX and VIEW_INDEX anew: for a schema that indexes more. */
OKR_MUST_USE enum okr_err okr_index_rebuild(struct okr_kv_txn *txn);

#endif
