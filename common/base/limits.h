/* Every bound of the system in one place; docs/protocol.md repeats those
 * that another implementation must know. */
#ifndef OKR_BASE_LIMITS_H
#define OKR_BASE_LIMITS_H

enum {
    OKR_FRAME_MAX = 256 * 1024, /* bytes of one message on the wire */
    OKR_BATCH_MAX = 200 * 1024, /* bytes of one Page or Push body */
    OKR_PUSH_OPS_MAX = 64,      /* operations of one Push */
    OKR_PUSH_FLIGHT_MAX = 2,    /* pushes without an answer */
    OKR_OP_MAX = 64 * 1024,     /* bytes of one operation's payload */
    OKR_OP_ENTITIES_MAX = 1000, /* entities that one operation writes */
    OKR_TITLE_CHARS_MAX = 1000, /* characters of a title or name */
    OKR_TITLE_CHARS_HINT = 300,
    OKR_TEXT_CHARS_MAX = 8000, /* characters of any other text */
    OKR_SET_MAX = 200,         /* elements of a set field */
    OKR_LIST_BYTES_MAX = 4096, /* bytes of a list field */
    OKR_CHANGES_MAX = 256,     /* field changes of one operation */
    OKR_DEPTH_MAX = 64,        /* levels of units or contributes_to */
    OKR_SCOPES_PER_PULL_MAX = 512,
    OKR_PROOF_MAX = 63,               /* hashes of a proof */
    OKR_LOCAL_MAX = 16 * 1024 * 1024, /* bytes of a local question or reply */
    OKR_ARGS_MAX = 1024,              /* arguments of a local question */
    OKR_TURN_OPS_MAX = 1000,          /* operations of one group commit */
    OKR_OFFENCES_MAX = 100, /* offenders that one refusal names */
    OKR_EPOCHS_MAX = 64,              /* epochs in an ancestry */
    OKR_HISTORY_MAX = 1000,           /* operations of one HistoryPage */
};

#endif
