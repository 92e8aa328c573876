/* Ada's keys: the first one, which she brings by a code, and the next one. */
#include "tests/lib/example.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/compose/newkey.h"
#include "common/crypto/code.h"

static struct okr_new_key story(void)
{
    return (struct okr_new_key){
        .claim = {.org = okr_example_id(OKR_EXAMPLE_ORG),
                  .person = okr_example_id(OKR_EXAMPLE_ADA)},
        .label = OKR_SLICE_LIT("laptop"),
    };
}

struct okr_payload okr_example_key_add(struct okr_arena *arena)
{
    struct okr_payload payload;
    struct okr_new_key made = story();
    uint8_t code[OKR_CODE_LEN];
    memset(code, OKR_EXAMPLE_CODE, sizeof code);
    made.key = okr_example_id(OKR_EXAMPLE_ADA_KEY);
    made.claim.invite = okr_example_id(OKR_EXAMPLE_INVITE);
    made.claim.new_key = okr_example_pk(OKR_EXAMPLE_KEY_ADA);
    struct okr_hash key = okr_code_key(code);
    OKR_ASSERT(okr_new_key_add(&made, &key, arena, &payload) == OKR_OK);
    return payload;
}

struct okr_payload okr_example_key_rotate(struct okr_arena *arena)
{
    struct okr_payload payload;
    struct okr_new_key made = story();
    uint8_t seed[OKR_SIGN_SEED_LEN];
    struct okr_sk *sk;
    memset(seed, OKR_EXAMPLE_KEY_NEW, sizeof seed);
    OKR_ASSERT(okr_sk_from_seed(seed, &sk) == OKR_OK);
    made.key = okr_example_id(OKR_EXAMPLE_NEW_KEY);
    made.replaces = okr_example_id(OKR_EXAMPLE_ADA_KEY);
    made.claim.old_key = okr_example_pk(OKR_EXAMPLE_KEY_ADA);
    made.claim.new_key = okr_example_pk(OKR_EXAMPLE_KEY_NEW);
    OKR_ASSERT(okr_new_key_rotate(&made, sk, arena, &payload) == OKR_OK);
    okr_sk_free(&sk);
    return payload;
}
