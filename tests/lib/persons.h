/* Persons with keys, to a hub under test: their codes, their keys, and what
 * they sign. */
#ifndef OKR_TESTS_LIB_PERSONS_H
#define OKR_TESTS_LIB_PERSONS_H

#include "common/compose/newkey.h"
#include "common/crypto/code.h"
#include "tests/lib/hub.h"

/* A key in somebody's hand, known to the company or not. */
struct okr_test_key {
    struct okr_id person, entity;
    struct okr_sk *sk;
};

/* A person of the unit, without a key. */
struct okr_id okr_test_person(struct okr_test_hub *h, const char *mail,
                              const struct okr_id *unit);
/* Makes another one; `seed` tells it from others. */
struct okr_test_key okr_test_key_make(struct okr_test_hub *h,
                                      const struct okr_id *person,
                                      uint8_t seed);
void okr_test_key_free(struct okr_test_key *key);
/* Invites the person as `okr-server person invite` does, for an hour; the id
 * of the invite. */
struct okr_id okr_test_code(struct okr_test_hub *h, const struct okr_id *person,
                            uint8_t ret_code[OKR_CODE_LEN]);
void okr_test_sign(const struct okr_test_hub *h, const struct okr_test_key *key,
                   struct okr_op *op);
/* The operation that brings a key by a code, signed. */
struct okr_op okr_test_key_add(struct okr_test_hub *h,
                               const struct okr_test_key *key,
                               const struct okr_id *invite,
                               const uint8_t code[OKR_CODE_LEN]);
/* The one that replaces `old`, signed. */
struct okr_op okr_test_key_rotate(struct okr_test_hub *h,
                                  const struct okr_test_key *old,
                                  const struct okr_test_key *key);
/* Pushes the operation as it is; its answer. */
struct okr_answer okr_test_push_op(struct okr_test_hub *h,
                                   struct okr_test_peer *peer,
                                   const struct okr_op *op);
/* Invited, brought, known. */
struct okr_test_key okr_test_key_known(struct okr_test_hub *h,
                                       struct okr_test_peer *peer,
                                       const struct okr_id *person,
                                       uint8_t seed);

#endif
