/* Paintings in a frame: landscapes, portraits, still lifes and abstract pictures, in four manners. */
#ifndef ASSAY_SYNTH_PAINTING_H
#define ASSAY_SYNTH_PAINTING_H

#include "synth/draw/bust.h"

enum { ASSAY_LANDSCAPE, ASSAY_PORTRAIT, ASSAY_STILL_LIFE, ASSAY_ABSTRACT, ASSAY_N_GENRES };
enum { ASSAY_SMOOTH, ASSAY_DOTS, ASSAY_TILES, ASSAY_STROKES, ASSAY_N_MANNERS };
enum { ASSAY_BY_DAY, ASSAY_AT_SUNSET, ASSAY_BY_NIGHT, ASSAY_N_HOURS };
enum { ASSAY_SPRING, ASSAY_SUMMER, ASSAY_AUTUMN, ASSAY_WINTER, ASSAY_N_SEASONS };
enum { ASSAY_VIEW_MOUNTAIN, ASSAY_VIEW_HOUSE, ASSAY_VIEW_BOAT, ASSAY_VIEW_WINDMILL, ASSAY_N_VIEWS };
enum {
    ASSAY_STILL_FRUIT,
    ASSAY_STILL_FLOWERS,
    ASSAY_STILL_JUG,
    ASSAY_STILL_CANDLE,
    ASSAY_N_STILLS
};
enum { ASSAY_OF_SQUARES, ASSAY_OF_CIRCLES, ASSAY_OF_TRIANGLES, ASSAY_OF_STRIPES, ASSAY_N_PATTERNS };
enum { ASSAY_WARM, ASSAY_COLD, ASSAY_GREY, ASSAY_N_PALETTES };
enum {
    ASSAY_FRAME_GOLD,
    ASSAY_FRAME_BLACK,
    ASSAY_FRAME_RED,
    ASSAY_FRAME_BLUE,
    ASSAY_FRAME_WHITE,
    ASSAY_N_FRAMES
};

typedef struct assay_painting {
    int genre, manner, frame;
    int hour, season, view;   /* of a landscape */
    assay_bust sitter;        /* of a portrait */
    int still, apples, cloth; /* of a still life: apples beside it 1..4, colour of the cloth */
    int pattern, palette;     /* of an abstract picture */
} assay_painting;

/* Fills the canvas; what is left open (places, tints) comes from the rng. */
void assay_painting_draw(const assay_painting *painting, assay_image *canvas, assay_rng *rng);

#endif
