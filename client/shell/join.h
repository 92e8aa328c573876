/* A new site: a token becomes an enrolment, once.  All or nothing: until the
 * last write the folder has keys and no more, and the same join again goes on
 * with them. */
#ifndef CLIENT_SHELL_JOIN_H
#define CLIENT_SHELL_JOIN_H

#include "client/shell/ident.h"
#include "client/shell/site_dir.h"
#include "common/crypto/token.h"
#include "common/msg/msg.h"

/* Reads a token offline; a snag says what is wrong with it. */
bool okr_join_token(const char *text, struct okr_token *ret_token,
                    struct okr_snag *snag);
/* The message that makes the keys those of a site. */
void okr_join_enrol(const struct okr_token *token,
                    const struct okr_site_keys *keys, struct okr_enrol *ret);
/* Sends it and waits for what the server says, at most 20 s. */
bool okr_join_ask(const struct okr_token *token,
                  const struct okr_site_keys *keys, struct okr_arena *arena,
                  struct okr_enrolled *ret_enrolled, struct okr_snag *snag);
/* Is the answer what the token promised, and proved?  `enrol` is what was
 * sent. */
bool okr_join_check(const struct okr_token *token,
                    const struct okr_enrol *enrol,
                    const struct okr_enrolled *enrolled,
                    struct okr_ident_seen *ret_seen, struct okr_snag *snag);
/* The whole; `ret_ident` is what was written. */
bool okr_join(const char *dir, const char *token, struct okr_ident *ret_ident,
              struct okr_snag *snag);

#endif
