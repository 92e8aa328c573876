/* Messages, decoded.  Everything a message points at lives in the arena it
 * was decoded into, or in memory its maker keeps until it is encoded. */
#ifndef OKR_MSG_MSG_H
#define OKR_MSG_MSG_H

#include "common/base/verdict.h"
#include "common/crypto/hash.h"
#include "common/crypto/sign.h"
#include "common/model/op.h"

#define OKR_WIRE_VERSION 1
#define OKR_WIRE_HEADER 8 /* version 1, type 1, flags 2, request 4 */
#define OKR_TOPIC_LEN 5   /* type 1, scope 4 */
#define OKR_PUB_HEADER 7  /* topic 5, version 1, flags 1 */

/* number on the wire, name, body struct, name of the protobuf message */
#define OKR_MSG_TABLE(X)                                                       \
    X(1, HELLO, hello, Hello)                                                  \
    X(2, WELCOME, welcome, Welcome)                                            \
    X(3, REFUSE, refuse, Refuse)                                               \
    X(4, PUSH, push, Push)                                                     \
    X(5, PUSHED, pushed, Pushed)                                               \
    X(6, PULL, pull, Pull)                                                     \
    X(7, PAGE, page, Page)                                                     \
    X(8, EVENT, event, Event)                                                  \
    X(9, HEAD, head, Head)                                                     \
    X(10, BEAT, beat, Beat)                                                    \
    X(11, BUSY, busy, Busy)                                                    \
    X(12, ERROR, error, Error)                                                 \
    X(13, ENROL, enrol, Enrol)                                                 \
    X(14, ENROLLED, enrolled, Enrolled)                                        \
    X(15, PROOF, proof, Proof)                                                 \
    X(16, PROVED, proved, Proved)                                              \
    X(17, COSIGN, cosign, Cosign)
/* 18 Leaves, 19 LeavesPage, 20 Repair, 21 Repaired, 22 History,
 * 23 HistoryPage: numbers kept for them; a reader that has no use for one
 * answers Error(OKR_ERROR_TYPE). */

enum okr_msg_type {
#define OKR_MSG_ENUM(number, NAME, name, Name) OKR_MSG_##NAME = number,
    OKR_MSG_TABLE(OKR_MSG_ENUM)
#undef OKR_MSG_ENUM
};

struct okr_epoch {
    uint32_t counter;
    uint8_t random[16];
    okr_lsn began;
};
struct okr_cursor {
    okr_scope scope;
    okr_lsn lsn;
};

struct okr_hello {
    uint32_t version_min, version_max, frame_max, schema;
    struct okr_id site;
    uint64_t incarnation;
    struct okr_epoch epoch; /* counter 0: none yet */
    struct okr_cursor *cursors;
    size_t n_cursors;
    struct okr_hash last_push; /* zero: none */
    uint64_t seen_size;
};
struct okr_welcome {
    struct okr_epoch *epochs;
    size_t n_epochs;
    struct okr_cursor *heads;
    size_t n_heads;
    struct okr_slice publish; /* port as text */
    uint64_t last_seq;
    struct okr_hash last_push;
    uint32_t spread_ms, schema, beat_ms;
    okr_us time;
    struct okr_id org;
    okr_lsn base;
    struct okr_slice origin;
};
enum okr_refusal {
    OKR_REFUSAL_UNKNOWN = 1,
    OKR_REFUSAL_REVOKED = 2,
    OKR_REFUSAL_VERSION = 3,
    OKR_REFUSAL_HEALING = 4,
    OKR_REFUSAL_SITE = 5,
    OKR_REFUSAL_TOKEN = 6, /* Enrol: used, expired, altered or unknown */
};
struct okr_refuse {
    uint32_t code; /* enum okr_refusal */
    uint32_t retry_ms;
    struct okr_slice text;
};
struct okr_push {
    uint64_t incarnation, first_seq;
    struct okr_op *ops;
    size_t n_ops;
    uint8_t prev8[8], seen_root8[8];
    uint64_t seen_size;
    struct okr_sig sig;
};
struct okr_answer {
    struct okr_verdict verdict; /* about: also the conflict's id */
    struct okr_id op;
    okr_lsn lsn;
    okr_scope *scopes;
    size_t n_scopes;
    okr_us time;
    struct okr_slice effects;
    uint8_t meta[32];
    struct okr_slice current;
};
struct okr_pushed {
    uint64_t incarnation, first_seq;
    struct okr_answer *answers;
    size_t n_answers;
};
struct okr_want {
    okr_scope scope;
    okr_lsn since;
    okr_lsn after_elsn; /* 0: from the beginning */
    struct okr_id after_id;
    okr_lsn upto; /* 0: first page */
};
struct okr_pull {
    struct okr_want *wants;
    size_t n_wants;
    uint32_t bytes_max, wait_s;
};
/* Who wrote last, for watch and "by": zero ids where not known. */
struct okr_last {
    struct okr_id person, site;
    uint16_t verb;
    okr_us time;
};
struct okr_row {
    struct okr_id id;
    uint16_t kind;
    okr_lsn elsn;
    bool all, gone;
    struct okr_reg *regs;
    size_t n_regs;
    struct okr_last last;
};
struct okr_section {
    okr_scope scope;
    okr_lsn since;
    struct okr_row *rows;
    size_t n_rows;
    bool more; /* then token_*; else digest */
    okr_lsn token_elsn;
    struct okr_id token_id;
    okr_lsn upto, head;
    struct okr_digest digest;
};
struct okr_page {
    struct okr_section *sections;
    size_t n_sections;
    uint64_t own_seq;
};
struct okr_mark {
    struct okr_id site;
    uint64_t incarnation, seq;
};
struct okr_event_msg {
    okr_scope scope; /* from the topic */
    uint32_t epoch;
    okr_lsn prev_lsn, lsn;
    struct okr_row *rows;
    size_t n_rows;
    struct okr_mark *marks;
    size_t n_marks;
};
struct okr_head {
    okr_scope scope; /* from the topic */
    uint32_t epoch;
    okr_lsn head;
    struct okr_digest digest;
    struct okr_slice checkpoint;
    okr_us time;
};
struct okr_busy {
    uint32_t retry_ms;
};
enum okr_error_code {
    OKR_ERROR_MALFORMED = 1,
    OKR_ERROR_CHAIN = 2,
    OKR_ERROR_FORK = 3,
    OKR_ERROR_NOT_YOURS = 4,
    OKR_ERROR_LIMIT = 5,
    OKR_ERROR_SPLIT = 6,
    OKR_ERROR_TYPE = 7,
    OKR_ERROR_HELLO = 8, /* say Hello first */
};
struct okr_error_msg {
    uint32_t code; /* enum okr_error_code */
    struct okr_slice text;
    uint64_t last_seq;
};
struct okr_enrol {
    uint8_t token_id[8], secret[20];
    struct okr_id site;
    struct okr_pk site_key, witness_key;
    uint8_t link_key[32];
    struct okr_sig sig;
};
struct okr_enrolled {
    struct okr_id org, server_site;
    struct okr_slice name;
    struct okr_pk log_key;
    struct okr_slice checkpoint, leaf;
    uint64_t leaf_index;
    struct okr_hash *proof;
    size_t n_proof;
};
struct okr_proof_ask {
    uint64_t from, to, index;
    bool inclusion;
};
struct okr_proved {
    struct okr_hash *hash;
    size_t n_hash;
    uint64_t from, to, index;
    bool inclusion;
    struct okr_slice checkpoint;
};
struct okr_cosign {
    struct okr_slice line, origin;
    uint64_t size;
};

struct okr_msg {
    enum okr_msg_type type;
    uint32_t request; /* the answer carries the question's number */
    union {
        struct okr_hello hello;
        struct okr_welcome welcome;
        struct okr_refuse refuse;
        struct okr_push push;
        struct okr_pushed pushed;
        struct okr_pull pull;
        struct okr_page page;
        struct okr_event_msg event;
        struct okr_head head;
        struct okr_busy busy;
        struct okr_error_msg error;
        struct okr_enrol enrol;
        struct okr_enrolled enrolled;
        struct okr_proof_ask proof;
        struct okr_proved proved;
        struct okr_cosign cosign;
    } u;
};

const char *okr_msg_name(uint32_t type); /* "hello"; "unknown" */

#endif
