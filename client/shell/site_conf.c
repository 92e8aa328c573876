/* The daemon's settings: libConfuse reads, this file judges. */
#include "client/shell/site_conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/shell/site_dir.h"
#include "common/conf/conf.h"

#define SPAN_MS_MAX ((okr_ms)3600 * 1000)

#define KEYS_KNOWN "its keys are thin, retry_max, follow, pull_min and speaks"

struct okr_site_settings okr_site_settings_default(void)
{
    return (struct okr_site_settings){
        .all_summaries = true, .retry_max_ms = 8000, .pull_min_ms = 15000};
}

/* ---- values -------------------------------------------------------------- */

struct reading {
    const char *name;
    cfg_t *cfg;
    struct okr_arena *arena;
    struct okr_site_settings *settings;
    struct okr_snag *snag;
};

static void read_span(const struct reading *r, const char *key, okr_ms least,
                      okr_ms *ret_ms)
{
    const char *text = cfg_getstr(r->cfg, key);
    if (okr_conf_span(text, least, SPAN_MS_MAX, ret_ms))
        return;
    okr_snag_refuse(r->snag, "bad_value",
                    "write a time from 200ms (pull_min: 1s) to 60m with its "
                    "unit, as \"8s\"",
                    "%s: %s = \"%.40s\" is no such time", r->name, key, text);
}

static void read_follow(const struct reading *r)
{
    const char *word = cfg_getstr(r->cfg, "follow");
    r->settings->all_summaries = strcmp(word, "summaries") == 0;
    if (!r->settings->all_summaries && strcmp(word, "own") != 0)
        okr_snag_refuse(r->snag, "bad_value",
                        "follow = \"summaries\": of other roots the "
                        "objectives and key results; \"own\": nothing",
                        "%s: follow = \"%.40s\" is neither", r->name, word);
}

static bool read_uid(const char *text, uint32_t *ret_uid)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    *ret_uid = (uint32_t)number;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
           number < UINT32_MAX;
}

static void read_speaker(const struct reading *r, cfg_opt_t *option,
                         struct okr_speaker *ret)
{
    const char *uid = cfg_opt_name(option), *mail = cfg_opt_getstr(option);
    ret->mail = OKR_SLICE_NONE;
    if (!read_uid(uid, &ret->uid))
        okr_snag_refuse(r->snag, "bad_value",
                        "write the user's number, as `id -u NAME` shows it",
                        "%s: speaks: \"%.40s\" is no number of a user", r->name,
                        uid);
    else if (mail == NULL || strchr(mail, '@') == NULL)
        okr_snag_refuse(r->snag, "bad_value",
                        "write the mail by which the company knows the person",
                        "%s: speaks: \"%.80s\" is no mail", r->name,
                        mail == NULL ? "" : mail);
    else
        ret->mail = okr_arena_copy(r->arena, okr_slice_str(mail));
}

static void read_speakers(const struct reading *r)
{
    cfg_t *section = cfg_getsec(r->cfg, "speaks");
    size_t n = section == NULL ? 0 : cfg_num(section);
    struct okr_speaker *speakers =
        okr_arena_array(r->arena, n, sizeof *speakers);
    if (speakers == NULL) {
        okr_snag_world(r->snag, OKR_ERR_NOMEM, r->name);
        return;
    }
    for (size_t i = 0; i < n; i++)
        read_speaker(r, cfg_getnopt(section, (unsigned)i), &speakers[i]);
    r->settings->speakers = speakers;
    r->settings->n_speakers = n;
}

static void read_all(const struct reading *r)
{
    r->settings->thin = cfg_getbool(r->cfg, "thin") == cfg_true;
    read_span(r, "retry_max", 200, &r->settings->retry_max_ms);
    read_span(r, "pull_min", 1000, &r->settings->pull_min_ms);
    read_follow(r);
    read_speakers(r);
}

/* ---- the whole ----------------------------------------------------------- */

bool okr_site_settings_parse(struct okr_slice text, const char *name,
                             struct okr_arena *arena,
                             struct okr_site_settings *ret_settings,
                             struct okr_snag *snag)
{
    cfg_opt_t none[] = {CFG_END()};
    cfg_opt_t keys[] = {
        CFG_BOOL("thin", cfg_false, CFGF_NONE),
        CFG_STR("retry_max", "8s", CFGF_NONE),
        CFG_STR("follow", "summaries", CFGF_NONE),
        CFG_STR("pull_min", "15s", CFGF_NONE),
        CFG_SEC("speaks", none, CFGF_KEYSTRVAL),
        CFG_END(),
    };
    char why[OKR_CONF_WHY];
    struct okr_site_settings settings = okr_site_settings_default();
    struct reading r = {
        .name = name, .arena = arena, .settings = &settings, .snag = snag};
    char *copy = okr_arena_str(arena, text);
    if (copy == NULL)
        okr_snag_world(snag, OKR_ERR_NOMEM, name);
    else if (strlen(copy) != text.len)
        okr_snag_refuse(snag, "bad_config", "write it as text", "%s is no text",
                        name);
    else if (!okr_conf_parse(keys, copy, &r.cfg, why))
        okr_snag_refuse(snag, "bad_config", KEYS_KNOWN, "%s: %s", name, why);
    if (okr_snagged(snag))
        return false;
    read_all(&r);
    (void)cfg_free(r.cfg);
    if (!okr_snagged(snag))
        *ret_settings = settings;
    return !okr_snagged(snag);
}

bool okr_site_settings_read(const char *dir, const char *path,
                            struct okr_arena *arena,
                            struct okr_site_settings *ret_settings,
                            struct okr_snag *snag)
{
    char own[OKR_SITE_PATH_MAX], why[OKR_CONF_WHY];
    const char *text;
    if (path == NULL && !okr_site_path(dir, "site.conf", own, snag))
        return false;
    const char *name = path != NULL ? path : own;
    if (path == NULL && access(own, F_OK) != 0 && errno == ENOENT) {
        *ret_settings = okr_site_settings_default();
        return true;
    }
    if (okr_conf_file(name, arena, &text, why))
        return okr_site_settings_parse(okr_slice_str(text), name, arena,
                                       ret_settings, snag);
    okr_snag_refuse(snag, "bad_config",
                    "name a small file of text that can be "
                    "read",
                    "%s: %s", name, why);
    return false;
}

struct okr_slice
okr_site_settings_speaker(const struct okr_site_settings *settings,
                          uint32_t uid)
{
    for (size_t i = 0; i < settings->n_speakers; i++)
        if (settings->speakers[i].uid == uid)
            return settings->speakers[i].mail;
    return OKR_SLICE_NONE;
}
