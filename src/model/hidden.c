/* Hidden states of any layer, row by row or pooled. The slots behind the timeline are free, so the
 * prompt's keys and values go there and are forgotten: nothing above the layer was computed that
 * could go on from them. */
#include <string.h>

#include "assay_encoder.h"
#include "model/decoder.h"
#include "model/pooling.h"

/* Where rows go: to `hidden`, or with NULL to the pooler. */
typedef struct row_sink {
    float *hidden; /* the next row's place */
    assay_pooler *pooler;
} row_sink;

/* Rows [n, dim] of the layer, from the work's x. */
static void take_rows(assay_session *s, const assay_decoder_work *work, size_t n, int layer,
                      row_sink *sink) {
    size_t dim = (size_t)s->model->text.dim;
    const float *rows = work->x;
    if (layer == s->model->text.n_layers) {
        assay_decoder_norm(s, work->x, (int)n, work->h);
        rows = work->h;
    }
    if (sink->hidden == NULL) {
        assay_pooler_add(sink->pooler, rows, n);
    } else {
        memcpy(sink->hidden, rows, n * dim * sizeof *rows);
        sink->hidden += n * dim;
    }
}

static assay_status run_batches(assay_session *s, const assay_prompt *prompt, int layer,
                                row_sink *sink, assay_error *err) {
    assay_decoder_work work;
    size_t n_used = 0, done = 0;
    assay_status status = assay_decoder_work_make(s, s->n_batch, &work, err);
    while (status == ASSAY_OK && done < prompt->n_ids) {
        size_t left = prompt->n_ids - done;
        int n = left < (size_t)s->n_batch ? (int)left : s->n_batch, first = (int)(s->length + done);
        assay_decoder_embed(s, prompt->ids + done, n, prompt->features, &n_used, &work);
        for (int i = 0; i < n; i++) {
            work.positions[i] = first + i;
            work.spans[i] = (assay_span){.prefix = first + i + 1};
        }
        double total = (double)prompt->n_ids;
        status = assay_decoder_run_layers(s, &work, n, first, layer, (double)done / total,
                                          (double)n / total, err);
        if (status == ASSAY_OK) take_rows(s, &work, (size_t)n, layer, sink);
        done += (size_t)n;
    }
    return status;
}

static assay_status run_checked(assay_session *s, const assay_prompt *prompt, int layer,
                                row_sink *sink, assay_error *err) {
    if (layer < 0 || layer > s->model->text.n_layers) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "session: hidden states of layer %d, the model has 0 (embeddings) to %d",
                          layer, s->model->text.n_layers);
    }
    size_t mark = assay_arena_mark(&s->arena);
    assay_status status = assay_session_check_prompt(s, prompt, err);
    if (status == ASSAY_OK) status = run_batches(s, prompt, layer, sink, err);
    assay_arena_reset(&s->arena, mark);
    return status;
}

assay_status assay_session_hidden_layer(assay_session *s, const assay_prompt *prompt, int layer,
                                        float *hidden, assay_error *err) {
    row_sink sink = {.hidden = hidden};
    return run_checked(s, prompt, layer, &sink, err);
}

assay_status assay_session_embed(assay_session *s, const assay_prompt *prompt, int layer,
                                 assay_pooling pooling, bool normalize, float *out,
                                 assay_error *err) {
    if ((int)pooling < 0 || (int)pooling > ASSAY_POOLING_LAST)
        return assay_fail(err, ASSAY_E_ARGUMENT, "session: no pooling has the number %d",
                          (int)pooling);
    if (prompt->n_ids == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "session: a text without tokens");
    if (pooling == ASSAY_POOLING_DEFAULT) pooling = ASSAY_POOLING_MEAN;
    assay_pooler pooler = assay_pooler_start(pooling, (size_t)s->model->text.dim, out);
    row_sink sink = {.pooler = &pooler};
    assay_status status = run_checked(s, prompt, layer, &sink, err);
    if (status != ASSAY_OK || assay_pooler_finish(&pooler, normalize)) return status;
    return assay_fail(err, ASSAY_E_FORMAT, "session: the model gives no finite numbers");
}
