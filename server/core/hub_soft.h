/* What the hub remembers between turns and may forget at any time: links,
 * long polls, what was published; and what one turn gathers for its flush.
 * Bounded: at most OKR_HUB_LINKS_MAX links, one tip a scope. */
#ifndef SERVER_CORE_HUB_SOFT_H
#define SERVER_CORE_HUB_SOFT_H

#include "common/msg/effects.h"

enum {
    OKR_HUB_LINKS_MAX = 4096, /* further sites get no long poll */
    OKR_HUB_CAME_MAX = 4096,  /* more than that: all parked are looked at */
};

/* A site that spoke since the last load, ascending by `site`. */
struct okr_hub_link {
    struct okr_id site;
    struct okr_envelope last; /* where its last message came from */
    uint64_t incarnation;     /* under which it speaks; 0: not said yet */
    /* A Pull that waits for something new; `wants` is kept for the next. */
    bool waits;
    uint32_t request, bytes_max, dictionary;
    okr_us until;
    struct okr_cursor *wants;
    size_t n_wants, cap_wants;
};

/* What was told of a scope, ascending by `scope`. */
struct okr_hub_tip {
    okr_scope scope;
    okr_lsn lsn;     /* published last, or known when the hub was loaded */
    okr_us head_at;  /* when the next Head is due; 0: at once */
    okr_us head_gap; /* from that Head to the one after it */
    bool dirty;      /* this turn wrote it */
    bool wanted;     /* somebody subscribed to it in this turn */
};

/* An operation of this turn that wrote the scope. */
struct okr_hub_wrote {
    okr_scope scope;
    struct okr_mark mark;
};

struct okr_hub_soft {
    struct okr_hub_link *links;
    size_t n_links, cap_links;
    okr_us wait_until; /* no long poll ends before it; OKR_NEVER: none waits */
    struct okr_hub_tip *tips;
    size_t n_tips, cap_tips;
    okr_us head_next; /* no Head is due before it */
    bool dirty;       /* some tip is dirty or wanted */
    struct okr_hub_wrote *wrote;
    size_t n_wrote, cap_wrote;
    /* Entities that came, or never will: parked operations may go on. */
    struct okr_id *came;
    size_t n_came, cap_came;
    bool came_more; /* there was no room for all */
};

void okr_hub_soft_reset(struct okr_hub_soft *soft); /* forgets, keeps memory */
void okr_hub_soft_free(struct okr_hub_soft *soft);
/* The site's link, a new one if there is room; else `*ret_link` is NULL. */
OKR_MUST_USE enum okr_err okr_hub_soft_link(struct okr_hub_soft *soft,
                                            const struct okr_id *site,
                                            struct okr_hub_link **ret_link);
struct okr_hub_link *okr_hub_soft_find(struct okr_hub_soft *soft,
                                       const struct okr_id *site); /* or NULL */
/* The scope's tip, a new one with lsn 0 if there is none. */
OKR_MUST_USE enum okr_err okr_hub_soft_tip(struct okr_hub_soft *soft,
                                           okr_scope scope,
                                           struct okr_hub_tip **ret_tip);
struct okr_hub_tip *okr_hub_soft_find_tip(struct okr_hub_soft *soft,
                                          okr_scope scope); /* or NULL */
/* The operation `mark` wrote the scope. */
OKR_MUST_USE enum okr_err okr_hub_soft_wrote(struct okr_hub_soft *soft,
                                             okr_scope scope,
                                             const struct okr_mark *mark);
OKR_MUST_USE enum okr_err okr_hub_soft_came(struct okr_hub_soft *soft,
                                            const struct okr_id *entity);
/* Makes the link's Pull wait; copies `wants`. */
OKR_MUST_USE enum okr_err okr_hub_soft_wait(struct okr_hub_link *link,
                                            const struct okr_want *wants,
                                            size_t n);

#endif
