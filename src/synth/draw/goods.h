/* Things one may eat, drink, take, hold or be afraid of; each fills the pen's box. */
#ifndef ASSAY_SYNTH_GOODS_H
#define ASSAY_SYNTH_GOODS_H

#include "synth/draw/objects.h"

typedef enum assay_food {
    ASSAY_APPLE,
    ASSAY_CAKE,
    ASSAY_EGG,
    ASSAY_CHEESE,
    ASSAY_BANANA,
    ASSAY_CHERRY,
    ASSAY_N_FOODS
} assay_food;
const char *assay_food_name(int food);   /* "apple", "cheese" */
const char *assay_food_plural(int food); /* "apples", "cheese" */
void assay_food_draw(const assay_pen *pen, int food);

typedef enum assay_animal {
    ASSAY_SPIDER,
    ASSAY_SNAKE,
    ASSAY_MOUSE,
    ASSAY_BEE,
    ASSAY_A_CAT,
    ASSAY_A_BIRD,
    ASSAY_N_ANIMALS
} assay_animal;
const char *assay_animal_name(int animal);
void assay_animal_draw(const assay_pen *pen, int animal);

void assay_beer_draw(const assay_pen *pen);
void assay_water_draw(const assay_pen *pen); /* the same glass, without handle and foam */
void assay_cigarette_draw(const assay_pen *pen);
/* With a doctor's cross and the patient's name in capitals. */
void assay_pills_draw(const assay_pen *pen, int tint, const char *name);
/* A clear bag of white powder with the word DRUG on it. */
void assay_drug_bag_draw(const assay_pen *pen);
void assay_school_bag_draw(const assay_pen *pen, int tint, const char *name);
void assay_knife_draw(const assay_pen *pen);
void assay_saw_draw(const assay_pen *pen, int tint);
void assay_spray_can_draw(const assay_pen *pen, int tint);
void assay_ticket_draw(const assay_pen *pen, int tint, const char *day);
void assay_stone_draw(const assay_pen *pen);

#endif
