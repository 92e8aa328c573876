/* What stopped a command or a local question, for the person who asked: the
 * thing, the rule, the remedy. */
#ifndef CLIENT_SHELL_SNAG_H
#define CLIENT_SHELL_SNAG_H

#include "common/codec/local.h"
#include "common/compose/compose.h"

struct okr_snag {
    enum okr_reply_code code; /* DONE: nothing is wrong */
    char what[600];
    char rule[32]; /* empty: none has a name */
    char remedy[300];
    bool lists; /* the answer's JSON holds what is in the way */
};

static inline bool okr_snagged(const struct okr_snag *snag)
{
    return snag->code != OKR_REPLY_DONE;
}

/* Each does nothing where a snag is set already: the first cause is the one
 * that is told.  `rule` and `remedy` may be NULL. */
__attribute__((format(printf, 4, 5))) void
okr_snag_refuse(struct okr_snag *snag, const char *rule, const char *remedy,
                const char *format, ...);
__attribute__((format(printf, 3, 4))) void okr_snag_usage(struct okr_snag *snag,
                                                          const char *remedy,
                                                          const char *format,
                                                          ...);
/* A problem whose rule is NONE is none. */
void okr_snag_problem(struct okr_snag *snag, const struct okr_problem *problem);
/* "THING: no space left", and what to do about it. */
void okr_snag_world(struct okr_snag *snag, enum okr_err err, const char *thing);

/* The texts of the reply point into the snag. */
void okr_snag_reply(const struct okr_snag *snag, struct okr_reply *reply);
/* On stderr, as all commands say it. */
void okr_snag_print(const struct okr_snag *snag, const char *program);

#endif
