/* Checkpoints against tests/data/note_vectors.txt, made with fixed seeds by
 * another program; and every way to write a note that is not taken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/hex.h"
#include "common/tlog/checkpoint.h"
#include "tests/lib/files.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define LIT(s) OKR_SLICE_LIT(s)
#define ORIGIN "okr.example/audit/epoch-1"
#define WITNESS "okr.example/witness/site-a"
#define ROOT "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
#define TEXT ORIGIN "\n8\n" ROOT "\n"
#define TIME UINT64_C(1760000000)
#define LINES 16
#define LINE_BYTES 300

struct vectors {
    char lines[LINES][LINE_BYTES];
    struct okr_sk *log, *witness;
    struct okr_pk log_pk, witness_pk;
    struct okr_checkpoint cp;
    struct okr_buf note; /* text, the log's line, the witness's line */
    size_t log_end;      /* bytes up to behind the log's line */
};

/* What stands behind `label` and the blanks after it. */
static const char *value_of(const struct vectors *v, const char *label)
{
    size_t len = strlen(label);
    for (size_t i = 0; i < LINES; i++) {
        if (strncmp(v->lines[i], label, len) == 0)
            return v->lines[i] + len + strspn(v->lines[i] + len, " ");
    }
    fail_msg("no line: %s", label);
    return "";
}

static void read_lines(struct vectors *v)
{
    FILE *file = okr_test_data("note_vectors.txt");
    for (size_t i = 0; i < LINES; i++) {
        assert_non_null(fgets(v->lines[i], LINE_BYTES, file));
        v->lines[i][strcspn(v->lines[i], "\n")] = '\0';
    }
    (void)fclose(file);
}

static struct okr_sk *key_of(const struct vectors *v, const char *label)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    struct okr_sk *sk = NULL;
    struct okr_slice hex = okr_slice_str(value_of(v, label));
    OK(okr_hex_decode(hex, seed, sizeof seed));
    OK(okr_sk_from_seed(seed, &sk));
    return sk;
}

static int set_up(void **state)
{
    okr_crypto_init();
    struct vectors *v = calloc(1, sizeof *v);
    assert_non_null(v);
    read_lines(v);
    v->log = key_of(v, "log seed");
    v->witness = key_of(v, "witness seed");
    v->log_pk = okr_sk_public(v->log);
    v->witness_pk = okr_sk_public(v->witness);
    memcpy(v->cp.origin, ORIGIN, sizeof ORIGIN);
    v->cp.size = 8;
    OK(okr_hex_decode(LIT("5dc9da79a70659a9ad559cb701ded9a2"
                          "ab9d823aad2f4960cfe370eff4604328"),
                      v->cp.root.b, sizeof v->cp.root.b));
    okr_buf_init(&v->note, NULL);
    okr_buf_printf(&v->note, TEXT "\n%s\n", value_of(v, "log sig line"));
    v->log_end = v->note.len;
    okr_buf_printf(&v->note, "%s\n", value_of(v, "cosig line"));
    OK(v->note.err);
    *state = v;
    return 0;
}

static int tear_down(void **state)
{
    struct vectors *v = *state;
    okr_sk_free(&v->log);
    okr_sk_free(&v->witness);
    okr_buf_close(&v->note);
    free(v);
    return 0;
}

static void assert_text(struct okr_buf *buf, const char *want)
{
    okr_buf_u8(buf, 0);
    OK(buf->err);
    assert_string_equal((const char *)buf->data, want);
    okr_buf_close(buf);
}

/* "73 (SHA-256 de51…)" */
static void assert_described(struct okr_slice s, const char *want)
{
    char hex[2 * OKR_SHA256_LEN + 1];
    struct okr_hash hash = okr_sha256(s);
    okr_hex_encode(okr_slice_of(hash.b, sizeof hash.b), hex);
    assert_int_equal(strtoul(want, NULL, 10), s.len);
    assert_non_null(strstr(want, hex));
}

static void assert_key(const struct vectors *v, const char *name, uint8_t type,
                       const struct okr_pk *pk, const char *const labels[3])
{
    uint8_t id[4];
    char hex[2 * OKR_SIGN_PK_LEN + 1];
    okr_hex_encode(okr_slice_of(pk->b, sizeof pk->b), hex);
    assert_string_equal(hex, value_of(v, labels[0]));
    okr_note_key_id(name, type, pk, id);
    okr_hex_encode(okr_slice_of(id, sizeof id), hex);
    assert_memory_equal(hex, value_of(v, labels[1]), 8);
    struct okr_buf vkey;
    okr_buf_init(&vkey, NULL);
    okr_note_vkey(name, type, pk, &vkey);
    assert_text(&vkey, value_of(v, labels[2]));
}

static void keys_as_in_the_vectors(void **state)
{
    const struct vectors *v = *state;
    assert_key(v, ORIGIN, 0x01, &v->log_pk,
               (const char *[]){"log pk", "log key id", "log vkey"});
    assert_key(v, WITNESS, 0x04, &v->witness_pk,
               (const char *[]){"witness pk", "witness id", "witness vkey"});
}

static void notes_as_in_the_vectors(void **state)
{
    const struct vectors *v = *state;
    struct okr_buf out;
    okr_buf_init(&out, NULL);
    okr_checkpoint_text(&v->cp, &out);
    assert_described(okr_buf_slice(&out), value_of(v, "text bytes"));
    assert_text(&out, TEXT);
    /* behind other bytes, which are not signed with it */
    okr_buf_init(&out, NULL);
    okr_buf_put(&out, LIT("before "));
    okr_note_sign(&v->cp, v->log, &out);
    struct okr_note note;
    struct okr_slice written = okr_slice_sub(okr_buf_slice(&out), 7, SIZE_MAX);
    OK(okr_note_parse(written, &note));
    struct okr_buf line;
    okr_buf_init(&line, NULL);
    okr_note_cosign(&note, WITNESS, v->witness, TIME, &line);
    okr_buf_put(&out, okr_buf_slice(&line));
    OK(out.err);
    okr_buf_close(&line);
    written = okr_slice_sub(okr_buf_slice(&out), 7, SIZE_MAX);
    assert_true(okr_slice_eq(written, okr_buf_slice(&v->note)));
    assert_described(written, value_of(v, "note bytes"));
    okr_buf_close(&out);
}

static void notes_are_read(void **state)
{
    const struct vectors *v = *state;
    struct okr_note note;
    OK(okr_note_parse(okr_buf_slice(&v->note), &note));
    assert_true(okr_slice_is(note.text, TEXT));
    assert_string_equal(note.checkpoint.origin, ORIGIN);
    assert_int_equal(note.checkpoint.size, 8);
    assert_true(okr_hash_eq(&note.checkpoint.root, &v->cp.root));
    assert_int_equal(note.n_sigs, 2);
    assert_true(okr_slice_is(note.sigs[0].name, ORIGIN));
    assert_int_equal(note.sigs[0].len, 64);
    assert_true(okr_slice_is(note.sigs[1].name, WITNESS));
    assert_int_equal(note.sigs[1].len, 72);
    uint64_t time_s = 0;
    assert_true(okr_note_signed_by(&note, &v->log_pk));
    assert_true(okr_note_cosigned_by(&note, WITNESS, &v->witness_pk, &time_s));
    assert_int_equal(time_s, TIME);
}

static void other_keys_and_names(void **state)
{
    const struct vectors *v = *state;
    struct okr_note note;
    uint64_t time_s = 7;
    OK(okr_note_parse(okr_buf_slice(&v->note), &note));
    assert_false(okr_note_signed_by(&note, &v->witness_pk));
    assert_false(okr_note_cosigned_by(&note, WITNESS, &v->log_pk, &time_s));
    assert_false(okr_note_cosigned_by(&note, ORIGIN, &v->log_pk, &time_s));
    assert_false(
        okr_note_cosigned_by(&note, WITNESS "x", &v->witness_pk, &time_s));
    assert_false(okr_note_cosigned_by(&note, ORIGIN, &v->witness_pk, &time_s));
    assert_int_equal(time_s, 7);
    /* Another origin with the same size and root is another log. */
    note.checkpoint.origin[0] = 'x';
    assert_false(okr_note_signed_by(&note, &v->log_pk));
}

static bool both_hold(const struct vectors *v, const struct okr_note *note)
{
    uint64_t time_s;
    return okr_note_signed_by(note, &v->log_pk) &&
           okr_note_cosigned_by(note, WITNESS, &v->witness_pk, &time_s);
}

/* Each bit of the note counts, padding bits of base64 included: otherwise
 * two sites could hold different bytes of one checkpoint. */
static void every_bit_counts(void **state)
{
    const struct vectors *v = *state;
    struct okr_note note;
    uint8_t bytes[400];
    size_t len = v->note.len;
    unsigned refused = 0;
    assert_true(len <= sizeof bytes);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        memcpy(bytes, v->note.data, len);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (okr_note_parse(okr_slice_of(bytes, len), &note) == OKR_OK)
            assert_false(both_hold(v, &note));
        else
            refused++;
    }
    assert_true(refused > 100);
}

/* Only whole lines can be missing. */
static void every_byte_counts(void **state)
{
    const struct vectors *v = *state;
    struct okr_note note = {.n_sigs = 77};
    for (size_t len = 0; len < v->note.len; len++) {
        /* a copy of that size, so that reading on is seen */
        uint8_t *bytes = malloc(len + 1);
        assert_non_null(bytes);
        uint8_t *cut = realloc(bytes, len > 0 ? len : 1);
        assert_non_null(cut);
        memcpy(cut, v->note.data, len);
        enum okr_err err = okr_note_parse(okr_slice_of(cut, len), &note);
        if (len != v->log_end) {
            assert_int_equal(err, OKR_ERR_FORMAT);
            assert_int_equal(note.n_sigs, 77);
        } else {
            OK(err);
            assert_int_equal(note.n_sigs, 1);
            note.n_sigs = 77;
        }
        free(cut);
    }
}

/* Parses a note in which each '@' of `format` stands for the log's line. */
static enum okr_err parse(const struct vectors *v, const char *format,
                          struct okr_note *ret_note)
{
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    for (; *format != '\0'; format++) {
        if (*format == '@')
            okr_buf_printf(&buf, "%s\n", value_of(v, "log sig line"));
        else
            okr_buf_u8(&buf, (uint8_t)*format);
    }
    enum okr_err err = okr_note_parse(okr_buf_slice(&buf), ret_note);
    okr_buf_close(&buf);
    return err;
}

#define REST "\n" ROOT "\n\n@"
#define SIG64                                                              \
    "VW/fiBzfCvbHkRo0cju4UjP3Zbxa4XVFrG37h4cyVNRIxHXzQXOnhj5lkmeB/x6eLWwS" \
    "zEvHu2IBmLeIQ0tTog3LDwo="

static const char *const loose_notes[] = {
    /* lines */
    "\n",
    "@",
    TEXT,
    TEXT "\n",
    TEXT "@",
    TEXT "\n\n@",
    TEXT "\n@\n",
    TEXT "\n@\n@",
    "\n" TEXT "\n@",
    TEXT "extra\n@",
    TEXT "extra\n\n@",
    ORIGIN "\n8" REST "x",
    ORIGIN "\r\n8" REST,
    ORIGIN "\n8\r" REST,
    /* origin */
    "\n8" REST,
    "a b\n8" REST,
    "a+b\n8" REST,
    "a\tb\n8" REST,
    "a\x7f\n8" REST,
    "a\xff\n8" REST,
    "a\xc3\n8" REST,
    "a\xc2\xa0\n8" REST,
    "a\xe2\x80\x89\n8" REST,
    "\xe3\x80\x80\n8" REST,
    /* size */
    ORIGIN "\n" REST,
    ORIGIN "\n08" REST,
    ORIGIN "\n00" REST,
    ORIGIN "\n+8" REST,
    ORIGIN "\n-8" REST,
    ORIGIN "\n 8" REST,
    ORIGIN "\n8 " REST,
    ORIGIN "\n0x8" REST,
    ORIGIN "\n8/" REST,
    ORIGIN "\n8:" REST,
    ORIGIN "\n1099511627777" REST,
    ORIGIN "\n9999999999999" REST,
    ORIGIN "\n18446744073709551624" REST,
    /* root: other alphabet, bits in the padding, one byte less or more */
    ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz-Nw7/RgQyg=\n\n@",
    ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n\n@",
    ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n\n@",
    ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQw==\n\n@",
    ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQygA\n\n@",
    ORIGIN "\n8\n XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n\n@",
    ORIGIN "\n8\n\n\n@",
    /* signature lines */
    TEXT "\n- a " SIG64 "\n",
    TEXT "\n\xe2\x80\x94"
         "a " SIG64 "\n",
    TEXT "\n\xe2\x80\x94  " SIG64 "\n",
    TEXT "\n\xe2\x80\x94 " SIG64 "\n",
    TEXT "\n\xe2\x80\x94 a  " SIG64 "\n",
    TEXT "\n\xe2\x80\x94 a " SIG64 " \n",
    TEXT "\n\xe2\x80\x94 a " SIG64 "\r\n",
    TEXT "\n\xe2\x80\x94 a+b " SIG64 "\n",
    TEXT "\n\xe2\x80\x94 a\xc2\x85 " SIG64 "\n",
    TEXT "\n\xe2\x80\x94 a VW/fiA==\n",
    TEXT "\n\xe2\x80\x94 a \n",
    TEXT "\n\xe2\x80\x94 a\n",
    TEXT "\n@junk\n",
    TEXT "\njunk\n@",
};

static void loose_notes_are_refused(void **state)
{
    struct okr_note note = {.n_sigs = 77};
    for (size_t i = 0; i < sizeof loose_notes / sizeof loose_notes[0]; i++) {
        if (parse(*state, loose_notes[i], &note) != OKR_ERR_FORMAT)
            fail_msg("note %zu was taken:\n%s", i, loose_notes[i]);
        assert_int_equal(note.n_sigs, 77);
    }
}

static void strict_notes_are_taken(void **state)
{
    struct okr_note note;
    OK(parse(*state, TEXT "\n@@@", &note));
    assert_int_equal(note.n_sigs, 3);
    OK(parse(*state, ORIGIN "\n0" REST, &note));
    assert_int_equal(note.checkpoint.size, 0);
    OK(parse(*state, ORIGIN "\n1099511627776" REST, &note));
    assert_int_equal(note.checkpoint.size, OKR_TLOG_SIZE_MAX);
    OK(parse(*state,
             "gr\xc3\xb6\xc3\x9f"
             "e\n8" REST,
             &note));
    OK(parse(*state, TEXT "\n\xe2\x80\x94 a " SIG64 "\n", &note));
}

static void long_names_and_many_lines(void **state)
{
    const struct vectors *v = *state;
    struct okr_note note;
    for (size_t len = OKR_ORIGIN_MAX; len <= OKR_ORIGIN_MAX + 1; len++) {
        char text[400];
        memset(text, 'a', len);
        memcpy(text + len, "\n8" REST, sizeof "\n8" REST);
        assert_int_equal(parse(v, text, &note),
                         len == OKR_ORIGIN_MAX ? OKR_OK : OKR_ERR_FORMAT);
    }
    for (size_t lines = 100; lines <= 101; lines++) {
        char text[400] = TEXT "\n";
        memset(text + strlen(text), '@', lines);
        assert_int_equal(parse(v, text, &note),
                         lines == 100 ? OKR_OK : OKR_ERR_FORMAT);
    }
    assert_int_equal(okr_note_parse(OKR_SLICE_NONE, &note), OKR_ERR_FORMAT);
}

static struct okr_note_sig *add_line(struct okr_note *note, size_t like)
{
    assert_true(note->n_sigs < OKR_NOTE_SIGS_MAX);
    note->sigs[note->n_sigs] = note->sigs[like];
    return &note->sigs[note->n_sigs++];
}

static void swap_lines(struct okr_note *note, size_t a, size_t b)
{
    struct okr_note_sig line = note->sigs[a];
    note->sigs[a] = note->sigs[b];
    note->sigs[b] = line;
}

/* C2SP signed-note: unknown keys are ignored, a known key's bad line is not
 * made good by another line. */
static void first_line_of_a_key_decides(void **state)
{
    const struct vectors *v = *state;
    struct okr_note note;
    OK(okr_note_parse(okr_buf_slice(&v->note), &note));
    add_line(&note, 0)->bytes[5] ^= 1;
    add_line(&note, 1)->bytes[20] ^= 1;
    assert_true(both_hold(v, &note));
    swap_lines(&note, 0, 2);
    assert_false(okr_note_signed_by(&note, &v->log_pk));
    swap_lines(&note, 0, 2);
    swap_lines(&note, 1, 3);
    uint64_t time_s;
    assert_false(okr_note_cosigned_by(&note, WITNESS, &v->witness_pk, &time_s));
    /* The same bad lines with another key id are somebody else's. */
    note.sigs[1].key_id[0] ^= 1;
    swap_lines(&note, 0, 2);
    note.sigs[0].key_id[3] ^= 1;
    assert_true(both_hold(v, &note));
}

/* The id says of which sort a signature is; the length must say the same. */
static void sorts_are_not_mixed(void **state)
{
    const struct vectors *v = *state;
    struct okr_note note;
    uint64_t time_s = 7;
    OK(okr_note_parse(okr_buf_slice(&v->note), &note));
    note.sigs[0].len = 72;
    note.sigs[1].len = 64;
    assert_false(okr_note_signed_by(&note, &v->log_pk));
    assert_false(okr_note_cosigned_by(&note, WITNESS, &v->witness_pk, &time_s));
    /* A witness's plain signature of the text is no cosignature of a time. */
    OK(okr_note_parse(okr_buf_slice(&v->note), &note));
    struct okr_sig plain = okr_sign(v->witness, note.text);
    memcpy(note.sigs[1].bytes + 8, plain.b, sizeof plain.b);
    assert_false(okr_note_cosigned_by(&note, WITNESS, &v->witness_pk, &time_s));
    assert_int_equal(time_s, 7);
}

/* The largest of everything fits the buffer that is signed. */
static void largest_cosignature(void **state)
{
    const struct vectors *v = *state;
    struct okr_checkpoint cp = {.size = OKR_TLOG_SIZE_MAX};
    struct okr_note note;
    struct okr_buf out, line;
    uint64_t time_s = 0;
    memset(cp.origin, 'o', OKR_ORIGIN_MAX);
    okr_buf_init(&out, NULL);
    okr_buf_init(&line, NULL);
    okr_note_sign(&cp, v->log, &out);
    OK(okr_note_parse(okr_buf_slice(&out), &note));
    okr_note_cosign(&note, WITNESS, v->witness, UINT64_MAX, &line);
    okr_buf_put(&out, okr_buf_slice(&line));
    OK(okr_note_parse(okr_buf_slice(&out), &note));
    assert_true(okr_note_signed_by(&note, &v->log_pk));
    assert_true(okr_note_cosigned_by(&note, WITNESS, &v->witness_pk, &time_s));
    assert_true(time_s == UINT64_MAX);
    okr_buf_close(&out);
    okr_buf_close(&line);
}

static void no_memory(void **state)
{
    const struct vectors *v = *state;
    struct okr_arena *arena = NULL;
    OK(okr_arena_new(40, &arena));
    struct okr_buf out;
    okr_buf_init(&out, arena);
    okr_note_sign(&v->cp, v->log, &out);
    assert_int_equal(out.err, OKR_ERR_NOMEM);
    okr_arena_free(&arena);
}

#define WITH_VECTORS(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_VECTORS(keys_as_in_the_vectors),
        WITH_VECTORS(notes_as_in_the_vectors),
        WITH_VECTORS(notes_are_read),
        WITH_VECTORS(other_keys_and_names),
        WITH_VECTORS(every_bit_counts),
        WITH_VECTORS(every_byte_counts),
        WITH_VECTORS(loose_notes_are_refused),
        WITH_VECTORS(strict_notes_are_taken),
        WITH_VECTORS(long_names_and_many_lines),
        WITH_VECTORS(first_line_of_a_key_decides),
        WITH_VECTORS(sorts_are_not_mixed),
        WITH_VECTORS(largest_cosignature),
        WITH_VECTORS(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
