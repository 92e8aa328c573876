/* Messages downwards: rows, asked for or published. */
#ifndef OKR_MSG_MSG_PAGE_H
#define OKR_MSG_MSG_PAGE_H

#include "common/crypto/hash.h"
#include "common/model/op.h"

struct okr_want {
    okr_scope scope;
    okr_lsn since;
    okr_lsn after_elsn; /* 0: from the beginning */
    struct okr_id after_id;
    okr_lsn upto; /* 0: first page */
};
struct okr_pull {
    struct okr_want *wants;
    size_t n_wants;
    uint32_t bytes_max, wait_s;
    uint32_t dictionary; /* codec/squeeze.h; 0: send it plain */
};
/* Who wrote last, for watch and "by": zero ids where not known. */
struct okr_last {
    struct okr_id person, site;
    uint16_t verb;
    bool is_signed; /* by the person; else the site vouches for him */
    okr_us time;
};
struct okr_row {
    struct okr_id id;
    uint16_t kind;
    okr_lsn elsn;
    bool all, gone;
    struct okr_reg *regs;
    size_t n_regs;
    struct okr_last last;
};
struct okr_section {
    okr_scope scope;
    okr_lsn since;
    struct okr_row *rows;
    size_t n_rows;
    bool more; /* then token_*; else digest */
    okr_lsn token_elsn;
    struct okr_id token_id;
    okr_lsn upto, head;
    struct okr_digest digest;
};
struct okr_page {
    struct okr_section *sections;
    size_t n_sections;
    uint64_t own_seq;
};
struct okr_mark {
    struct okr_id site;
    uint64_t incarnation, seq;
};
struct okr_event_msg {
    okr_scope scope; /* from the topic */
    uint32_t epoch;
    okr_lsn prev_lsn, lsn;
    struct okr_row *rows;
    size_t n_rows;
    struct okr_mark *marks;
    size_t n_marks;
};
struct okr_head {
    okr_scope scope; /* from the topic */
    uint32_t epoch;
    okr_lsn head;
    struct okr_digest digest;
    struct okr_slice checkpoint;
    okr_us time;
};

/* ---- repair: what differs, bucket by bucket ------------------------------ */
#define OKR_BUCKETS 256
/* First byte of BLAKE2b-128 of the id. */
uint32_t okr_bucket(const struct okr_id *id);
struct okr_place { /* in the order of a repair: by (bucket, id) */
    uint32_t bucket;
    struct okr_id id; /* zero: before all */
};
struct okr_repair {
    okr_scope scope;
    okr_lsn cursor;
    struct okr_digest *buckets; /* OKR_BUCKETS */
    struct okr_place from;      /* go on behind it */
    uint32_t bytes_max, dictionary;
};
struct okr_repaired {
    okr_scope scope;
    okr_lsn as_of;
    uint32_t *buckets; /* that differ, ascending, from `from` to `next` */
    size_t n_buckets;
    struct okr_row *rows; /* all that is in there */
    size_t n_rows;
    bool more; /* only up to `next` */
    struct okr_place next;
};

#endif
