/* Settings files: see conf.h. */
#include "common/conf/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/assert.h"

enum { FILE_BYTES_MAX = 256 * 1024, WORD_MAX = 40 };

/* ---- what libConfuse complains of ---------------------------------------- */

/* The library hands the callback nothing of ours, so the last complaint is
 * kept here.  The last, because it also complains of each key of a free
 * section, which it then takes. */
static struct {
    int line;
    char text[OKR_CONF_WHY / 2];
} complaint;

__attribute__((format(printf, 2, 0))) static void
complain(cfg_t *cfg, const char *format, va_list args)
{
    (void)vsnprintf(complaint.text, sizeof complaint.text, format, args);
    complaint.line = cfg->line;
}

/* ---- the key that was meant ---------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters have to be put in, taken out or exchanged. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t na = strnlen(a, WORD_MAX), nb = strnlen(b, WORD_MAX);
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t other = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            row[j] = least(other, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[nb];
}

static const char *nearest(const cfg_opt_t *options, const char *word)
{
    const char *found = options[0].name;
    size_t best = SIZE_MAX;
    for (size_t i = 0; options[i].name != NULL; i++) {
        size_t far = distance(word, options[i].name);
        if (far < best)
            found = options[i].name;
        best = least(best, far);
    }
    return found;
}

/* libConfuse: no such option 'lisen' */
static void explain(const cfg_opt_t *options, char why[OKR_CONF_WHY])
{
    char word[WORD_MAX + 1];
    const char *from = strchr(complaint.text, '\'');
    if (strncmp(complaint.text, "no such option", 14) != 0 || from == NULL) {
        (void)snprintf(why, OKR_CONF_WHY, "line %d: %s", complaint.line,
                       complaint.text);
        return;
    }
    (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(from + 1, "'"),
                   from + 1);
    (void)snprintf(why, OKR_CONF_WHY,
                   "line %d: there is no key `%s`; the nearest is `%s`",
                   complaint.line, word, nearest(options, word));
}

/* libConfuse counts the lines of comments twice: it gets none to see. */
static void blank_comments(char *text)
{
    char quote = '\0';
    for (char *c = text; *c != '\0'; c++) {
        if (quote != '\0' && *c == '\\' && c[1] != '\0')
            c++;
        else if (quote != '\0')
            quote = *c == quote ? '\0' : quote;
        else if (*c == '"' || *c == '\'')
            quote = *c;
        else if (*c == '#')
            for (; *c != '\0' && *c != '\n'; c++)
                *c = ' ';
        if (*c == '\0')
            return;
    }
}

static bool parse_copy(cfg_t *cfg, const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL) {
        (void)snprintf(complaint.text, sizeof complaint.text, "%s",
                       okr_err_text(OKR_ERR_NOMEM));
        return false;
    }
    blank_comments(copy);
    bool good = cfg_parse_buf(cfg, copy) == CFG_SUCCESS;
    free(copy);
    return good;
}

bool okr_conf_parse(cfg_opt_t *options, const char *text, cfg_t **ret_cfg,
                    char why[OKR_CONF_WHY])
{
    OKR_ASSERT(options != NULL && text != NULL && ret_cfg != NULL);
    cfg_t *cfg = cfg_init(options, CFGF_NONE);
    if (cfg == NULL) {
        (void)snprintf(why, OKR_CONF_WHY, "%s", okr_err_text(OKR_ERR_NOMEM));
        return false;
    }
    (void)cfg_set_error_function(cfg, complain);
    complaint.text[0] = '\0';
    if (parse_copy(cfg, text)) {
        *ret_cfg = cfg;
        return true;
    }
    explain(options, why);
    (void)cfg_free(cfg);
    return false;
}

/* ---- the file ------------------------------------------------------------ */

/* Read here and not by the library, which ends the process when a read
 * fails. */
static char *read_all(int fd, struct okr_arena *arena, char why[OKR_CONF_WHY])
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
        info.st_size > FILE_BYTES_MAX) {
        (void)snprintf(why, OKR_CONF_WHY, "it is no small file of text");
        return NULL;
    }
    size_t len = 0, cap = (size_t)info.st_size;
    char *text = okr_arena_alloc(arena, cap + 1);
    ssize_t n = 0;
    while (text != NULL && len < cap &&
           (n = read(fd, text + len, cap - len)) > 0)
        len += (size_t)n;
    if (text == NULL || n < 0) {
        (void)snprintf(why, OKR_CONF_WHY, "%s",
                       text == NULL ? okr_err_text(OKR_ERR_NOMEM)
                                    : strerror(errno));
        return NULL;
    }
    text[len] = '\0';
    if (strlen(text) == len)
        return text;
    (void)snprintf(why, OKR_CONF_WHY, "it is no text");
    return NULL;
}

bool okr_conf_file(const char *path, struct okr_arena *arena,
                   const char **ret_text, char why[OKR_CONF_WHY])
{
    OKR_ASSERT(path != NULL && arena != NULL && ret_text != NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        (void)snprintf(why, OKR_CONF_WHY, "%s", strerror(errno));
        return false;
    }
    const char *text = read_all(fd, arena, why);
    close(fd);
    if (text != NULL)
        *ret_text = text;
    return text != NULL;
}

/* ---- values -------------------------------------------------------------- */

struct unit {
    const char *name;
    int64_t is;
};

/* A number and its unit, without a sign; false when it would not fit. */
static bool measure(const char *text, const struct unit *units,
                    int64_t *ret_number)
{
    char *end;
    errno = 0;
    if (text[0] < '0' || text[0] > '9')
        return false;
    long long number = strtoll(text, &end, 10);
    for (size_t i = 0; errno == 0 && units[i].name != NULL; i++) {
        if (strcmp(end, units[i].name) != 0)
            continue;
        if (number > INT64_MAX / units[i].is)
            return false;
        *ret_number = number * units[i].is;
        return true;
    }
    return false;
}

bool okr_conf_span(const char *text, okr_ms least_ms, okr_ms most,
                   okr_ms *ret_ms)
{
    static const struct unit units[] = {{"ms", 1},       {"s", 1000},
                                        {"m", 60000},    {"h", 3600000},
                                        {"d", 86400000}, {NULL, 0}};
    int64_t ms;
    if (!measure(text, units, &ms) || ms < least_ms || ms > most)
        return false;
    *ret_ms = ms;
    return true;
}

bool okr_conf_size(const char *text, uint64_t least_bytes, uint64_t most,
                   uint64_t *ret_bytes)
{
    static const struct unit units[] = {{"", 1},
                                        {"K", 1024},
                                        {"M", 1024 * 1024},
                                        {"G", 1024 * 1024 * 1024},
                                        {NULL, 0}};
    int64_t bytes;
    if (!measure(text, units, &bytes) || (uint64_t)bytes < least_bytes ||
        (uint64_t)bytes > most)
        return false;
    *ret_bytes = (uint64_t)bytes;
    return true;
}
