/* The states of a site's link, as a table: what happens in which state leads
 * where, and what is done there.  Private to client/core and its tests. */
#ifndef CLIENT_CORE_SITE_LINK_H
#define CLIENT_CORE_SITE_LINK_H

#include "client/core/site.h"

enum okr_phase {
    OKR_PHASE_DOWN,     /* no link; the shell was asked for one */
    OKR_PHASE_HELLO,    /* linked, Hello sent */
    OKR_PHASE_CATCHING, /* welcome, and something may be missing */
    OKR_PHASE_LIVE,     /* nothing is known to be missing */
    OKR_PHASE_REFUSED,  /* told to go away for a while */
    OKR_PHASE_COUNT
};

#define OKR_HAPPENING_TABLE(X)                                      \
    X(UP, "up")           /* the DEALER is through its handshake */ \
    X(LOST, "lost")       /* it is not any more, or is given up */  \
    X(WELCOME, "welcome") /* … to the Hello that was sent last */ \
    X(REFUSE, "refuse")                                             \
    X(PUSHED, "pushed")                                             \
    X(PAGE, "page")                                                 \
    X(EVENT, "event")                                               \
    X(HEAD, "head")                                                 \
    X(BEAT, "beat")                                                 \
    X(BUSY, "busy")                                                 \
    X(ERROR, "error")                                               \
    X(SILENCE, "silence") /* no Welcome came */                     \
    X(AGAIN, "again")     /* Hello has to be said anew */           \
    X(CURRENT, "current") /* nothing is missing */                  \
    X(BEHIND, "behind")   /* something is */

enum okr_happening {
#define OKR_HAPPENING_ENUM(name, text) OKR_HAPPENING_##name,
    OKR_HAPPENING_TABLE(OKR_HAPPENING_ENUM)
#undef OKR_HAPPENING_ENUM
        OKR_HAPPENING_COUNT
};

struct okr_turn;

struct okr_link_row {
    enum okr_phase next;
    enum okr_err (*act)(struct okr_turn *turn, const struct okr_msg *msg);
};

/* Does what the table says: moves, then acts.  `msg` where one came. */
OKR_MUST_USE enum okr_err okr_link_take(struct okr_turn *turn,
                                        enum okr_happening happening,
                                        const struct okr_msg *msg);
/* Moves between CATCHING and LIVE, as what is known now demands. */
OKR_MUST_USE enum okr_err okr_link_settle(struct okr_turn *turn);
bool okr_link_is_up(const struct okr_site *site); /* CATCHING or LIVE */

/* For tests: a cell; `act` is never NULL in a complete table.  The cells that
 * only a bug of ours can reach all have the same `act`. */
struct okr_link_row okr_link_row(enum okr_phase phase,
                                 enum okr_happening happening);
bool okr_link_row_is_never(struct okr_link_row row);
const char *okr_phase_name(enum okr_phase phase);

#endif
