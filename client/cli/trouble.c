/* Troubles: kept, and told as text or as JSON. */
#include "client/cli/trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/lang/text.h"
#include "common/base/json.h"
#include "common/base/utf8.h"

void okr_trouble_say(struct okr_trouble *trouble, uint32_t code,
                     const char *rule, const char *remedy, const char *format,
                     ...)
{
    va_list args;
    if (trouble->code != 0)
        return;
    trouble->code = code;
    trouble->rule = rule;
    trouble->remedy = remedy;
    va_start(args, format);
    (void)vsnprintf(trouble->what, sizeof trouble->what, format, args);
    va_end(args);
}

/* What was typed need not be UTF-8, and a long text is cut anywhere. */
static struct okr_slice valid(const char *text, char out[600])
{
    size_t n = 0, len = text == NULL ? 0 : strlen(text);
    for (size_t i = 0; i < len && n + 4 < 600;) {
        size_t bytes = 1;
        while (bytes < 4 && i + bytes < len &&
               !okr_utf8_valid(okr_slice_of(text + i, bytes)))
            bytes++;
        if (okr_utf8_valid(okr_slice_of(text + i, bytes))) {
            memcpy(out + n, text + i, bytes);
            n += bytes;
            i += bytes;
        } else {
            out[n++] = '?';
            i++;
        }
    }
    return okr_slice_of(out, n);
}

/* Behind the last member. */
static void put_offenders(const json_t *offenders, struct okr_buf *out)
{
    char *text = json_dumps(offenders, JSON_COMPACT);
    if (text == NULL || out->len == 0)
        return;
    out->len--; /* the brace */
    okr_buf_printf(out, ",\"offenders\":%s}", text);
    free(text);
}

static void print_json(const struct okr_trouble *trouble, struct okr_buf *out)
{
    const char *const keys[] = {"error", "rule", "remedy"};
    const char *const texts[] = {trouble->what, trouble->rule, trouble->remedy};
    char clean[600];
    struct okr_json json;
    okr_json_init(&json, out);
    okr_json_open_object(&json);
    for (size_t i = 0; i < 3; i++) {
        okr_json_key(&json, keys[i]);
        okr_json_text(&json, valid(texts[i], clean));
    }
    okr_json_close_object(&json);
    if (trouble->offenders != NULL)
        put_offenders(trouble->offenders, out);
    okr_buf_put(out, OKR_SLICE_LIT("\n"));
}

void okr_trouble_print(const struct okr_trouble *trouble, bool json,
                       struct okr_buf *out)
{
    const char *rule = trouble->rule, *remedy = trouble->remedy;
    if (json) {
        print_json(trouble, out);
        return;
    }
    okr_buf_printf(out, "okr: %s", trouble->what);
    if (rule != NULL && rule[0] != '\0')
        okr_buf_printf(out, okr_text_is_chinese() ? "（%s：%s）" : " (%s)",
                       rule, okr_word(rule));
    if (remedy != NULL && remedy[0] != '\0')
        okr_buf_printf(out, "\n  -> %s", okr_text(remedy));
    okr_buf_put(out, OKR_SLICE_LIT("\n"));
}
