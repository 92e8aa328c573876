/* What happened to one entity, operation by operation. */
#ifndef OKR_MSG_MSG_HISTORY_H
#define OKR_MSG_MSG_HISTORY_H

#include "common/msg/msg_page.h"

struct okr_history_change {
    uint16_t field;
    uint8_t form_before, form_after; /* enum okr_form; sets: one an element */
    struct okr_slice before, after;
};
struct okr_history {
    okr_lsn lsn;
    struct okr_last last;
    struct okr_slice reason;
    bool collapsed; /* stands for several changes (a catch-up) */
    struct okr_history_change *changes;
    size_t n_changes;
};

struct okr_history_ask {
    struct okr_id entity;
    okr_lsn before; /* 0: to the end */
    uint32_t max, dictionary;
};
struct okr_history_page {
    struct okr_id entity;
    struct okr_history *rows; /* oldest first */
    size_t n_rows;
    bool more; /* there are older ones */
};

#endif
