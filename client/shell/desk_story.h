/* Histories that headquarters is asked for.  Private to client/shell/desk*. */
#ifndef CLIENT_SHELL_DESK_STORY_H
#define CLIENT_SHELL_DESK_STORY_H

#include "client/shell/desk_impl.h"

enum { OKR_DESK_STORIES_MAX = 16 };
/* A `log` that waits for headquarters. */
struct okr_story {
    struct okr_caller caller;
    struct okr_buf ask; /* the question as it came, on the heap */
    struct okr_id entity;
    okr_ms until;
};

/* One answer of one question, with what headquarters told of it (desk.c). */
void okr_desk_answer_with(struct okr_desk *desk,
                          const struct okr_caller *caller,
                          const struct okr_ask *ask, okr_desk_answer *write,
                          const struct okr_history_page *told);
/* `log`: at once where this copy knows it all or is alone, else when
 * headquarters has told. */
void okr_desk_log(struct okr_desk *desk, const struct okr_caller *caller,
                  const struct okr_ask *ask);
void okr_desk_stories_tick(struct okr_desk *desk, okr_ms now);
okr_ms okr_desk_stories_deadline(const struct okr_desk *desk);
void okr_desk_stories_close(struct okr_desk *desk);

#endif
