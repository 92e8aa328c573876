/* Runs an act in a child process and looks at how the child ended. */
#include "tests/lib/death.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void act_as_child(void (*act)(void), const int ends[2])
{
    (void)signal(SIGABRT, SIG_DFL);
    if (dup2(ends[1], STDERR_FILENO) < 0)
        _exit(1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    act();
    _exit(0);
}

bool okr_death_of(void (*act)(void), char ret_said[OKR_DEATH_SAID_MAX])
{
    int ends[2];
    if (pipe(ends) != 0)
        abort();
    pid_t child = fork();
    if (child < 0)
        abort();
    if (child == 0)
        act_as_child(act, ends);
    (void)close(ends[1]);
    char said[OKR_DEATH_SAID_MAX] = {0};
    size_t len = 0;
    ssize_t got;
    while (len + 1 < sizeof said &&
           (got = read(ends[0], said + len, sizeof said - 1 - len)) > 0)
        len += (size_t)got;
    (void)close(ends[0]);
    int status = 0;
    if (waitpid(child, &status, 0) != child)
        abort();
    if (ret_said != NULL)
        memcpy(ret_said, said, sizeof said);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}
