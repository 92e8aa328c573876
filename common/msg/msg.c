/* Names of messages, for traces and counters. */
#include "common/msg/msg.h"

const char *okr_msg_name(uint32_t type)
{
    switch (type) {
#define OKR_MSG_NAME(number, NAME, name, Name) \
    case number:                               \
        return #name;
        OKR_MSG_TABLE(OKR_MSG_NAME)
#undef OKR_MSG_NAME
    default:
        return "unknown";
    }
}

uint32_t okr_bucket(const struct okr_id *id)
{
    uint8_t hash[OKR_B2_LEN];
    okr_blake2b(okr_id_slice(id), hash);
    return hash[0];
}
