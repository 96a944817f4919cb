/* A parsed recipe. */
#ifndef ASSAY_EVAL_RECIPE_H
#define ASSAY_EVAL_RECIPE_H

#include "assay_eval.h"

typedef struct assay_recipe {
    char *canonical;    /* JSON with every key */
    char *query_before; /* what stands before {question} */
    char *query_after;
    char *answer_prefix; /* what stands before {option}, without the space that ends it; "" when
                            nothing does */
    bool grey;
    int tile_edge; /* longest edge of an image, in tiles */
    int free_text; /* tokens of a free answer; 0: none */
    size_t limit;  /* 0: all */
} assay_recipe;

/* NULL = {}. On failure *out is zeroed. */
assay_status assay_recipe_parse(const char *json, int64_t limit, assay_recipe *out,
                                assay_error *err);
void assay_recipe_free(assay_recipe *recipe); /* a zeroed one is fine */

#endif
