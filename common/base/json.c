/* The JSON writer: what comes before a value, and what is escaped in text. */
#include "common/base/json.h"

#include <inttypes.h>

#include "common/base/assert.h"
#include "common/base/utf8.h"

void okr_json_init(struct okr_json *json, struct okr_buf *out)
{
    OKR_ASSERT(out != NULL);
    *json = (struct okr_json){.out = out};
}

/* What has to come before a value or a key: a comma or nothing. */
static void separate(struct okr_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    bool *comma = &json->comma[json->depth];
    OKR_ASSERT(json->depth > 0 || !*comma); /* one value at the top */
    if (*comma)
        okr_buf_u8(json->out, ',');
    *comma = true;
}

static void open_scope(struct okr_json *json, uint8_t bracket)
{
    OKR_ASSERT(json->depth < OKR_JSON_DEPTH_MAX);
    separate(json);
    okr_buf_u8(json->out, bracket);
    json->comma[++json->depth] = false;
}

static void close_scope(struct okr_json *json, uint8_t bracket)
{
    OKR_ASSERT(json->depth > 0 && !json->after_key);
    json->depth--;
    okr_buf_u8(json->out, bracket);
}

void okr_json_open_object(struct okr_json *json)
{
    open_scope(json, '{');
}

void okr_json_close_object(struct okr_json *json)
{
    close_scope(json, '}');
}

void okr_json_open_array(struct okr_json *json)
{
    open_scope(json, '[');
}

void okr_json_close_array(struct okr_json *json)
{
    close_scope(json, ']');
}

static void escape(struct okr_buf *out, uint8_t c)
{
    static const char short_form[] = "btn\0fr"; /* U+0008 to U+000D */
    if (c == '"' || c == '\\')
        okr_buf_printf(out, "\\%c", c);
    else if (c >= 8 && c <= 13 && short_form[c - 8] != '\0')
        okr_buf_printf(out, "\\%c", short_form[c - 8]);
    else
        okr_buf_printf(out, "\\u%04x", c);
}

static void put_string(struct okr_buf *out, struct okr_slice text)
{
    if (!okr_utf8_valid(text) && out->err == OKR_OK)
        out->err = OKR_ERR_FORMAT;
    okr_buf_u8(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        okr_buf_put(out, okr_slice_sub(text, from, i - from));
        escape(out, c);
        from = i + 1;
    }
    okr_buf_put(out, okr_slice_sub(text, from, text.len));
    okr_buf_u8(out, '"');
}

void okr_json_key(struct okr_json *json, const char *key)
{
    OKR_ASSERT(json->depth > 0 && !json->after_key);
    separate(json);
    put_string(json->out, okr_slice_str(key));
    okr_buf_u8(json->out, ':');
    json->after_key = true;
}

void okr_json_text(struct okr_json *json, struct okr_slice text)
{
    separate(json);
    put_string(json->out, text);
}

void okr_json_cstr(struct okr_json *json, const char *text)
{
    okr_json_text(json, okr_slice_str(text));
}

void okr_json_int(struct okr_json *json, int64_t v)
{
    separate(json);
    okr_buf_printf(json->out, "%" PRId64, v);
}

void okr_json_uint(struct okr_json *json, uint64_t v)
{
    separate(json);
    okr_buf_printf(json->out, "%" PRIu64, v);
}

void okr_json_bool(struct okr_json *json, bool v)
{
    separate(json);
    okr_buf_put(json->out, okr_slice_str(v ? "true" : "false"));
}

void okr_json_null(struct okr_json *json)
{
    separate(json);
    okr_buf_put(json->out, OKR_SLICE_LIT("null"));
}

void okr_json_rate(struct okr_json *json, okr_rate v)
{
    separate(json);
    uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    uint64_t one = (uint64_t)OKR_RATE_ONE;
    okr_buf_printf(json->out, "%s%" PRIu64 ".%06" PRIu64, v < 0 ? "-" : "",
                   size / one, size % one);
}

void okr_json_dec(struct okr_json *json, struct okr_dec v)
{
    char text[OKR_DEC_TEXT_MAX];
    okr_dec_format(v, text);
    okr_json_cstr(json, text);
}

void okr_json_id(struct okr_json *json, const struct okr_id *id)
{
    char text[OKR_ID_HEX];
    okr_id_hex(id, text);
    okr_json_cstr(json, text);
}

void okr_json_raw(struct okr_json *json, struct okr_slice value)
{
    OKR_ASSERT(value.len > 0);
    separate(json);
    okr_buf_put(json->out, value);
}
