/* What calibration found -> JSON. */
#include "clave/classifier/classifier.h"

#include <stdlib.h>
#include <string.h>

#include "clave/concepts/concepts.h"

static void put_string(assay_buffer *out, const char *key, const char *text) {
    assay_buffer_print(out, "\"%s\":", key);
    assay_json_string(out, text);
}

static void put_number(assay_buffer *out, const char *key, double x) {
    assay_buffer_print(out, "\"%s\":", key);
    assay_json_number(out, x);
}

static void put_numbers(assay_buffer *out, const char *key, const double *x, size_t n) {
    assay_buffer_print(out, "\"%s\":[", key);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) assay_buffer_print(out, ",");
        assay_json_number(out, x[i]);
    }
    assay_buffer_print(out, "]");
}

/* Nine digits bring the same float back. */
static void put_floats(assay_buffer *out, const char *key, const float *x, size_t n) {
    assay_buffer_print(out, "\"%s\":[", key);
    for (size_t i = 0; i < n; i++)
        assay_buffer_print(out, "%s%.9g", i > 0 ? "," : "", (double)x[i]);
    assay_buffer_print(out, "]");
}

/* ---- examples ---- */

/* A vector as signed bytes in hex, the largest of them 127: enough to find the nearest by. */
static void put_code(assay_buffer *out, const float *x, size_t dim) {
    static const char digits[] = "0123456789abcdef";
    double most = 0;
    for (size_t d = 0; d < dim; d++) {
        double size = x[d] < 0 ? -(double)x[d] : (double)x[d];
        if (size > most) most = size;
    }
    assay_buffer_print(out, ",\"code\":\"");
    for (size_t d = 0; d < dim; d++) {
        double scaled = most > 0 ? (double)x[d] * 127.0 / most : 0.0;
        int code = (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        char hex[2] = {digits[((unsigned)code >> 4) & 15u], digits[(unsigned)code & 15u]};
        assay_buffer_append(out, hex, 2);
    }
    assay_buffer_print(out, "\"");
}

static void put_examples(assay_buffer *out, const assay_calibration *c) {
    const assay_vectors *vectors = c->vectors;
    const float *view = vectors == NULL             ? NULL
                        : vectors->response != NULL ? vectors->response
                                                    : vectors->both;
    assay_buffer_print(out, "\"examples\":[");
    for (size_t i = 0; i < assay_labels_n_texts(c->labels); i++) {
        const assay_judged_text *text = assay_labels_text(c->labels, i);
        assay_buffer_print(out, i > 0 ? ",{" : "{");
        put_string(out, "id", text->id);
        assay_buffer_print(out, ",");
        put_string(out, "scenario", text->scenario);
        assay_buffer_print(out, ",");
        put_string(out, "response", text->response);
        assay_buffer_print(out, ",");
        put_string(out, "source", text->source);
        if (view != NULL) put_code(out, view + i * vectors->dim, vectors->dim);
        assay_buffer_print(out, "}");
    }
    assay_buffer_print(out, "]");
}

/* ---- heads ---- */

/* Weights of one head, in the terms of what is seen of a text when it is judged. With d_i the duals of all n texts and
 * a_i those of the value's own labels,
 *   f(x) = sum_i a_i bias + sum_i d_i (sum over blocks of share scale (x - m) (x_i - m)),   m = mean of all x_i
 *        = intercept + sum over blocks of c_i (x x_i),   c_i = (d_i - sum d / n) scale share */
typedef struct put_head_scratch {
    double *dual; /* [n_texts] */
    double *c;    /* [n_texts] */
    double *sum;  /* [dim] */
    float *w;     /* [dim] */
} put_head_scratch;

static void put_vector_block(assay_buffer *out, const assay_calibration *c, unsigned b,
                             put_head_scratch *s, bool *first) {
    const float *x = assay_block_view(b, c->vectors);
    size_t dim = c->vectors->dim;
    memset(s->sum, 0, dim * sizeof *s->sum);
    for (size_t i = 0; i < c->products->n; i++) {
        for (size_t d = 0; d < dim; d++) s->sum[d] += s->c[i] * (double)x[i * dim + d];
    }
    for (size_t d = 0; d < dim; d++) s->w[d] = (float)s->sum[d];
    if (!*first) assay_buffer_print(out, ",");
    put_floats(out, assay_block_names[b], s->w, dim);
    *first = false;
}

static void put_similarities(assay_buffer *out, const assay_calibration *c, size_t v, size_t head,
                             double *intercept) {
    const assay_products *p = c->products;
    const assay_target *target = &c->targets[v];
    double weights[ASSAY_SIMILARITIES] = {0};
    for (unsigned b = ASSAY_SHARED_BLOCKS; b < ASSAY_BLOCKS; b++) {
        assay_similarity_range range = assay_block_similarities(b);
        if (!(c->set & ASSAY_BLOCK_BIT(b))) continue;
        for (size_t d = range.first; d < range.first + range.n; d++) {
            size_t at = v * ASSAY_SIMILARITIES + d;
            double sum = 0;
            for (size_t i = 0; i < target->n; i++)
                sum += c->learnt[v].a[head][i] *
                       p->similarity[target->text[i] * p->n_values * ASSAY_SIMILARITIES + at];
            weights[d] = sum * p->spread[at] * assay_block_weight(c->set, b) / (double)range.n;
            *intercept -= weights[d] * p->centre[at];
        }
    }
    put_numbers(out, "similarities", weights, ASSAY_SIMILARITIES);
}

static void put_head(assay_buffer *out, const assay_calibration *c, size_t v, size_t head,
                     put_head_scratch *s) {
    const assay_products *p = c->products;
    const assay_learnt *learnt = &c->learnt[v];
    const assay_target *target = &c->targets[v];
    double total = 0, own = 0, intercept = learnt->constant[head];
    bool first = true;
    assay_buffer_print(out, "{");
    if (!learnt->empty[head]) {
        memset(s->dual, 0, p->n * sizeof *s->dual);
        for (size_t u = 0; u < p->n_values; u++) {
            double weight = assay_dual_weight(c->sharing, head, v, u);
            if (weight > 0)
                assay_add_duals(s->dual, c->targets[u].text, c->learnt[u].a[head], c->targets[u].n,
                                weight);
        }
        for (size_t i = 0; i < p->n; i++) total += s->dual[i];
        for (size_t i = 0; i < target->n; i++) own += learnt->a[head][i];
        intercept = own * ASSAY_LOGISTIC_BIAS;
        put_numbers(out, "a", learnt->a[head], target->n);
        assay_buffer_print(out, ",\"vectors\":{");
        for (unsigned b = 0; b < ASSAY_SHARED_BLOCKS; b++) {
            double share = p->scale[b] * assay_block_weight(c->set, b);
            if (!(c->set & ASSAY_BLOCK_BIT(b))) continue;
            for (size_t i = 0; i < p->n; i++) s->c[i] = (s->dual[i] - total / (double)p->n) * share;
            for (size_t i = 0; i < p->n; i++) intercept -= s->c[i] * p->mean[b][i];
            if (b >= ASSAY_GRAM_BLOCKS) put_vector_block(out, c, b, s, &first);
        }
        assay_buffer_print(out, "},");
        put_similarities(out, c, v, head, &intercept);
        assay_buffer_print(out, ",");
    }
    put_number(out, "intercept", intercept);
    assay_buffer_print(out, "}");
}

/* ---- values ---- */

/* What a reader of the file should know of a value with few labels. */
static void put_note(assay_buffer *out, const assay_target *t) {
    const char *note = t->n == 0 ? "no labels: everything is unrelated"
                       : !t->allowed[0] && !t->allowed[2]
                           ? "fewer than 2 relevant texts: everything is unrelated"
                       : !t->allowed[0] ? "fewer than 2 opposing texts: none is called opposing"
                       : !t->allowed[2] ? "fewer than 2 adhering texts: none is called adhering"
                       : t->count[1] < ASSAY_LEAST_LABELS ? "fewer than 2 unrelated texts"
                                                          : NULL;
    if (note == NULL) return;
    assay_buffer_print(out, ",");
    put_string(out, "note", note);
}

static void put_figures(assay_buffer *out, const assay_confusion *confusion) {
    double accuracy, macro_f1;
    assay_confusion_figures(confusion, &accuracy, &macro_f1);
    assay_buffer_print(out, "\"figures\":{");
    put_number(out, "accuracy", accuracy);
    assay_buffer_print(out, ",");
    put_number(out, "macro_f1", macro_f1);
    assay_buffer_print(out, ",\"confusion\":[");
    for (size_t g = 0; g < 3; g++) {
        assay_buffer_print(out, "%s[%zu,%zu,%zu]", g > 0 ? "," : "", confusion->n[g][0],
                           confusion->n[g][1], confusion->n[g][2]);
    }
    assay_buffer_print(out, "]}");
}

static void put_value(assay_buffer *out, const assay_calibration *c, size_t v,
                      put_head_scratch *s) {
    double offset[3], shift[3];
    const assay_target *t = &c->targets[v];
    assay_buffer_print(out, "{");
    put_string(out, "value", assay_values_at(c->values, v)->id);
    assay_buffer_print(out, ",\"counts\":[%zu,%zu,%zu]", t->count[0], t->count[1], t->count[2]);
    put_note(out, t);
    assay_buffer_print(out, ",");
    put_figures(out, &c->learnt[v].confusion);
    assay_target_offsets(t, c->share, offset);
    assay_buffer_print(out, ",");
    put_numbers(out, "offsets", offset, 3);
    assay_target_shifts(t, c->scaling.prior, shift);
    assay_buffer_print(out, ",");
    put_numbers(out, "shifts", shift, 3);
    assay_buffer_print(out, ",\"texts\":[");
    for (size_t i = 0; i < t->n; i++) assay_buffer_print(out, "%s%u", i > 0 ? "," : "", t->text[i]);
    assay_buffer_print(out, "],\"labels\":[");
    for (size_t i = 0; i < t->n; i++)
        assay_buffer_print(out, "%s%d", i > 0 ? "," : "", t->label[i]);
    assay_buffer_print(out, "]");
    if (c->vectors != NULL && c->vectors->definitions != NULL) {
        assay_buffer_print(out, ",");
        put_floats(out, "definition", c->vectors->definitions + v * c->vectors->dim,
                   c->vectors->dim);
    }
    for (size_t head = 0; head < ASSAY_HEADS; head++) {
        assay_buffer_print(out, ",\"%s\":", assay_head_names[head]);
        put_head(out, c, v, head, s);
    }
    assay_buffer_print(out, "}");
}

static void put_summary(assay_buffer *out, const assay_calibration *c) {
    assay_confusion all = {0};
    double accuracy, macro_f1, sum = 0;
    size_t n_values = assay_values_count(c->values), n = 0;
    for (size_t v = 0; v < n_values; v++) {
        for (size_t k = 0; k < 9; k++)
            all.n[k / 3][k % 3] += c->learnt[v].confusion.n[k / 3][k % 3];
        if (c->targets[v].n == 0) continue;
        assay_confusion_figures(&c->learnt[v].confusion, &accuracy, &macro_f1);
        sum += macro_f1;
        n++;
    }
    assay_confusion_figures(&all, &accuracy, &macro_f1);
    assay_buffer_print(out, "\"figures\":{");
    put_number(out, "accuracy", accuracy);
    assay_buffer_print(out, ",");
    put_number(out, "macro_f1", n > 0 ? sum / (double)n : 0.0);
    assay_buffer_print(out, ",");
    put_number(out, "pooled_macro_f1", macro_f1);
    assay_buffer_print(out, "}");
}

static void put_origin(assay_buffer *out, const assay_calibration *c) {
    static const char *const aggregations[] = {"majority", "dawid-skene", "one-coin", "mace"};
    assay_buffer_print(out, "\"labels\":{");
    put_string(out, "sha256", assay_labels_sha256(c->labels));
    assay_buffer_print(out,
                       ",\"texts\":%zu,\"votes\":%zu},\"options\":{\"seed\":\"%llu\","
                       "\"folds\":%d,\"aggregation\":\"%s\",\"candidates\":%zu}",
                       assay_labels_n_texts(c->labels), assay_labels_n_votes(c->labels),
                       (unsigned long long)c->options->seed, c->options->n_folds,
                       aggregations[c->options->aggregation], c->n_candidates);
}

static void put_features(assay_buffer *out, const assay_calibration *c) {
    double scales[ASSAY_SHARED_BLOCKS];
    bool first = true;
    assay_buffer_print(out, "\"features\":[");
    for (unsigned b = 0; b < ASSAY_BLOCKS; b++) {
        if (b < ASSAY_SHARED_BLOCKS) scales[b] = c->products->scale[b];
        if (!(c->set & ASSAY_BLOCK_BIT(b))) continue;
        assay_buffer_print(out, "%s\"%s\"", first ? "" : ",", assay_block_names[b]);
        first = false;
    }
    assay_buffer_print(out, "],");
    put_numbers(out, "scales", scales, ASSAY_SHARED_BLOCKS);
    assay_buffer_print(out, ",\"encoder\":");
    if (c->vectors != NULL) {
        assay_buffer_print(out, "{");
        put_string(out, "name", c->vectors->name);
        assay_buffer_print(out, ",");
        put_string(out, "sha256", c->vectors->sha256);
        assay_buffer_print(out, ",\"dim\":%zu}", c->vectors->dim);
    } else {
        assay_buffer_print(out, "null");
    }
    assay_buffer_print(out, ",\"concepts\":");
    assay_json_string(out, c->concepts != NULL ? assay_concepts_sha256(c->concepts) : NULL);
}

assay_status assay_classifier_write(const assay_calibration *c, assay_buffer *out,
                                    assay_error *err) {
    size_t dim = c->vectors != NULL ? c->vectors->dim : 0;
    put_head_scratch s = {.dual = assay_alloc(c->products->n + 1, sizeof *s.dual),
                          .c = assay_alloc(c->products->n + 1, sizeof *s.c),
                          .sum = assay_alloc(dim + 1, sizeof *s.sum),
                          .w = assay_alloc(dim + 1, sizeof *s.w)};
    bool ok = s.dual != NULL && s.c != NULL && s.sum != NULL && s.w != NULL;
    assay_buffer_print(out, "{\"format\":%d,\"kind\":\"assay-classifier\",",
                       ASSAY_CLASSIFIER_FORMAT);
    assay_buffer_print(out, "\"values\":%s,", assay_values_json(c->values));
    put_origin(out, c);
    assay_buffer_print(out, ",");
    put_features(out, c);
    assay_buffer_print(out, ",");
    put_number(out, "strength", c->strength);
    assay_buffer_print(out, ",");
    put_number(out, "sharing", c->sharing);
    assay_buffer_print(out, ",");
    put_number(out, "temperature", c->scaling.temperature);
    assay_buffer_print(out, ",");
    put_summary(out, c);
    assay_buffer_print(out, ",");
    put_examples(out, c);
    assay_buffer_print(out, ",\"parts\":[");
    for (size_t v = 0; v < assay_values_count(c->values) && ok; v++) {
        if (v > 0) assay_buffer_print(out, ",");
        put_value(out, c, v, &s);
    }
    assay_buffer_print(out, "]}");
    free(s.dual);
    free(s.c);
    free(s.sum);
    free(s.w);
    ok = ok && !out->failed;
    return ok ? ASSAY_OK : assay_fail(err, ASSAY_E_MEMORY, "classifier: out of memory");
}
