/* The parts of a site, as they call each other.  Private to client/core. */
#ifndef CLIENT_CORE_SITE_IMPL_H
#define CLIENT_CORE_SITE_IMPL_H

#include "client/core/site_soft.h"

/* ---- site.c: what all parts need ----------------------------------------- */
/* 0 … below-1, of the last event's entropy. */
uint64_t okr_site_random(struct okr_site *site, uint64_t below);
okr_us okr_site_jitter(struct okr_site *site, okr_us most);
okr_us okr_site_server_time(const struct okr_site *site, okr_us now);
OKR_MUST_USE enum okr_err okr_site_raise(struct okr_turn *turn,
                                         enum okr_site_alarm alarm);
/* The copy was complete at `at` (server time). */
OKR_MUST_USE enum okr_err okr_site_fresh(struct okr_turn *turn, okr_us at);
/* How long an answer may take at most, `tries` time-outs later. */
okr_us okr_site_patience(const struct okr_site *site, unsigned tries);
/* A time-out of the server: after some, the link is given up (true). */
OKR_MUST_USE enum okr_err okr_site_timed_out(struct okr_turn *turn,
                                             bool *ret_given_up);
uint32_t okr_site_epoch(const struct okr_site *site); /* 0: none yet */
struct okr_space okr_site_confirmed(const struct okr_turn *turn);

/* ---- site_scope.c: the followed scopes ----------------------------------- */
struct okr_site_scope *okr_site_scope(const struct okr_site *site,
                                      okr_scope scope);
bool okr_site_is_public(okr_scope scope);
OKR_MUST_USE enum okr_err okr_site_scopes_reserve(struct okr_site *site,
                                                  size_t n);
OKR_MUST_USE enum okr_err okr_site_scopes_load(struct okr_site *site,
                                               struct okr_kv_txn *txn,
                                               struct okr_arena *arena);
/* Writes the row and remembers its cursor, which never goes back. */
OKR_MUST_USE enum okr_err okr_site_scope_put(struct okr_turn *turn,
                                             struct okr_site_scope *entry,
                                             struct okr_scope_row *row);
/* Drops what is here of the scope, to pull it from 0. */
OKR_MUST_USE enum okr_err okr_site_scope_reset(struct okr_turn *turn,
                                               struct okr_site_scope *entry);
/* The next pull names it, and goes out at `at` if not sooner. */
void okr_site_want(struct okr_site *site, struct okr_site_scope *entry,
                   okr_us at);
bool okr_site_wanting(const struct okr_site *site);
/* Nothing is known to be missing. */
bool okr_site_current(const struct okr_site *site);
/* Compares digests where that is allowed; what differs is pulled anew. */
OKR_MUST_USE enum okr_err okr_site_compare(struct okr_turn *turn,
                                           struct okr_site_scope *entry,
                                           const struct okr_digest *digest,
                                           bool *ret_agree);
/* Recomputes which scopes are followed. */
OKR_MUST_USE enum okr_err okr_site_follow(struct okr_turn *turn);
/* `anew`: over a new socket. */
OKR_MUST_USE enum okr_err okr_site_subscribe(struct okr_turn *turn, bool anew);

/* ---- the link: actions of the table in site_link.c ----------------------- */
OKR_MUST_USE enum okr_err okr_site_hello(struct okr_turn *turn,
                                         const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_unanswered(struct okr_turn *turn,
                                              const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_welcome(struct okr_turn *turn,
                                           const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_refused(struct okr_turn *turn,
                                           const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_lost(struct okr_turn *turn,
                                        const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_busy(struct okr_turn *turn,
                                        const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_error(struct okr_turn *turn,
                                         const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_pushed(struct okr_turn *turn,
                                          const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_page(struct okr_turn *turn,
                                        const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_event(struct okr_turn *turn,
                                         const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_head(struct okr_turn *turn,
                                        const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_site_beat(struct okr_turn *turn,
                                        const struct okr_msg *msg);
bool okr_site_welcome_fits(const struct okr_site *site,
                           const struct okr_msg *msg);
/* Forgets what was on the way. */
void okr_site_link_reset(struct okr_site *site);
OKR_MUST_USE enum okr_err okr_site_call(struct okr_turn *turn, okr_us after);

/* ---- incarnations and epochs --------------------------------------------- */
/* First use of a store, or other state than this site's: OKR_ERR_DENIED. */
OKR_MUST_USE enum okr_err okr_site_found(struct okr_turn *turn);
/* All operations without a final answer get new sequences and pushes. */
OKR_MUST_USE enum okr_err okr_site_reincarnate(struct okr_turn *turn);
/* The server's history is another one: all but the outbox is dropped. */
OKR_MUST_USE enum okr_err okr_site_new_epoch(struct okr_turn *turn,
                                             const struct okr_welcome *welcome);
OKR_MUST_USE enum okr_err
okr_site_adopt_epochs(struct okr_turn *turn, const struct okr_welcome *welcome);

#endif
