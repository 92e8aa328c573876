/* Room on the disk that holds a daemon's folder.
 *
 * LMDB needs free pages even to delete: where the disk is quite full nothing
 * can be finished.  So new work is refused while there is still room to finish
 * what was begun, and DIR/ballast is kept for the day on which somebody else
 * takes that room: then it is given away. */
#ifndef OKR_NET_ROOM_H
#define OKR_NET_ROOM_H

#include <stdbool.h>

#define OKR_ROOM_MIB_MIN 8 /* below it nothing new is saved */

/* Looks at the disk; gives the ballast away, or makes it again where there is
 * ample room.  True: too little is left for new work.  Not knowing is no. */
bool okr_room_is_low(const char *dir);

#endif
