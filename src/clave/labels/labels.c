/* A finished set of labels: what can be asked of it, and how its annotators did on gold items. */
#include "clave/labels/labels.h"

#include <stdlib.h>
#include <string.h>

const char *assay_valence_name(assay_valence v) {
    return v == ASSAY_ADHERES ? "adheres" : v == ASSAY_OPPOSES ? "opposes" : "unrelated";
}

const char *assay_vote_word(const assay_vote *vote) {
    return vote->skip ? "skip" : assay_valence_name((assay_valence)vote->label);
}

void assay_labels_free(assay_labels *l) {
    if (l == NULL) return;
    assay_strings_free(&l->strings);
    free(l->texts);
    free(l->annotators);
    free(l->votes);
    free(l);
}

size_t assay_labels_n_texts(const assay_labels *l) {
    return l->n_texts;
}

const assay_judged_text *assay_labels_text(const assay_labels *l, size_t i) {
    return i < l->n_texts ? &l->texts[i] : NULL;
}

size_t assay_labels_n_annotators(const assay_labels *l) {
    return l->n_annotators;
}

const char *assay_labels_annotator(const assay_labels *l, size_t i) {
    return i < l->n_annotators ? l->annotators[i] : NULL;
}

size_t assay_labels_n_votes(const assay_labels *l) {
    return l->n_votes;
}

const assay_vote *assay_labels_vote(const assay_labels *l, size_t i) {
    return i < l->n_votes ? &l->votes[i] : NULL;
}

const char *assay_labels_sha256(const assay_labels *l) {
    return l->sha256;
}

/* ---- gold ---- */

static assay_status check_gold(const assay_labels *gold, assay_error *err) {
    const assay_vote *last = NULL;
    char one[64], other[64];
    for (size_t i = 0; i < gold->n_votes; i++) {
        const assay_vote *v = &gold->votes[i];
        if (v->skip) continue;
        if (last != NULL && last->text == v->text && last->value == v->value &&
            last->label != v->label)
            return assay_fail(err, ASSAY_E_ARGUMENT, "gold: item \"%s\" is %s by %s, but %s by %s",
                              gold->texts[v->text].id, assay_vote_word(last),
                              assay_reader_shown(gold->annotators[last->annotator], one),
                              assay_vote_word(v),
                              assay_reader_shown(gold->annotators[v->annotator], other));
        last = v;
    }
    return ASSAY_OK;
}

/* Where in gold each text of l is, in order of id both; UINT32_MAX: nowhere. */
static assay_status match_texts(const assay_labels *l, const assay_labels *gold, uint32_t *match,
                                assay_error *err) {
    size_t g = 0;
    for (size_t i = 0; i < l->n_texts; i++) {
        const assay_judged_text *x = &l->texts[i], *y;
        int order = 1;
        while (g < gold->n_texts && (order = strcmp(gold->texts[g].id, x->id)) < 0) g++;
        match[i] = UINT32_MAX;
        if (g == gold->n_texts || order != 0) continue;
        y = &gold->texts[g];
        if (strcmp(x->scenario, y->scenario) != 0 || strcmp(x->response, y->response) != 0)
            return assay_fail(err, ASSAY_E_ARGUMENT, "gold: item \"%s\" has another text there",
                              x->id);
        match[i] = (uint32_t)g;
    }
    return ASSAY_OK;
}

/* The first vote of gold on (text, value) that is no skip; NULL: there is none. */
static const assay_vote *find_gold(const assay_labels *gold, uint32_t text, uint32_t value) {
    size_t low = 0, high = gold->n_votes;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const assay_vote *v = &gold->votes[mid];
        if (v->text < text || (v->text == text && v->value < value))
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < gold->n_votes; low++) {
        const assay_vote *v = &gold->votes[low];
        if (v->text != text || v->value != value) return NULL;
        if (!v->skip) return v;
    }
    return NULL;
}

assay_status assay_labels_score_gold(const assay_labels *l, const assay_labels *gold,
                                     assay_gold_score *out, assay_error *err) {
    if (strcmp(l->values_sha256, gold->values_sha256) != 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "gold: its labels are for another value system");
    uint32_t *match = assay_alloc(l->n_texts, sizeof *match);
    if (match == NULL) return assay_fail(err, ASSAY_E_MEMORY, "gold: out of memory");
    assay_status status = check_gold(gold, err);
    if (status == ASSAY_OK) status = match_texts(l, gold, match, err);
    if (status == ASSAY_OK && l->n_annotators > 0) memset(out, 0, l->n_annotators * sizeof *out);
    for (size_t i = 0; i < l->n_votes && status == ASSAY_OK; i++) {
        const assay_vote *v = &l->votes[i];
        if (v->skip || match[v->text] == UINT32_MAX) continue;
        const assay_vote *right = find_gold(gold, match[v->text], v->value);
        if (right == NULL) continue;
        out[v->annotator].n++;
        out[v->annotator].right += right->label == v->label;
    }
    free(match);
    return status;
}
