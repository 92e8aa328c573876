/* A conversation that could have taken place, with real signatures: what
 * tests/golden/ holds and docs/protocol.md shows.  Keys come from seeds that
 * the document names, ids are counted, so every byte is always the same. */
#ifndef OKR_TESTS_LIB_EXAMPLE_H
#define OKR_TESTS_LIB_EXAMPLE_H

#include "common/msg/layout.h"

/* Ids are 0190a1b2-c3d4-7000-8000-0000000000NN. */
enum okr_example_id {
    OKR_EXAMPLE_ORG = 0x01,
    OKR_EXAMPLE_SERVER = 0x02,    /* the server's own site */
    OKR_EXAMPLE_NORTH = 0x03,     /* a site */
    OKR_EXAMPLE_ADA = 0x04,       /* a person with a key */
    OKR_EXAMPLE_BEN = 0x05,       /* a person without */
    OKR_EXAMPLE_OBJECTIVE = 0x10, /* entities */
    OKR_EXAMPLE_KEY_RESULT = 0x11,
    OKR_EXAMPLE_CHECK_IN = 0x12,
    OKR_EXAMPLE_INVITE = 0x16,  /* of Ada */
    OKR_EXAMPLE_ADA_KEY = 0x17, /* that she brings by its code */
    OKR_EXAMPLE_NEW_KEY = 0x18, /* that replaces it */
    OKR_EXAMPLE_OP_SET = 0x20,  /* operations */
    OKR_EXAMPLE_OP_CHECK_IN = 0x21,
    OKR_EXAMPLE_OP_ENROL = 0x22,
};
#define OKR_EXAMPLE_TIME 1767600000000000 /* 2026-01-05T08:00:00Z */

/* Seeds of the keys: 32 times this byte. */
enum okr_example_key {
    OKR_EXAMPLE_KEY_ADA = 0x11,
    OKR_EXAMPLE_KEY_NORTH = 0x22,
    OKR_EXAMPLE_KEY_WITNESS = 0x33,
    OKR_EXAMPLE_KEY_LOG = 0x44,
    OKR_EXAMPLE_KEY_LINK = 0x55, /* CURVE secret */
    OKR_EXAMPLE_KEY_NEW = 0x66,  /* Ada's next one */
};

struct okr_example {
    struct okr_arena *arena;
    struct okr_payload payloads[2]; /* a change, a check-in */
    struct okr_op ops[2];           /* signed; site-attested */
    struct okr_push push;
    struct okr_push_ground ground;
    uint8_t push_layout[OKR_PUSH_LAYOUT_LEN];
    struct okr_slice op_body; /* of the first operation's leaf */
    struct okr_slice leaf;
    struct okr_hash meta;
    struct okr_enrol enrol;
    struct okr_slice key_leaf;      /* of the enrolment */
    struct okr_record *record;      /* the key result after the change */
    struct okr_slice hashed_record; /* id and canonical encoding */
    struct okr_digest digest;       /* of the scope that holds just that */
    struct okr_slice note, cosignature;
};

struct okr_id okr_example_id(enum okr_example_id id);
struct okr_pk okr_example_pk(enum okr_example_key key);
struct okr_sig okr_example_sign(enum okr_example_key key, struct okr_slice s);
/* SHA-256 of a text, where any hash will do. */
struct okr_hash okr_example_hash(const char *text);

/* Everything lives in `arena`. */
void okr_example_make(struct okr_arena *arena, struct okr_example *ret);
/* Ada's one-use code, and the acts by which her keys become known. */
#define OKR_EXAMPLE_CODE 0xc7 /* 10 times this byte */
struct okr_payload okr_example_key_add(struct okr_arena *arena);
struct okr_payload okr_example_key_rotate(struct okr_arena *arena);
/* The message of a type, of the same story. */
struct okr_msg okr_example_msg(const struct okr_example *example,
                               enum okr_msg_type type);

/* One golden file: its name without ".hex", and its bytes. */
struct okr_golden {
    char name[32];
    struct okr_slice bytes;
};
#define OKR_GOLDEN_MAX 48
size_t okr_golden_make(struct okr_arena *arena,
                       struct okr_golden ret[OKR_GOLDEN_MAX]);

#endif
