/* A hash table of records, in the arena of the turn. */
#include "common/store/entity_cache.h"

#include <string.h>

enum { SLOTS_FIRST = 64, SLOTS_MAX = 16384 }; /* powers of two */

/* The tail of an id is random. */
static size_t place_of(const struct okr_entity_cache *cache,
                       const struct okr_id *id)
{
    uint64_t hash;
    memcpy(&hash, id->b + OKR_ID_LEN - sizeof hash, sizeof hash);
    hash *= UINT64_C(0x9e3779b97f4a7c15); /* ids of tests are not random */
    size_t at = (size_t)(hash >> 32) & (cache->n_slots - 1);
    while (cache->slots[at] != NULL && !okr_id_eq(&cache->slots[at]->id, id))
        at = (at + 1) & (cache->n_slots - 1);
    return at;
}

struct okr_record *okr_entity_cache_find(const struct okr_space *space,
                                         const struct okr_id *id)
{
    const struct okr_entity_cache *cache = space->cache;
    if (cache == NULL || cache->arena != space->arena || cache->n == 0)
        return NULL;
    return cache->slots[place_of(cache, id)];
}

static bool grow(struct okr_entity_cache *cache, size_t n_slots)
{
    struct okr_entity_cache more = {.arena = cache->arena, .n_slots = n_slots};
    more.slots = okr_arena_array(cache->arena, n_slots, sizeof *more.slots);
    if (more.slots == NULL)
        return false;
    for (size_t i = 0; i < n_slots; i++)
        more.slots[i] = NULL;
    for (size_t i = 0; i < cache->n_slots; i++)
        if (cache->slots[i] != NULL)
            more.slots[place_of(&more, &cache->slots[i]->id)] = cache->slots[i];
    more.n = cache->n;
    *cache = more;
    return true;
}

/* Room for one more; full, it begins anew. */
static bool make_room(struct okr_entity_cache *cache)
{
    if (cache->n_slots == 0)
        return grow(cache, SLOTS_FIRST);
    if (cache->n < cache->n_slots / 2)
        return true;
    if (cache->n_slots < SLOTS_MAX)
        return grow(cache, cache->n_slots * 2);
    memset(cache->slots, 0, cache->n_slots * sizeof(struct okr_record *));
    cache->n = 0;
    return true;
}

enum okr_err okr_entity_cache_keep(const struct okr_space *space,
                                   struct okr_record *record)
{
    struct okr_entity_cache *cache = space->cache;
    if (cache == NULL)
        return OKR_OK;
    if (cache->arena != space->arena)
        *cache = (struct okr_entity_cache){.arena = space->arena};
    if (!make_room(cache))
        return OKR_ERR_NOMEM;
    size_t at = place_of(cache, &record->id);
    cache->n += cache->slots[at] == NULL;
    cache->slots[at] = record;
    return OKR_OK;
}

enum okr_err okr_entity_cache_wrote(const struct okr_space *space,
                                    const struct okr_record *record,
                                    const uint8_t b2[16])
{
    if (space->cache == NULL)
        return OKR_OK;
    struct okr_record *copy = okr_arena_alloc(space->arena, sizeof *copy);
    if (copy == NULL)
        return OKR_ERR_NOMEM;
    *copy = *record;
    copy->stored = true;
    memcpy(copy->b2, b2, sizeof copy->b2);
    return okr_entity_cache_keep(space, copy);
}

void okr_entity_cache_drop(const struct okr_space *space)
{
    if (space->cache != NULL)
        *space->cache = (struct okr_entity_cache){.arena = space->arena};
}
