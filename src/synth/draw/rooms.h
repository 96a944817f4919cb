/* Rooms and their furniture as a floor plan shows them: from above. */
#ifndef ASSAY_SYNTH_ROOMS_H
#define ASSAY_SYNTH_ROOMS_H

#include "synth/draw/objects.h"

typedef enum assay_plan_room {
    ASSAY_BEDROOM,     /* a bed */
    ASSAY_BATHROOM,    /* a bath tub */
    ASSAY_KITCHEN,     /* a stove */
    ASSAY_LIVING_ROOM, /* a sofa */
    ASSAY_DINING_ROOM, /* a table with chairs */
    ASSAY_N_ROOMS
} assay_plan_room;

const char *assay_plan_room_name(assay_plan_room room);      /* "bedroom" */
const char *assay_plan_room_furniture(assay_plan_room room); /* "bed" */
/* Fills the pen's box with the floor of the room, without walls, and its furniture. */
void assay_plan_room_draw(const assay_pen *pen, assay_plan_room room);
/* Somebody in the plan, looking up: a dot and a pointer. */
void assay_plan_walker_draw(const assay_pen *pen);

#endif
