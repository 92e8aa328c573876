/* Rows of a scope for somebody who has it up to some lsn: for pages and for
 * events alike, so that both say the same. */
#ifndef SERVER_CORE_HUB_ROWS_H
#define SERVER_CORE_HUB_ROWS_H

#include "common/codec/codec.h"
#include "server/core/hub_impl.h"

struct okr_hub_walk {
    okr_scope scope;
    okr_lsn since;      /* what the reader has */
    okr_lsn after_elsn; /* go on behind (elsn, id); 0: from `since` */
    struct okr_id after_id;
    size_t room;                 /* bytes */
    bool first;                  /* give one row even where it does not fit */
    struct okr_row_meter *meter; /* of the message that they are for */
};
struct okr_hub_rows {
    struct okr_row *at;
    size_t n, cap;
    size_t bytes; /* at most, encoded */
    bool more;    /* there are further rows behind the last */
};
/* One entity as it is, for somebody who has everything up to `since`. */
OKR_MUST_USE enum okr_err okr_hub_row(const struct okr_hub_work *work,
                                      const struct okr_id *id, okr_lsn since,
                                      struct okr_row *ret_row);
/* The newest dictionary that both sides have; 0: none. */
uint8_t okr_hub_dictionary(uint32_t theirs);
/* Adds a row behind the others, with who wrote it, if it fits; else there is
 * `more`. */
OKR_MUST_USE enum okr_err okr_hub_rows_take(const struct okr_hub_work *work,
                                            const struct okr_hub_walk *walk,
                                            struct okr_row *row,
                                            struct okr_hub_rows *rows);
/* In the turn's arena. */
OKR_MUST_USE enum okr_err okr_hub_rows(const struct okr_hub_work *work,
                                       const struct okr_hub_walk *walk,
                                       struct okr_hub_rows *ret_rows);

#endif
