/* Payloads, operations and answers, as they are stored. */
#include "tests/lib/again.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    okr_again_payload(okr_slice_of(data, size));
    okr_again_op(okr_slice_of(data, size));
    okr_again_answer(okr_slice_of(data, size));
    return 0;
}
