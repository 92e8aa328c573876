/* The daemon's settings: libConfuse reads, this file judges. */
#include "client/shell/site_conf.h"

#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/shell/site_dir.h"

enum { CONF_BYTES_MAX = 256 * 1024, TOLD_MAX = 200 };

#define SPAN_MS_MAX ((okr_ms)3600 * 1000)

#define KEYS_KNOWN "its keys are thin, retry_max, follow, pull_min and speaks"

struct okr_site_settings okr_site_settings_default(void)
{
    return (struct okr_site_settings){
        .all_summaries = true, .retry_max_ms = 8000, .pull_min_ms = 15000};
}

/* ---- what libConfuse complains of ---------------------------------------- */

/* The library hands the callback nothing of ours, so the last complaint is
 * kept here.  The last, because it also complains of each key of `speaks`,
 * which it then takes. */
static char complaint[TOLD_MAX];

__attribute__((format(printf, 2, 0))) static void
complain(cfg_t *cfg, const char *format, va_list args)
{
    char text[TOLD_MAX];
    (void)vsnprintf(text, sizeof text, format, args);
    (void)snprintf(complaint, sizeof complaint, "line %d: %.150s", cfg->line,
                   text);
}

/* ---- values -------------------------------------------------------------- */

struct reading {
    const char *name;
    cfg_t *cfg;
    struct okr_arena *arena;
    struct okr_site_settings *settings;
    struct okr_snag *snag;
};

/* "8s", "1500ms", "2m"; at least `least`, at most an hour. */
static void read_span(const struct reading *r, const char *key, okr_ms least,
                      okr_ms *ret_ms)
{
    static const struct {
        const char *unit;
        okr_ms ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}};
    const char *text = cfg_getstr(r->cfg, key);
    char nothing[] = "", *unit = nothing;
    errno = 0;
    long long number =
        text[0] < '0' || text[0] > '9' ? -1 : strtoll(text, &unit, 10);
    for (size_t i = 0; number >= 0 && errno == 0 && i < 3; i++) {
        if (strcmp(unit, units[i].unit) != 0 || number > SPAN_MS_MAX)
            continue;
        *ret_ms = number * units[i].ms;
        if (*ret_ms >= least && *ret_ms <= SPAN_MS_MAX)
            return;
    }
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

static void read_all(const struct reading *r, const char *text)
{
    complaint[0] = '\0';
    if (cfg_parse_buf(r->cfg, text) != CFG_SUCCESS) {
        okr_snag_refuse(r->snag, "bad_config", KEYS_KNOWN, "%s: %s", r->name,
                        complaint);
        return;
    }
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
    struct okr_site_settings settings = okr_site_settings_default();
    struct reading r = {
        .name = name, .arena = arena, .settings = &settings, .snag = snag};
    if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL) {
        okr_snag_refuse(snag, "bad_config", "write it as text", "%s is no text",
                        name);
        return false;
    }
    char *copy = okr_arena_str(arena, text);
    r.cfg = copy == NULL ? NULL : cfg_init(keys, CFGF_NONE);
    if (r.cfg == NULL) {
        okr_snag_world(snag, OKR_ERR_NOMEM, name);
        return false;
    }
    (void)cfg_set_error_function(r.cfg, complain);
    read_all(&r, copy);
    (void)cfg_free(r.cfg);
    if (!okr_snagged(snag))
        *ret_settings = settings;
    return !okr_snagged(snag);
}

/* Read here and not by the library, which ends the process when a read
 * fails. */
static bool read_file(int fd, const char *path, struct okr_arena *arena,
                      struct okr_slice *ret_text, struct okr_snag *snag)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
        info.st_size > CONF_BYTES_MAX) {
        okr_snag_refuse(snag, "bad_config", "name a small file of text",
                        "%s is no config file", path);
        return false;
    }
    size_t len = 0, cap = (size_t)info.st_size;
    uint8_t *bytes = okr_arena_alloc(arena, cap + 1);
    while (bytes != NULL && len < cap) {
        ssize_t n = read(fd, bytes + len, cap - len);
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    if (bytes == NULL || len < cap) {
        okr_snag_world(snag, bytes == NULL ? OKR_ERR_NOMEM : OKR_ERR_IO, path);
        return false;
    }
    *ret_text = okr_slice_of(bytes, len);
    return true;
}

bool okr_site_settings_read(const char *dir, const char *path,
                            struct okr_arena *arena,
                            struct okr_site_settings *ret_settings,
                            struct okr_snag *snag)
{
    char own[OKR_SITE_PATH_MAX];
    if (path == NULL && !okr_site_path(dir, "site.conf", own, snag))
        return false;
    int fd = open(path != NULL ? path : own, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT && path == NULL) {
        *ret_settings = okr_site_settings_default();
        return true;
    }
    const char *name = path != NULL ? path : own;
    if (fd < 0) {
        okr_snag_refuse(snag, "bad_config", "name a file that can be read",
                        "%s: %s", name, strerror(errno));
        return false;
    }
    struct okr_slice text;
    bool good = read_file(fd, name, arena, &text, snag);
    close(fd);
    return good &&
           okr_site_settings_parse(text, name, arena, ret_settings, snag);
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
