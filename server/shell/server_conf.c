/* The server's settings: libConfuse reads, this file judges. */
#include "server/shell/server_conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/conf/conf.h"
#include "server/shell/folder.h"

#define KEYS_KNOWN "its keys are listen, publish, log and backup_max_age"
#define AGE_MAX ((okr_ms)366 * 86400 * 1000)

struct reading {
    const char *name;
    cfg_t *cfg;
    struct okr_server_settings *settings;
    struct okr_fault *fault;
};

struct okr_server_settings okr_server_settings_default(void)
{
    return (struct okr_server_settings){.listen = ""};
}

static void read_endpoint(const struct reading *r, const char *key,
                          char ret[OKR_ENDPOINT_BYTES])
{
    const char *text = cfg_getstr(r->cfg, key);
    if (text[0] == '\0' || (okr_endpoint_valid(okr_slice_str(text)) &&
                            strlen(text) < OKR_ENDPOINT_BYTES))
        (void)snprintf(ret, OKR_ENDPOINT_BYTES, "%s", text);
    else
        okr_fault_refuse(r->fault, "bad_value", "write \"tcp://ADDRESS:PORT\"",
                         "%s: %s = \"%.60s\" is nothing to bind to", r->name,
                         key, text);
}

static void read_log(const struct reading *r)
{
    const char *word = cfg_getstr(r->cfg, "log");
    r->settings->debug = strcmp(word, "debug") == 0;
    if (!r->settings->debug && strcmp(word, "info") != 0)
        okr_fault_refuse(r->fault, "bad_value",
                         "write log = \"info\" or log = \"debug\"",
                         "%s: log = \"%.40s\" is neither", r->name, word);
}

static void read_age(const struct reading *r)
{
    const char *text = cfg_getstr(r->cfg, "backup_max_age");
    if (strcmp(text, "off") != 0 &&
        !okr_conf_span(text, 60 * 1000, AGE_MAX, &r->settings->backup_max_age))
        okr_fault_refuse(r->fault, "bad_value",
                         "write a time from 1m to 366d with its unit, as "
                         "\"36h\", or \"off\"",
                         "%s: backup_max_age = \"%.40s\" is no such time",
                         r->name, text);
}

static bool parse(const char *text, const char *name,
                  struct okr_server_settings *ret_settings,
                  struct okr_fault *fault)
{
    cfg_opt_t keys[] = {
        CFG_STR("listen", "", CFGF_NONE),
        CFG_STR("publish", "", CFGF_NONE),
        CFG_STR("log", "info", CFGF_NONE),
        CFG_STR("backup_max_age", "off", CFGF_NONE),
        CFG_END(),
    };
    char why[OKR_CONF_WHY];
    struct okr_server_settings settings = okr_server_settings_default();
    struct reading r = {.name = name, .settings = &settings, .fault = fault};
    if (!okr_conf_parse(keys, text, &r.cfg, why)) {
        okr_fault_refuse(fault, "bad_config", KEYS_KNOWN, "%s: %s", name, why);
        return false;
    }
    read_endpoint(&r, "listen", settings.listen);
    read_endpoint(&r, "publish", settings.publish);
    read_log(&r);
    read_age(&r);
    (void)cfg_free(r.cfg);
    if (!okr_faulty(fault))
        *ret_settings = settings;
    return !okr_faulty(fault);
}

bool okr_server_settings_read(const char *dir, const char *path,
                              struct okr_server_settings *ret_settings,
                              struct okr_fault *fault)
{
    char own[OKR_PATH_MAX_BYTES], why[OKR_CONF_WHY];
    struct okr_arena *arena;
    const char *text;
    if (path == NULL && !okr_folder_path(dir, "server.conf", own, fault))
        return false;
    const char *name = path != NULL ? path : own;
    if (path == NULL && access(own, F_OK) != 0 && errno == ENOENT) {
        *ret_settings = okr_server_settings_default();
        return true;
    }
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK) {
        okr_fault_world(fault, OKR_ERR_NOMEM, name);
        return false;
    }
    if (okr_conf_file(name, arena, &text, why))
        (void)parse(text, name, ret_settings, fault);
    else
        okr_fault_refuse(fault, "bad_config",
                         "name a small file of text that can be read", "%s: %s",
                         name, why);
    okr_arena_free(&arena);
    return !okr_faulty(fault);
}
