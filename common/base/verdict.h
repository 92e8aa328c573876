/* What became of something that somebody asked for.  A verdict is data: it
 * travels back to the person with the rule's name and what to do. */
#ifndef OKR_BASE_VERDICT_H
#define OKR_BASE_VERDICT_H

#include "common/base/id.h"

#define OKR_OUTCOME_TABLE(X)                                               \
    X(ACCEPTED, "accepted") /* every change is in */                       \
    X(MERGED, "merged")     /* in, and it replaced a value not yet seen */ \
    X(CONFLICT, "conflict") /* a text was kept aside for a person */       \
    X(REJECTED, "rejected") /* nothing is in; see the rule */              \
    X(PARKED, "parked")     /* names an entity unknown at the server */    \
    X(UNKNOWN_HERE, "unknown_here") /* a site cannot judge; it waits */

enum okr_outcome {
#define OKR_OUTCOME_ENUM(name, text) OKR_OUTCOME_##name,
    OKR_OUTCOME_TABLE(OKR_OUTCOME_ENUM)
#undef OKR_OUTCOME_ENUM
        OKR_OUTCOME_COUNT
};

/* The rules by which something is refused: number on the wire (never
 * reused), name, what is wrong, what to do. */
#define OKR_RULE_TABLE(X)                                                     \
    X(0, NONE, "none", "", "")                                                \
    X(1, MALFORMED, "malformed", "the operation cannot be read",              \
      "update the program that made it")                                      \
    X(2, SIGNATURE, "bad_signature", "the signature does not match",          \
      "check the key in use with `okr key show`")                             \
    X(3, UNKNOWN_VERB, "unknown_verb", "this version does not know the verb", \
      "upgrade the server first, then the sites")                             \
    X(4, UNKNOWN_KIND, "unknown_kind", "this version does not know the kind", \
      "upgrade the server first, then the sites")                             \
    X(5, UNKNOWN_FIELD, "unknown_field", "the kind has no such field",        \
      "see `okr add KIND --help` for its fields")                             \
    X(6, NOT_SETTABLE, "not_settable", "the field follows from other acts",   \
      "use the verb that changes it")                                         \
    X(7, BAD_VALUE, "bad_value", "the value is not of the field's type",      \
      "give a value of the type that the message names")                      \
    X(8, MISSING, "missing", "a required field is missing", "give the field") \
    X(9, TOO_LONG, "too_long", "the text is over the limit",                  \
      "shorten it; put the rest into a comment")                              \
    X(10, BAD_TEXT, "bad_text", "the text is not valid UTF-8 in form NFC",    \
      "save it as UTF-8 without control characters")                          \
    X(11, NOT_PERMITTED, "not_permitted", "the person may not do this",       \
      "ask the owner, a lead of the unit or a champion")                      \
    X(12, UNKNOWN_PERSON, "unknown_person", "the person is not known",        \
      "ask an admin to add the person")                                       \
    X(13, LEFT, "left", "the person has left the company",                    \
      "act as a person who works here")                                       \
    X(14, NOT_THIS_SITE, "not_this_site",                                     \
      "this site does not attest for the person's unit",                      \
      "use a personal key, or the site of the person's unit")                 \
    X(15, NEEDS_KEY, "needs_key",                                             \
      "the person has a key, so it must sign this",                           \
      "use the device with the key; if it is lost, an admin revokes it "      \
      "and invites anew")                                                     \
    X(16, DUPLICATE, "duplicate", "another entity has this unique value",     \
      "use the existing one, or choose another value")                        \
    X(17, CIRCLE, "circle", "the reference would close a circle",             \
      "choose a parent that is not below this one")                           \
    X(18, STALE, "stale", "the state changed meanwhile",                      \
      "look at it again and repeat if it is still wanted")                    \
    X(19, WRONG_STATE, "wrong_state", "not possible in this state",           \
      "see the state with `okr show`")                                        \
    X(20, ARCHIVED, "archived", "the entity is archived",                     \
      "restore it first: `okr set REF archived=false`")                       \
    X(21, WRONG_KIND, "wrong_kind", "the reference names another kind",       \
      "name an entity of the right kind")                                     \
    X(22, TOO_LARGE, "too_large", "the operation writes too many entities",   \
      "split it into several")                                                \
    X(23, BAD_RANGE, "bad_range", "the number or date is out of range",       \
      "give a value inside the range")                                        \
    X(24, NEEDS_REASON, "needs_reason", "this change needs a reason",         \
      "add --reason TEXT")                                                    \
    X(25, OP_ID_REUSED, "op_id_reused",                                       \
      "another operation has this number already", "send it as a new one")    \
    X(26, UNKNOWN_ENTITY, "unknown_entity",                                   \
      "it names an entity that is unknown",                                   \
      "check the reference; `okr retry OP --replace OLD=NEW` issues it anew") \
    X(27, NOT_OPEN, "not_open", "it is decided already",                      \
      "nothing is left to do")                                                \
    X(28, BLOCKED, "blocked", "a task that it depends on is not done",        \
      "finish that task first, or remove the dependency")                     \
    X(29, TWO_ROOTS, "two_roots", "there is one root unit already",           \
      "give --parent")                                                        \
    X(30, LIMITS, "limits", "publishing found something missing",             \
      "see the list of what is missing")                                      \
    X(31, PENDING_EXPIRED, "pending_expired",                                 \
      "what it refers to did not come in time", "issue it anew")              \
    X(32, KEY_REVOKED, "key_revoked",                                         \
      "its key was revoked or replaced before it arrived",                    \
      "issue it anew with a key in use: `okr retry OP`")                      \
    X(33, BAD_CODE, "bad_code",                                               \
      "the code is wrong, or was tried wrongly too often",                    \
      "ask an admin for a new one")                                           \
    X(34, VOID_CODE, "void_code",                                             \
      "the code was used, was withdrawn or has expired",                      \
      "ask an admin for a new one")                                           \
    X(35, PHASE, "phase", "the cycle's phase does not allow it",              \
      "see the phase with `okr show CYCLE`; `okr advance CYCLE` ends it")     \
    X(36, FROZEN, "frozen", "what is published is frozen",                    \
      "revise its key results with `okr revise`, or abandon the objective")   \
    X(37, WINDOW, "window", "it is outside the mid-term window",              \
      "wait for half time, or give --exceptional and a reason")               \
    X(38, OWN, "own", "nobody approves what is his own",                      \
      "ask another lead above; the policy's self_approve allows it")          \
    X(39, LATE, "late", "its cycle was closed before this came",              \
      "comment on it, or carry it over into the next cycle")

enum okr_rule {
#define OKR_RULE_ENUM(number, name, text, what, remedy) \
    OKR_RULE_##name = number,
    OKR_RULE_TABLE(OKR_RULE_ENUM)
#undef OKR_RULE_ENUM
};

struct okr_offence; /* flaw.h */
struct okr_verdict {
    enum okr_outcome outcome;
    enum okr_rule rule;  /* NONE unless rejected */
    uint16_t field;      /* the field at fault, or 0 */
    struct okr_id about; /* the entity at fault or in the way, or zero */
    okr_lsn replaced;    /* merged: the lsn that was overwritten */
    /* limits: all that is in the way, borrowed from the arena of whoever made
     * the verdict; at most OKR_OFFENCES_MAX */
    const struct okr_offence *offences;
    size_t n_offences;
};

const char *okr_outcome_name(enum okr_outcome outcome);
const char *okr_rule_name(enum okr_rule rule);   /* "not_permitted" */
const char *okr_rule_what(enum okr_rule rule);   /* what is wrong */
const char *okr_rule_remedy(enum okr_rule rule); /* what to do */
bool okr_rule_known(uint32_t number);

struct okr_verdict okr_verdict_ok(void);
struct okr_verdict okr_verdict_reject(enum okr_rule rule, uint16_t field);
struct okr_verdict okr_verdict_reject_about(enum okr_rule rule, uint16_t field,
                                            const struct okr_id *about);
bool okr_verdict_is_in(const struct okr_verdict *v); /* something was written */

#endif
