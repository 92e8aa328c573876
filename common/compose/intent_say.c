/* What is to be signed, for people. */
#include "common/compose/intent.h"
#include "common/model/ref.h"
#include "common/model/value.h"

enum okr_err okr_intent_say(const struct okr_payload *payload,
                            struct okr_arena *arena, struct okr_slice *ret_text)
{
    const struct okr_verb_info *verb = okr_verb_info(payload->verb);
    char ref[OKR_REF_TEXT];
    struct okr_buf out;
    okr_buf_init(&out, arena);
    okr_ref_format(payload->kind, &payload->entity, OKR_REF_CHARS, ref);
    okr_buf_printf(&out, "%s %s:", verb == NULL ? "?" : verb->word, ref);
    for (size_t i = 0; i < payload->n_changes; i++) {
        const struct okr_change *one = &payload->changes[i];
        const struct okr_field_info *field =
            okr_field_info(payload->kind, one->field);
        if (field == NULL)
            continue;
        const char *text = okr_value_text(field, one->data, 0, arena);
        if (text == NULL)
            return OKR_ERR_NOMEM;
        okr_buf_printf(&out, "%s %s%s=%s", i == 0 ? "" : ",", field->word,
                       one->form == OKR_REG_ABSENT    ? "-"
                       : one->form == OKR_REG_PRESENT ? "+"
                                                      : "",
                       one->form == OKR_REG_UNSET ? "" : text);
    }
    OKR_TRY(out.err);
    *ret_text = okr_buf_slice(&out);
    return OKR_OK;
}
