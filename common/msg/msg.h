/* Messages, decoded.  Everything a message points at lives in the arena it
 * was decoded into, or in memory its maker keeps until it is encoded. */
#ifndef OKR_MSG_MSG_H
#define OKR_MSG_MSG_H

#include "common/msg/msg_audit.h"
#include "common/msg/msg_history.h"
#include "common/msg/msg_link.h"
#include "common/msg/msg_page.h"
#include "common/msg/msg_push.h"

#define OKR_WIRE_VERSION 1
#define OKR_WIRE_HEADER 8 /* version 1, type 1, flags 2, request 4 */
#define OKR_TOPIC_LEN 5   /* type 1, scope 4 */
#define OKR_PUB_HEADER 7  /* topic 5, version 1, flags 1 */

/* number on the wire, name, body struct, name of the protobuf message */
#define OKR_MSG_TABLE(X)                \
    X(1, HELLO, hello, Hello)           \
    X(2, WELCOME, welcome, Welcome)     \
    X(3, REFUSE, refuse, Refuse)        \
    X(4, PUSH, push, Push)              \
    X(5, PUSHED, pushed, Pushed)        \
    X(6, PULL, pull, Pull)              \
    X(7, PAGE, page, Page)              \
    X(8, EVENT, event, Event)           \
    X(9, HEAD, head, Head)              \
    X(10, BEAT, beat, Beat)             \
    X(11, BUSY, busy, Busy)             \
    X(12, ERROR, error, Error)          \
    X(13, ENROL, enrol, Enrol)          \
    X(14, ENROLLED, enrolled, Enrolled) \
    X(15, PROOF, proof, Proof)          \
    X(16, PROVED, proved, Proved)       \
    X(17, COSIGN, cosign, Cosign)       \
    X(20, REPAIR, repair, Repair)       \
    X(21, REPAIRED, repaired, Repaired) \
    X(22, HISTORY, history, History)    \
    X(23, HISTORY_PAGE, history_page, HistoryPage)
/* 18 Leaves, 19 LeavesPage: numbers kept for them; a reader that has no use
 * for one answers Error(OKR_ERROR_TYPE). */

enum okr_msg_type {
#define OKR_MSG_ENUM(number, NAME, name, Name) OKR_MSG_##NAME = number,
    OKR_MSG_TABLE(OKR_MSG_ENUM)
#undef OKR_MSG_ENUM
};

struct okr_msg {
    enum okr_msg_type type;
    uint32_t request; /* the answer carries the question's number */
    /* To be sent: the dictionary that every reader has, so that a large body
     * may be compressed (codec/squeeze.h); 0: send it plain. */
    uint8_t dictionary;
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
        struct okr_repair repair;
        struct okr_repaired repaired;
        struct okr_history_ask history;
        struct okr_history_page history_page;
    } u;
};

const char *okr_msg_name(uint32_t type); /* "hello"; "unknown" */

#endif
