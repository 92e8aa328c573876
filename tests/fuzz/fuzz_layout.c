/* Leaves of the log and bodies of operations. */
#include "tests/lib/again.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    okr_again_leaf(okr_slice_of(data, size));
    okr_again_op_body(okr_slice_of(data, size));
    okr_again_effects(okr_slice_of(data, size));
    return 0;
}
