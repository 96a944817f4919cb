/* Land seen from above: four quarters of one use each, and two ways (river, road, railway, path) that part
 * them. */
#ifndef ASSAY_SYNTH_LAND_H
#define ASSAY_SYNTH_LAND_H

#include "synth/draw/objects.h"

typedef enum assay_land_use {
    ASSAY_LAKE,
    ASSAY_FOREST,
    ASSAY_FIELDS,
    ASSAY_HOUSES,
    ASSAY_AIRPORT,
    ASSAY_SPORTS,
    ASSAY_N_LAND_USES
} assay_land_use;

typedef enum assay_way {
    ASSAY_RIVER,
    ASSAY_ROAD,
    ASSAY_RAILWAY,
    ASSAY_PATH,
    ASSAY_N_WAYS
} assay_way;

#define ASSAY_MAX_HOUSES 5

typedef struct assay_land {
    assay_land_use quarters[4]; /* top left, top right, bottom left, bottom right */
    int houses;                 /* in each quarter of houses, 1..ASSAY_MAX_HOUSES */
    assay_way across, down;     /* from left to right, from top to bottom; never the same */
} assay_land;

/* Fills the canvas. */
void assay_land_draw(const assay_land *land, assay_image *canvas, assay_rng *rng);

#endif
