/* The local socket. */
#include "tests/lib/again.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    okr_again_ask(okr_slice_of(data, size));
    okr_again_reply(okr_slice_of(data, size));
    return 0;
}
