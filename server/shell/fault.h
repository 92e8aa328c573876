/* What went wrong with a command or a local question, for the person who
 * asked: the thing, the rule, the remedy. */
#ifndef SERVER_SHELL_FAULT_H
#define SERVER_SHELL_FAULT_H

#include "common/codec/local.h"
#include "common/compose/compose.h"

struct okr_fault {
    enum okr_reply_code code; /* DONE: nothing is wrong */
    char what[600];
    char rule[32]; /* empty: none has a name */
    char remedy[300];
};

/* Each does nothing where a fault is set already: the first cause is the one
 * that is told.  `rule` and `remedy` may be NULL. */
__attribute__((format(printf, 4, 5))) void
okr_fault_refuse(struct okr_fault *fault, const char *rule, const char *remedy,
                 const char *format, ...);
__attribute__((format(printf, 3, 4))) void
okr_fault_usage(struct okr_fault *fault, const char *remedy, const char *format,
                ...);
void okr_fault_problem(struct okr_fault *fault,
                       const struct okr_problem *problem);
/* "THING: no space left", and what to do about it. */
void okr_fault_world(struct okr_fault *fault, enum okr_err err,
                     const char *thing);
static inline bool okr_faulty(const struct okr_fault *fault)
{
    return fault->code != OKR_REPLY_DONE;
}

/* Fault <-> reply.  The texts of the reply point into the fault. */
void okr_fault_reply(const struct okr_fault *fault, struct okr_reply *reply);
void okr_fault_from(struct okr_fault *fault, const struct okr_reply *reply);

#endif
