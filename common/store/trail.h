/* What somebody read and wrote of a space: whoever kept the trail of a
 * judgement can tell later whether anything that it saw has changed.
 *
 * What was read is kept as *prints*, 64 bits each: of an entity, of a prefix
 * of the index (what a look-up walks), of what is known of an operation.  Two
 * things with one print are taken for the same, which at worst has something
 * judged again that need not be. */
#ifndef OKR_STORE_TRAIL_H
#define OKR_STORE_TRAIL_H

#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/store/kv.h"

#define OKR_TRAIL_ROW 36 /* bytes of a key of INDEX */
struct okr_trail_row {
    uint8_t b[OKR_TRAIL_ROW];
};

struct okr_trail {
    bool reads;          /* else only what was written is kept */
    struct okr_buf read; /* uint64_t each, repeated as it was read */
    struct okr_buf ids;  /* struct okr_id each: entities written */
    struct okr_buf rows; /* struct okr_trail_row each: of the index, written */
    struct okr_buf prints; /* uint64_t each: of operations, written */
};

uint64_t okr_print_entity(const struct okr_id *id);
uint64_t okr_print_op(const struct okr_id *op);
/* Of a look-up: the key of an index row without its id. */
uint64_t okr_print_rows(const uint8_t row[OKR_TRAIL_ROW]);

/* Memory is of the heap; where there is too little, the trail ends there and
 * okr_trail_err says so. */
void okr_trail_init(struct okr_trail *trail, bool reads);
void okr_trail_free(struct okr_trail *trail);
void okr_trail_clear(struct okr_trail *trail); /* keeps its memory */
OKR_MUST_USE enum okr_err okr_trail_err(const struct okr_trail *trail);
bool okr_trail_is_empty(const struct okr_trail *trail);

/* `trail` may be NULL: nobody keeps one. */
void okr_trail_read(struct okr_trail *trail, uint64_t print);
void okr_trail_wrote(struct okr_trail *trail, const struct okr_id *entity);
void okr_trail_wrote_row(struct okr_trail *trail,
                         const uint8_t row[OKR_TRAIL_ROW]);
void okr_trail_wrote_op(struct okr_trail *trail, const struct okr_id *op);

#endif
