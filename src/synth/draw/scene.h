/* A scene: up to four things of distinct kinds and colours on a plain ground, what to say about it,
 * and short questions on it. */
#ifndef ASSAY_SYNTH_SCENE_H
#define ASSAY_SYNTH_SCENE_H

#include "synth/sample.h"

#define ASSAY_SCENE_MAX 4

typedef enum assay_layout {
    ASSAY_CENTRE,       /* 1 thing */
    ASSAY_SIDE_BY_SIDE, /* 2: left, right */
    ASSAY_STACKED,      /* 2: above, below */
    ASSAY_ROW,          /* 3: left, middle, right */
    ASSAY_GRID          /* 4: top left, top right, bottom left, bottom right */
} assay_layout;

typedef struct assay_thing {
    int kind, colour;
    double x, y, size; /* pixels */
} assay_thing;

typedef struct assay_scene {
    assay_layout layout;
    int n;
    assay_thing things[ASSAY_SCENE_MAX];
} assay_scene;

/* Which kinds a scene may hold. */
typedef enum assay_kinds { ASSAY_ANY_KIND, ASSAY_OBJECTS_ONLY } assay_kinds;

/* The sample's next picture, never higher than wide: there is room for a row. */
assay_image *assay_scene_wide_image(assay_synth_sample *s, assay_rng *rng);
/* A pale ground in one of four tints. */
void assay_ground_draw(assay_image *canvas, assay_rng *rng);
/* Places and sizes are those of this canvas. */
void assay_scene_choose(assay_scene *scene, const assay_image *canvas, assay_rng *rng,
                        assay_layout layout, assay_kinds kinds);
void assay_scene_draw(const assay_scene *scene, assay_image *canvas, assay_rng *rng);

/* "on the left", "at the top left" */
const char *assay_scene_place(const assay_scene *scene, int i);
/* Of the first thing to the second, or of the second to the first: "left of". */
const char *assay_relation(assay_layout layout, bool second);
/* The whole scene in plain sentences. */
const char *assay_scene_text(const assay_scene *scene, assay_synth_sample *s);
/* Adds `n` questions of different sorts. */
void assay_scene_hint(const assay_scene *scene, assay_synth_sample *s, assay_rng *rng, int n);
/* A kind of the sort that the scene holds, or a colour, that is not in it. */
int assay_scene_absent_kind(const assay_scene *scene, assay_rng *rng);
int assay_scene_absent_colour(const assay_scene *scene, assay_rng *rng);

#endif
