/* Parts of a label set: chosen votes, a stratified draw, texts held out.
 *
 * What is drawn depends on a text by what it says and on the seed, never on its place: every text has a number of its
 * own for each purpose, and those with the smallest numbers are taken. So neither the order of label files nor what else
 * is in them matters, the same text under two ids is never on both sides of a split, and of the same set the texts of a
 * smaller draw are mostly among those of a larger one. */
#include <stdlib.h>
#include <string.h>

#include "assay_judge.h"
#include "base/rng.h"
#include "clave/labels/labels.h"

/* ---- selection ---- */

#define NOWHERE UINT32_MAX

typedef struct selection {
    const assay_labels *from;
    assay_labels *to;
    uint32_t *text, *annotator; /* new index of each old one, or NOWHERE */
    uint32_t *text_of;
} selection;

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
}

static const char *keep_string(selection *s, const char *text) {
    return assay_strings_keep(&s->to->strings, text, strlen(text));
}

static assay_status copy_texts(selection *s, assay_error *err) {
    assay_labels *to = s->to;
    for (size_t i = 0; i < s->from->n_texts; i++) {
        const assay_judged_text *x = &s->from->texts[i];
        if (s->text[i] == NOWHERE) continue;
        const assay_judged_text copy = {keep_string(s, x->id), keep_string(s, x->scenario),
                                        keep_string(s, x->response), keep_string(s, x->source)};
        if (copy.id == NULL || copy.scenario == NULL || copy.response == NULL ||
            copy.source == NULL)
            return no_memory(err);
        if (s->text_of != NULL) s->text_of[to->n_texts] = (uint32_t)i;
        s->text[i] = (uint32_t)to->n_texts;
        to->texts[to->n_texts++] = copy;
    }
    for (size_t i = 0; i < s->from->n_annotators; i++) {
        if (s->annotator[i] == NOWHERE) continue;
        const char *name = keep_string(s, s->from->annotators[i]);
        if (name == NULL) return no_memory(err);
        s->annotator[i] = (uint32_t)to->n_annotators;
        to->annotators[to->n_annotators++] = name;
    }
    return ASSAY_OK;
}

/* The order of texts, annotators and votes is that of the whole set: nothing has to be sorted again. */
static assay_status copy_votes(selection *s, const bool *keep, assay_error *err) {
    const assay_labels *from = s->from;
    assay_labels *to = s->to;
    size_t n = 0;
    memset(s->text, 0xFF, from->n_texts * sizeof *s->text);
    memset(s->annotator, 0xFF, from->n_annotators * sizeof *s->annotator);
    for (size_t i = 0; i < from->n_votes; i++) {
        if (!keep[i]) continue;
        s->text[from->votes[i].text] = s->annotator[from->votes[i].annotator] = 0;
        n++;
    }
    to->texts = assay_alloc(from->n_texts, sizeof *to->texts);
    to->annotators = assay_alloc(from->n_annotators, sizeof *to->annotators);
    to->votes = assay_alloc(n, sizeof *to->votes);
    if (to->texts == NULL || to->annotators == NULL || to->votes == NULL) return no_memory(err);
    assay_status status = copy_texts(s, err);
    for (size_t i = 0; i < from->n_votes && status == ASSAY_OK; i++) {
        if (!keep[i]) continue;
        assay_vote vote = from->votes[i];
        vote.text = s->text[vote.text];
        vote.annotator = s->annotator[vote.annotator];
        vote.note = keep_string(s, vote.note);
        if (vote.note == NULL) return no_memory(err);
        to->votes[to->n_votes++] = vote;
    }
    return status;
}

assay_status assay_labels_select(const assay_labels *l, const assay_values *values,
                                 const bool *keep, assay_labels **out, uint32_t *text_of,
                                 assay_error *err) {
    selection s = {.from = l, .text_of = text_of};
    *out = NULL;
    if (strcmp(l->values_sha256, assay_values_sha256(values)) != 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "labels: they are for another value system");
    s.to = assay_calloc(1, sizeof *s.to);
    s.text = assay_alloc(l->n_texts, sizeof *s.text);
    s.annotator = assay_alloc(l->n_annotators, sizeof *s.annotator);
    assay_status status = s.to != NULL && s.text != NULL && s.annotator != NULL
                              ? copy_votes(&s, keep, err)
                              : no_memory(err);
    if (status == ASSAY_OK) {
        memcpy(s.to->values_sha256, l->values_sha256, sizeof s.to->values_sha256);
        status = assay_labels_hash(s.to, values, s.to->sha256, err);
    }
    free(s.text);
    free(s.annotator);
    if (status != ASSAY_OK) {
        assay_labels_free(s.to);
        return status;
    }
    *out = s.to;
    return ASSAY_OK;
}

/* ---- numbers of texts ---- */

#define HELD_OUT UINT64_MAX /* a purpose; the others are values */

static uint64_t hash_on(uint64_t hash, const char *text) { /* FNV-1a, the NUL too */
    do hash = (hash ^ (uint8_t)*text) * 1099511628211u;
    while (*text++ != '\0');
    return hash;
}

/* Uniform, independent for different texts, purposes and seeds. */
static assay_rng number_of(const assay_judged_text *text, uint64_t purpose, uint64_t seed) {
    uint64_t hash = hash_on(hash_on(14695981039346656037u, text->scenario), text->response);
    assay_rng rng = assay_rng_seed(seed, hash);
    return assay_rng_seed(assay_rng_u64(&rng), purpose);
}

void assay_labels_hold_out(const assay_labels *l, double share, uint64_t seed, bool *texts) {
    for (size_t i = 0; i < l->n_texts; i++) {
        assay_rng rng = number_of(&l->texts[i], HELD_OUT, seed);
        texts[i] = assay_rng_unit(&rng) < share;
    }
}

/* ---- stratified draw ---- */

#define N_KINDS 4 /* opposes, unrelated, adheres, and a tie, which is a kind of its own */

typedef struct drawn_pair { /* the votes of one text for one value */
    uint64_t number;
    uint32_t text, value;
    size_t first, end; /* votes */
    uint8_t kind;
} drawn_pair;

static int by_number(const void *a, const void *b) {
    const drawn_pair *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    return (x->text > y->text) - (x->text < y->text);
}

/* What most said; N_KINDS where everybody skipped. */
static uint8_t kind_of(const assay_vote *votes, size_t n) {
    uint32_t count[3] = {0};
    int best = 0, leaders = 0;
    for (size_t i = 0; i < n; i++) {
        if (!votes[i].skip) count[votes[i].label + 1]++;
    }
    for (int k = 1; k < 3; k++) {
        if (count[k] > count[best]) best = k;
    }
    for (int k = 0; k < 3; k++) leaders += count[k] == count[best];
    if (count[best] == 0) return N_KINDS;
    return (uint8_t)(leaders > 1 ? N_KINDS - 1 : best);
}

/* The pairs that may be drawn, each value's kinds one behind the other, in the order in which they are taken. */
static size_t list_pairs(const assay_labels *l, uint64_t seed, const bool *texts,
                         drawn_pair *pairs) {
    size_t n = 0;
    for (size_t i = 0, end; i < l->n_votes; i = end) {
        const assay_vote *v = &l->votes[i];
        for (end = i; end < l->n_votes; end++) {
            if (l->votes[end].text != v->text || l->votes[end].value != v->value) break;
        }
        uint8_t kind = kind_of(v, end - i);
        if (kind == N_KINDS || (texts != NULL && !texts[v->text])) continue;
        assay_rng rng = number_of(&l->texts[v->text], v->value, seed);
        pairs[n++] = (drawn_pair){assay_rng_u64(&rng), v->text, v->value, i, end, kind};
    }
    if (n > 1) qsort(pairs, n, sizeof *pairs, by_number);
    return n;
}

/* n of a value's pairs by kind: largest remainders, then one at least of each kind as far as n goes. */
static void share_out(const size_t count[N_KINDS], size_t all, size_t n, size_t take[N_KINDS]) {
    uint64_t rest[N_KINDS];
    size_t left = n;
    for (int k = 0; k < N_KINDS; k++) {
        take[k] = (size_t)((uint64_t)n * count[k] / all);
        rest[k] = (uint64_t)n * count[k] % all;
        left -= take[k];
    }
    for (; left > 0; left--) {
        int best = 0;
        for (int k = 1; k < N_KINDS; k++) {
            if (rest[k] > rest[best]) best = k;
        }
        take[best]++;
        rest[best] = 0;
    }
    for (int k = 0; k < N_KINDS; k++) {
        int most = 0;
        for (int j = 1; j < N_KINDS; j++) {
            if (take[j] > take[most]) most = j;
        }
        if (count[k] == 0 || take[k] > 0 || take[most] < 2) continue;
        take[most]--;
        take[k]++;
    }
}

static void draw_value(const drawn_pair *pairs, size_t n_pairs, size_t n, bool *keep) {
    size_t count[N_KINDS] = {0}, take[N_KINDS];
    for (size_t i = 0; i < n_pairs; i++) count[pairs[i].kind]++;
    memcpy(take, count, sizeof take);
    if (n_pairs > n) share_out(count, n_pairs, n, take);
    for (size_t i = 0; i < n_pairs; i++) {
        if (take[pairs[i].kind] == 0) continue;
        take[pairs[i].kind]--;
        for (size_t v = pairs[i].first; v < pairs[i].end; v++) keep[v] = true;
    }
}

assay_status assay_labels_draw(const assay_labels *l, size_t n_values, size_t n, uint64_t seed,
                               const bool *texts, bool *keep, assay_error *err) {
    for (size_t i = 0; i < l->n_votes; i++) {
        keep[i] = false;
        if (l->votes[i].value >= n_values)
            return assay_fail(err, ASSAY_E_ARGUMENT, "labels: a vote for value %u of %zu",
                              (unsigned)l->votes[i].value, n_values);
    }
    drawn_pair *pairs = assay_alloc(l->n_votes, sizeof *pairs);
    if (pairs == NULL) return no_memory(err);
    size_t n_pairs = list_pairs(l, seed, texts, pairs);
    for (size_t first = 0, end; first < n_pairs; first = end) {
        for (end = first; end < n_pairs && pairs[end].value == pairs[first].value;) end++;
        draw_value(pairs + first, end - first, n, keep);
    }
    free(pairs);
    return ASSAY_OK;
}

/* ---- vectors ---- */

void assay_vectors_free(assay_vectors *vectors) {
    free((void *)(uintptr_t)vectors->response);
    free((void *)(uintptr_t)vectors->scenario);
    free((void *)(uintptr_t)vectors->both);
    *vectors = (assay_vectors){0};
}

static assay_status select_rows(const float *rows, size_t dim, const uint32_t *text_of, size_t n,
                                const float **out, assay_error *err) {
    size_t n_floats = 0;
    if (rows == NULL) return ASSAY_OK;
    float *copy = assay_size_mul(n, dim, &n_floats) ? assay_alloc(n_floats, sizeof *copy) : NULL;
    if (copy == NULL) return assay_fail(err, ASSAY_E_MEMORY, "vectors: out of memory");
    for (size_t i = 0; i < n; i++)
        memcpy(copy + i * dim, rows + text_of[i] * dim, dim * sizeof *copy);
    *out = copy;
    return ASSAY_OK;
}

assay_status assay_vectors_select(const assay_vectors *vectors, const uint32_t *text_of, size_t n,
                                  assay_vectors *out, assay_error *err) {
    size_t dim = vectors->dim;
    *out = (assay_vectors){.name = vectors->name,
                           .sha256 = vectors->sha256,
                           .dim = dim,
                           .definitions = vectors->definitions};
    assay_status status = select_rows(vectors->response, dim, text_of, n, &out->response, err);
    if (status == ASSAY_OK)
        status = select_rows(vectors->scenario, dim, text_of, n, &out->scenario, err);
    if (status == ASSAY_OK) status = select_rows(vectors->both, dim, text_of, n, &out->both, err);
    if (status != ASSAY_OK) assay_vectors_free(out);
    return status;
}
