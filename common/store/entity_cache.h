/* What one transaction has read and written, decoded: a turn of many
 * operations looks at the same policy, persons, units and parents again and
 * again, and reads, checks and decodes each row once.
 *
 * Confirmed entities only.  It belongs to one write transaction whose entities
 * are all written through spaces that carry it, and dies with its arena; who
 * aborts, drops it. */
#ifndef OKR_STORE_ENTITY_CACHE_H
#define OKR_STORE_ENTITY_CACHE_H

#include "common/store/space.h"

struct okr_entity_cache {
    struct okr_arena *arena;   /* of what is kept; NULL: nothing is */
    struct okr_record **slots; /* open addressing by id; NULL: free */
    size_t n, n_slots;
};

/* NULL: not known here (it may be in the store). */
struct okr_record *okr_entity_cache_find(const struct okr_space *space,
                                         const struct okr_id *id);
/* Keeps a record that was read.  OKR_ERR_NOMEM; without a cache it does
 * nothing. */
OKR_MUST_USE enum okr_err okr_entity_cache_keep(const struct okr_space *space,
                                                struct okr_record *record);
/* Keeps what was written, with its hash, in place of what it was; its data is
 * good until the transaction ends. */
OKR_MUST_USE enum okr_err
okr_entity_cache_wrote(const struct okr_space *space,
                       const struct okr_record *record, const uint8_t b2[16]);
/* Forgets everything: an entity left. */
void okr_entity_cache_drop(const struct okr_space *space);

#endif
