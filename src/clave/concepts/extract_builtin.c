/* Concepts without a model: candidates from the response itself and from the value's own list, the best of them by how
 * near they are to the response and to the value's definition and how far from the scenario, no two alike. */
#include "clave/concepts/concepts.h"

#include <stdlib.h>
#include <string.h>

#include "clave/concepts/rouge.h"
#include "format/unicode.h"

#define MAX_CANDIDATES 96
#define LEAST_WORDS    3
#define MOST_WORDS     14
#define ALIKE          0.5 /* ROUGE-L F from which a phrase adds nothing to a better one */

typedef struct builtin {
    const assay_embedder *embedder; /* NULL: text vectors */
    size_t dim;
} builtin;

typedef struct candidate {
    char text[ASSAY_CONCEPT_BYTES + 1];
    double score;
    bool taken;
} candidate;

typedef struct candidates {
    candidate *items; /* [MAX_CANDIDATES] */
    size_t n;
} candidates;

/* ---- candidates ---- */

static assay_status count_words(const char *text, size_t *n, assay_error *err) {
    assay_words words;
    assay_status status = assay_words_split(text, &words, err);
    *n = words.n;
    if (status == ASSAY_OK) assay_words_free(&words);
    return status;
}

/* What joins a clause to the one before it; it is no part of a phrase. */
static size_t joining_word(const char *text, size_t n) {
    static const char *const words[] = {"and ",     "or ",    "but ", "so ",
                                        "because ", "which ", "that "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (n > length && memcmp(text, words[i], length) == 0) return length;
    }
    return 0;
}

/* Code, numbers, tags and addresses are no phrases. */
static bool is_prose(const char *text) {
    for (size_t at = 0, n = strlen(text); at < n;) {
        uint32_t code, kinds = ASSAY_NUMBERS | ASSAY_SYMBOLS;
        at += assay_utf8_next(text + at, n - at, &code);
        if (ASSAY_CATEGORY_BIT(assay_unicode_category(code)) & kinds) return false;
        if (code < 0x80 && strchr("#/\\@_[]{}*&%", (int)code) != NULL) return false;
    }
    return true;
}

static assay_status add_phrase(const char *text, size_t n, candidates *c, assay_error *err) {
    char *to = c->items[c->n].text;
    size_t n_words = 0;
    while (n > 0 && text[0] == ' ') text++, n--;
    size_t joint = joining_word(text, n);
    if (!assay_concept_clean(text + joint, n - joint, to) || !is_prose(to)) return ASSAY_OK;
    assay_status status = count_words(to, &n_words, err);
    if (status != ASSAY_OK || n_words < LEAST_WORDS || n_words > MOST_WORDS) return status;
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->items[i].text, to) == 0) return ASSAY_OK;
    }
    c->n++;
    return ASSAY_OK;
}

static bool ends_phrase(uint32_t code) {
    return code == '\n' || code == ':' || code == ';' || code == '?' || code == '!' ||
           code == '(' || code == ')' || code == 0x3002 || code == 0xFF01 || code == 0xFF1F ||
           code == 0x2014;
}

/* Whether a full stop or comma is one: not inside a number or an abbreviation. */
static bool is_break(const char *at, size_t left) {
    return (*at == '.' || *at == ',') && (left == 1 || at[1] == ' ' || at[1] == '\n');
}

/* Sentences, and the clauses of sentences that are too long. */
static assay_status add_clauses(const char *text, candidates *c, assay_error *err) {
    size_t n = strlen(text), from = 0;
    assay_status status = ASSAY_OK;
    for (size_t at = 0; at < n && c->n < MAX_CANDIDATES && status == ASSAY_OK;) {
        uint32_t code;
        size_t bytes = assay_utf8_next(text + at, n - at, &code);
        if (ends_phrase(code) || is_break(text + at, n - at)) {
            status = add_phrase(text + from, at - from, c, err);
            from = at + bytes;
        }
        at += bytes;
    }
    if (status == ASSAY_OK && c->n < MAX_CANDIDATES)
        status = add_phrase(text + from, n - from, c, err);
    return status;
}

static assay_status gather(const assay_extract_request *r, candidates *c, assay_error *err) {
    assay_status status = ASSAY_OK;
    /* A first list says what adheres, so it stands for nothing in a text that opposes. */
    for (size_t i = 0; i < r->value->n_concepts && c->n < MAX_CANDIDATES / 2; i++) {
        if (r->labelled && r->label == ASSAY_OPPOSES) break;
        const char *text = r->value->concepts[i];
        if (assay_concept_clean(text, strlen(text), c->items[c->n].text)) c->n++;
    }
    if (c->n < MAX_CANDIDATES) status = add_clauses(r->response, c, err);
    return status;
}

/* ---- scores ---- */

static assay_status embed(const builtin *b, const char *const *texts, size_t n, float *out,
                          assay_error *err) {
    if (b->embedder != NULL) return b->embedder->embed(b->embedder->context, texts, n, out, err);
    for (size_t i = 0; i < n; i++) assay_text_vector(texts[i], out + i * b->dim);
    return ASSAY_OK;
}

static double cosine(const float *a, const float *b, size_t dim) {
    double lengths = assay_vector_length(a, dim) * assay_vector_length(b, dim);
    return lengths > 0 ? assay_vector_dot(a, b, dim) / lengths : 0;
}

static assay_status score(const builtin *b, const assay_extract_request *r, candidates *c,
                          assay_error *err) {
    const char *texts[MAX_CANDIDATES + 3];
    size_t n_floats = 0;
    float *v = NULL;
    for (size_t i = 0; i < c->n; i++) texts[i] = c->items[i].text;
    texts[c->n] = r->response;
    texts[c->n + 1] = r->value->definition;
    texts[c->n + 2] = r->scenario;
    size_t n_texts = c->n + (r->scenario[0] != '\0' ? 3 : 2);
    if (assay_size_mul(n_texts, b->dim, &n_floats)) v = assay_alloc(n_floats, sizeof *v);
    if (v == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    assay_status status = embed(b, texts, n_texts, v, err);
    for (size_t i = 0; i < c->n && status == ASSAY_OK; i++) {
        const float *own = v + i * b->dim;
        c->items[i].score =
            cosine(own, v + c->n * b->dim, b->dim) + cosine(own, v + (c->n + 1) * b->dim, b->dim);
    }
    free(v);
    return status;
}

/* ---- choice ---- */

static assay_status adds_nothing(const char *text, const assay_phrase *out, size_t n, bool *yes,
                                 assay_error *err) {
    assay_words words, other = {0};
    assay_status status = assay_words_split(text, &words, err);
    *yes = false;
    if (status != ASSAY_OK) return status;
    for (size_t i = 0; i < n && !*yes && status == ASSAY_OK; i++) {
        double f = 0;
        status = assay_words_split(out[i].text, &other, err);
        if (status == ASSAY_OK) status = assay_rouge_l(&words, &other, &f, err);
        assay_words_free(&other);
        *yes = f >= ALIKE;
    }
    assay_words_free(&words);
    return status;
}

/* The best first; of equally good ones the one that came first. */
static assay_status choose(const assay_extract_request *r, candidates *c, assay_phrase *out,
                           size_t *n, assay_error *err) {
    for (size_t round = 0; round < c->n && *n < r->k; round++) {
        candidate *best = NULL;
        bool nothing = false;
        for (size_t i = 0; i < c->n; i++) {
            if (!c->items[i].taken && (best == NULL || c->items[i].score > best->score))
                best = &c->items[i];
        }
        best->taken = true;
        assay_status status = adds_nothing(best->text, out, *n, &nothing, err);
        if (status != ASSAY_OK) return status;
        if (nothing) continue;
        memcpy(out[*n].text, best->text, sizeof best->text);
        out[(*n)++].valence = r->labelled ? r->label : ASSAY_ADHERES;
    }
    return ASSAY_OK;
}

static assay_status extract(void *context, const assay_extract_request *r, assay_phrase *out,
                            size_t *n, assay_error *err) {
    candidates c = {.items = assay_calloc(MAX_CANDIDATES + 1, sizeof(candidate))};
    *n = 0;
    if (c.items == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    assay_status status = gather(r, &c, err);
    if (status == ASSAY_OK && c.n > 0) status = score(context, r, &c, err);
    if (status == ASSAY_OK) status = choose(r, &c, out, n, err);
    free(c.items);
    return status;
}

assay_status assay_extractor_builtin(const assay_embedder *embedder, assay_extractor *out,
                                     assay_error *err) {
    builtin *b = assay_alloc(1, sizeof *b);
    *out = (assay_extractor){0};
    if (b == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    *b = (builtin){embedder, embedder != NULL ? embedder->dim : ASSAY_TEXT_DIM};
    *out = (assay_extractor){.context = b, .name = "builtin", .extract = extract, .destroy = free};
    return ASSAY_OK;
}

void assay_extractor_destroy(assay_extractor *extractor) {
    if (extractor->destroy != NULL) extractor->destroy(extractor->context);
    *extractor = (assay_extractor){0};
}
