/* Frames of PUB. */
#include "tests/lib/again.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    okr_again_msg(okr_slice_of(data, size), true);
    return 0;
}
