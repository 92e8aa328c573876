/* import: the file travels with the question.  export: its answer is one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "server/shell/cli.h"

/* Room for the question around it. */
#define FILE_MAX (OKR_LOCAL_MAX - 64 * 1024)

static void read_all(struct okr_cli *cli, FILE *file, struct okr_buf *text)
{
    uint8_t part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, file)) > 0 &&
           text->len + n <= FILE_MAX)
        okr_buf_put(text, okr_slice_of(part, n));
    if (ferror(file))
        okr_fault_refuse(&cli->fault, NULL, NULL, "%s: %s", cli->words[1],
                         strerror(errno));
    else if (n > 0)
        okr_fault_refuse(&cli->fault, "too_large", "import it in parts",
                         "%s is larger than %d bytes", cli->words[1], FILE_MAX);
    else if (text->err != OKR_OK)
        okr_fault_world(&cli->fault, text->err, cli->words[1]);
}

static void read_file(struct okr_cli *cli, struct okr_buf *text)
{
    bool standard = strcmp(cli->words[1], "-") == 0;
    FILE *file = standard ? stdin : fopen(cli->words[1], "rb");
    if (file == NULL) {
        okr_fault_refuse(&cli->fault, NULL, "name a file that can be read",
                         "%s: %s", cli->words[1], strerror(errno));
        return;
    }
    read_all(cli, file, text);
    if (!standard)
        (void)fclose(file);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

void okr_cmd_import(struct okr_cli *cli)
{
    struct okr_ask ask;
    struct okr_slice json = OKR_SLICE_NONE;
    struct okr_buf text;
    bool terminal = isatty(STDERR_FILENO) != 0;
    okr_buf_init(&text, cli->arena);
    read_file(cli, &text);
    okr_cli_ask_init(cli, "import", &ask);
    okr_cli_ask_options(cli, &ask);
    if (!okr_cli_flag(cli, "source"))
        okr_cli_ask_arg(cli, &ask, "source", name_of(cli->words[1]));
    ask.blob = okr_buf_slice(&text);
    if (okr_faulty(&cli->fault))
        return;
    if (terminal)
        (void)fprintf(stderr, "importing %s ...", cli->words[1]);
    (void)okr_cli_ask(cli, &ask, &json);
    if (terminal)
        (void)fprintf(stderr, "\r\033[K");
    if (json.len > 0)
        okr_cli_print(cli, json);
}

/* The text as it is, whatever its format. */
void okr_cmd_export(struct okr_cli *cli)
{
    struct okr_ask ask;
    struct okr_slice text = OKR_SLICE_NONE;
    okr_cli_ask_init(cli, "export", &ask);
    okr_cli_ask_options(cli, &ask);
    if (!okr_cli_ask(cli, &ask, &text))
        return;
    if (fwrite(text.data, 1, text.len, stdout) != text.len ||
        fflush(stdout) != 0)
        okr_fault_refuse(&cli->fault, NULL, "see whether the disk is full",
                         "the export could not be written: %s",
                         strerror(errno));
}
