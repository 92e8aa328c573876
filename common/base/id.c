/* Identifiers: comparing, writing and making them. */
#include "common/base/id.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/hex.h"

bool okr_id_eq(const struct okr_id *a, const struct okr_id *b)
{
    return okr_id_cmp(a, b) == 0;
}

int okr_id_cmp(const struct okr_id *a, const struct okr_id *b)
{
    OKR_ASSERT(a != NULL && b != NULL);
    return memcmp(a->b, b->b, OKR_ID_LEN);
}

bool okr_id_is_zero(const struct okr_id *id)
{
    static const struct okr_id zero;
    return okr_id_eq(id, &zero);
}

struct okr_slice okr_id_slice(const struct okr_id *id)
{
    return okr_slice_of(id->b, OKR_ID_LEN);
}

enum okr_err okr_id_from(struct okr_slice s, struct okr_id *ret_id)
{
    if (s.len != OKR_ID_LEN)
        return OKR_ERR_FORMAT;
    memcpy(ret_id->b, s.data, OKR_ID_LEN);
    return OKR_OK;
}

void okr_id_hex(const struct okr_id *id, char out[OKR_ID_HEX])
{
    okr_hex_encode(okr_id_slice(id), out);
}

/* A clock before 1970 counts as 1970: it is wrong, but an identifier needs
 * no right clock. */
struct okr_id okr_id_make(okr_us now, const uint8_t random[10])
{
    OKR_ASSERT(random != NULL);
    uint64_t now_ms = now < 0 ? 0 : (uint64_t)now / 1000;
    struct okr_id id;
    for (unsigned i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(now_ms >> (8 * (5 - i)));
    memcpy(id.b + 6, random, 10);
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x70); /* version 7 */
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80); /* variant 10 */
    return id;
}
