/* An entity: a set of field registers.
 *
 * A register is (field, value, lsn of the last write); a set field has one
 * register an element, present or absent.  Joining two copies takes per
 * register the larger lsn: idempotent, commutative, associative. */
#ifndef OKR_MODEL_RECORD_H
#define OKR_MODEL_RECORD_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/decimal.h"
#include "common/model/schema.h"

/* An lsn with this bit is not committed: the rest is the sequence number of
 * the own outbox operation that wrote it.  Never travels, never in ENTITY. */
#define OKR_LSN_PENDING ((okr_lsn)1 << 63)

enum okr_form {
    OKR_REG_UNSET = 0,   /* a scalar without value */
    OKR_REG_VALUE = 1,   /* a scalar; data is its value */
    OKR_REG_PRESENT = 2, /* data is an element that is in the set */
    OKR_REG_ABSENT = 3,  /* data is an element that is not in it any more */
};

struct okr_reg {
    uint16_t field;
    uint8_t form; /* enum okr_form */
    okr_lsn lsn;
    struct okr_slice data; /* canonical, see value.h */
};

struct okr_record {
    struct okr_id id;
    uint16_t kind;
    okr_lsn entered;      /* lsn at which it came to its present home */
    struct okr_reg *regs; /* ascending by (field, element) */
    size_t n_regs;
    bool stored;    /* as it is, it came from the store, or went there */
    uint8_t b2[16]; /* then: its hash there (store/space.h) */
};

/* The register of a scalar field, or of `element` of a set field. */
const struct okr_reg *okr_record_reg(const struct okr_record *record,
                                     uint16_t field);
const struct okr_reg *okr_record_element(const struct okr_record *record,
                                         uint16_t field,
                                         struct okr_slice element);
/* First register of the field at or after `*at`; moves `*at` behind it. */
const struct okr_reg *okr_record_next(const struct okr_record *record,
                                      uint16_t field, size_t *at);
/* Largest lsn of its registers (elsn). */
okr_lsn okr_record_elsn(const struct okr_record *record);

/* Typed reads; false (or the default) where unset, unknown or malformed. */
bool okr_record_has(const struct okr_record *record, uint16_t field);
bool okr_record_id(const struct okr_record *record, uint16_t field,
                   struct okr_id *ret);
bool okr_record_dec(const struct okr_record *record, uint16_t field,
                    struct okr_dec *ret);
int64_t okr_record_int(const struct okr_record *record, uint16_t field,
                       int64_t unset);
uint32_t okr_record_enum(const struct okr_record *record, uint16_t field,
                         uint32_t unset);
bool okr_record_bool(const struct okr_record *record, uint16_t field);
struct okr_slice okr_record_text(const struct okr_record *record,
                                 uint16_t field);
bool okr_record_in_set(const struct okr_record *record, uint16_t field,
                       struct okr_slice element);
okr_scope okr_record_home(const struct okr_record *record);
bool okr_record_archived(const struct okr_record *record);

/* `base` with `regs` written over it (same field and element: replaced, lsn
 * not looked at).  Everything new is in `arena`; data is borrowed.  NULL when
 * out of memory. */
struct okr_record *okr_record_with(const struct okr_record *base,
                                   const struct okr_reg *regs, size_t n,
                                   struct okr_arena *arena);
/* The join of two copies of one entity: per register the larger lsn. */
struct okr_record *okr_record_join(const struct okr_record *a,
                                   const struct okr_record *b,
                                   struct okr_arena *arena);
struct okr_record *okr_record_new(const struct okr_id *id, uint16_t kind,
                                  struct okr_arena *arena);

/* Stored and digested form:  kind varint ‖ count varint ‖ per register
 * (field varint ‖ form 1 ‖ lsn varint ‖ block(data)).  `entered` and id are
 * beside it.  See docs/store.md for a dump. */
void okr_record_encode(const struct okr_record *record, struct okr_buf *out);
/* Borrows `s`.  OKR_ERR_CORRUPT for anything not canonical: order, doubles,
 * forms, left-over bytes. */
OKR_MUST_USE enum okr_err okr_record_decode(struct okr_slice s,
                                            const struct okr_id *id,
                                            struct okr_arena *arena,
                                            struct okr_record **ret_record);

#endif
