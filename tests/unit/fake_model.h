/* A stand-in for the engine of assay.h, for tests of what lies above it: a token is a byte, log-probabilities come
 * from a hash of everything that the engine was given (image features, prompt, the option up to the token), so that a
 * byte that gets lost or exchanged on the way changes them. Its free answers are letters, some of them outside ASCII,
 * and half characters. It defines the engine's functions, so that the linker takes none of the real ones out of the
 * library. */
#ifndef ASSAY_TEST_FAKE_MODEL_H
#define ASSAY_TEST_FAKE_MODEL_H

#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "assay_generate.h"
#include "base/arena.h"
#include "base/sha256.h"
#include "format/image/image.h"
#include "model/utf8_stream.h"

/* seed goes into the hash of the weights and into all numbers. */
static assay_model *fake_model_create(unsigned seed, bool vision);

typedef struct fake_counts {
    int encoded, prefilled, scored; /* calls that succeeded; each token of an answer is prefilled */
    int fail_after;    /* calls of encode_image, prefill and score until one fails with E_CANCELLED;
                          negative: never */
    bool not_a_number; /* the next scores hold a NaN */
    bool speaks_no_number; /* so does the next token of an answer */
    int n_context;         /* tokens [FAKE_CONTEXT] */
    unsigned noise;        /* goes into all numbers, but not into the hash of the weights */
    unsigned answer_noise; /* goes into answers alone */
} fake_counts;
static inline fake_counts *fake_session_counts(assay_session *session);

enum {
    FAKE_SIZE = 4,
    FAKE_TOKENS = 3,
    FAKE_DIM = 2,
    FAKE_IMAGE_TOKEN = 300,
    FAKE_ASSISTANT = 301,
    FAKE_FINAL = 302,
    FAKE_STOP = 303,
    FAKE_CONTEXT = 4096
};

struct assay_model {
    unsigned seed;
    char text_sha256[65], vision_sha256[65];
    char bytes[256]; /* of the tokens */
    assay_model_info info;
};

struct assay_session {
    const assay_model *model;
    size_t length;
    uint64_t timeline; /* hash of what was appended */
    fake_counts counts;
};

static uint64_t mix(uint64_t h, const void *bytes, size_t n) {
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 0x100000001B3u;
    return h;
}

static assay_model *fake_model_create(unsigned seed, bool vision) {
    assay_model *m = calloc(1, sizeof *m);
    if (m == NULL) return NULL;
    m->seed = seed;
    for (int i = 0; i < 256; i++) m->bytes[i] = (char)i;
    memcpy(m->text_sha256, assay_sha256_of(&seed, sizeof seed).hex, 65);
    if (vision) memcpy(m->vision_sha256, assay_sha256_of("vision", 6).hex, 65);
    m->info = (assay_model_info){.name = "fake \"\xFF\"",
                                 .text_sha256 = m->text_sha256,
                                 .vision_sha256 = m->vision_sha256,
                                 .n_vocab = 512,
                                 .dim = FAKE_DIM,
                                 .n_context = FAKE_CONTEXT};
    if (vision) {
        m->info.image_size = FAKE_SIZE;
        m->info.image_tokens = FAKE_TOKENS;
    }
    return m;
}

static inline fake_counts *fake_session_counts(assay_session *session) {
    return &session->counts;
}

void assay_model_destroy(assay_model *model) {
    free(model);
}

const assay_model_info *assay_model_get_info(const assay_model *model) {
    return &model->info;
}

assay_status assay_model_tokenize(const assay_model *model, const char *text, size_t n_bytes,
                                  int32_t *ids, size_t cap, size_t *n, assay_error *err) {
    (void)model;
    (void)err;
    *n = n_bytes;
    for (size_t i = 0; i < n_bytes && i < cap; i++) ids[i] = (uint8_t)text[i];
    return ASSAY_OK;
}

assay_session_options assay_session_defaults(void) {
    return (assay_session_options){0};
}

assay_status assay_session_create(const assay_model *model, const assay_session_options *options,
                                  assay_session **out, assay_error *err) {
    (void)options;
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return assay_fail(err, ASSAY_E_MEMORY, "fake: out of memory");
    (*out)->model = model;
    (*out)->counts.fail_after = -1;
    (*out)->counts.n_context = FAKE_CONTEXT;
    return ASSAY_OK;
}

void assay_session_destroy(assay_session *session) {
    free(session);
}

size_t assay_session_length(const assay_session *s) {
    return s->length;
}

assay_status assay_session_truncate(assay_session *s, size_t length, assay_error *err) {
    if (length != 0) return assay_fail(err, ASSAY_E_ARGUMENT, "fake: truncates to nothing only");
    s->length = 0;
    s->timeline = mix(14695981039346656037u, &s->model->seed, sizeof s->model->seed);
    return ASSAY_OK;
}

static bool fails_now(assay_session *s) {
    if (s->counts.fail_after < 0) return false;
    return s->counts.fail_after-- == 0;
}

assay_status assay_session_encode_image(assay_session *s, const uint8_t *pixels, float *features,
                                        assay_error *err) {
    if (fails_now(s)) return assay_fail(err, ASSAY_E_CANCELLED, "fake: encode cancelled");
    uint64_t h = mix(s->model->seed, pixels, FAKE_SIZE * FAKE_SIZE * 3);
    for (int i = 0; i < FAKE_TOKENS * FAKE_DIM; i++) features[i] = (float)((h >> i) & 0xFFFF);
    s->counts.encoded++;
    return ASSAY_OK;
}

assay_status assay_session_prefill(assay_session *s, const assay_prompt *prompt, assay_error *err) {
    size_t images = 0;
    if (fails_now(s)) return assay_fail(err, ASSAY_E_CANCELLED, "fake: prefill cancelled");
    if (s->length + prompt->n_ids > (size_t)s->counts.n_context)
        return assay_fail(err, ASSAY_E_LIMIT, "fake: prompt longer than the context");
    for (size_t i = 0; i < prompt->n_ids; i++) images += prompt->ids[i] == FAKE_IMAGE_TOKEN;
    if (images != prompt->n_features)
        return assay_fail(err, ASSAY_E_ARGUMENT, "fake: %zu image tokens, %zu features", images,
                          prompt->n_features);
    s->timeline = mix(s->timeline, prompt->ids, prompt->n_ids * sizeof *prompt->ids);
    if (images > 0)
        s->timeline =
            mix(s->timeline, prompt->features, images * FAKE_DIM * sizeof *prompt->features);
    s->length += prompt->n_ids;
    s->counts.prefilled++;
    return ASSAY_OK;
}

/* -8 to 0, on a coarse grid: ties between options happen now and then. */
assay_status assay_session_score(assay_session *s, const assay_option *options, size_t n_options,
                                 assay_error *err) {
    if (fails_now(s)) return assay_fail(err, ASSAY_E_CANCELLED, "fake: score cancelled");
    if (s->length == 0) return assay_fail(err, ASSAY_E_ARGUMENT, "fake: empty timeline");
    for (size_t i = 0; i < n_options; i++) {
        uint64_t h = mix(s->timeline, &s->counts.noise, sizeof s->counts.noise);
        for (size_t t = 0; t < options[i].n_ids; t++) {
            h = mix(h, &options[i].ids[t], sizeof options[i].ids[t]);
            options[i].logprobs[t] = -(float)((h >> 20) % 4096) / 512.0f;
        }
    }
    if (s->counts.not_a_number) options[0].logprobs[0] = (float)(1e300 * 1e300 - 1e300 * 1e300);
    s->counts.not_a_number = false;
    s->counts.scored++;
    return ASSAY_OK;
}

const char *assay_model_token(const assay_model *model, int32_t id, size_t *n_bytes) {
    *n_bytes = id >= 0 && id < 256;
    return *n_bytes ? model->bytes + id : "";
}

bool assay_model_is_stop(const assay_model *model, int32_t id) {
    (void)model;
    return id == FAKE_STOP;
}

/* ---- answers ---- */

struct assay_generator {
    assay_session *session;
    assay_utf8_stream utf8;
    char text[16];
    int n, max_tokens;
    assay_generate_end end;
};

assay_generate_options assay_generate_defaults(void) {
    return (assay_generate_options){.top_p = 1, .repetition_penalty = 1, .stop_tokens = true};
}

assay_status assay_generator_create(assay_session *session, const assay_generate_options *options,
                                    assay_generator **out, assay_error *err) {
    if (options->temperature > 0 || !options->stop_tokens || session->length == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "fake: answers greedily behind a prompt only");
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return assay_fail(err, ASSAY_E_MEMORY, "fake: out of memory");
    (*out)->session = session;
    (*out)->max_tokens = options->max_tokens;
    return ASSAY_OK;
}

void assay_generator_destroy(assay_generator *generator) {
    free(generator);
}

/* Letters; now and then the first byte of a character of two, the second one without it, or the end. */
static int32_t fake_token(uint64_t h) {
    switch (h >> 20 & 15) {
    case 0:
        return FAKE_STOP;
    case 1:
        return 0xC3;
    case 2:
        return 0xA4;
    case 3:
        return ' ';
    default:
        return (int32_t)('a' + (h >> 30) % 26);
    }
}

assay_status assay_generator_next(assay_generator *g, assay_piece *out, assay_error *err) {
    assay_session *s = g->session;
    uint64_t h = mix(s->timeline, &s->counts.noise, sizeof s->counts.noise);
    h = mix(h, &s->counts.answer_noise, sizeof s->counts.answer_noise);
    int32_t id = fake_token(mix(h, "answer", 6));
    size_t n = 0;
    *out = (assay_piece){.id = -1, .text = g->text, .stop = -1, .complete = true, .choice = -1};
    if (g->end != ASSAY_END_NONE) {
        out->end = g->end;
        return ASSAY_OK;
    }
    if (s->length >= (size_t)s->counts.n_context) {
        g->end = ASSAY_END_CONTEXT;
    } else if (id == FAKE_STOP) {
        g->end = ASSAY_END_STOP;
    } else {
        const assay_prompt prompt = {&id, 1, NULL, 0};
        const char byte = (char)id;
        assay_status status = assay_session_prefill(s, &prompt, err);
        if (status != ASSAY_OK) return status;
        n = assay_utf8_stream_push(&g->utf8, &byte, 1, g->text);
        if (++g->n == g->max_tokens) g->end = ASSAY_END_LENGTH;
    }
    if (g->end != ASSAY_END_NONE) n += assay_utf8_stream_end(&g->utf8, g->text + n);
    if (g->end != ASSAY_END_CONTEXT) {
        out->id = id;
        out->logprob = -(float)((h >> 20) % 4096) / 512.0f;
    }
    if (s->counts.speaks_no_number) out->logprob = (float)(1e300 * 1e300 - 1e300 * 1e300);
    s->counts.speaks_no_number = false;
    out->n_bytes = n;
    out->end = g->end;
    return ASSAY_OK;
}

/* ---- prompts ---- */

assay_status assay_model_chat(const assay_model *model, const assay_chat_message *messages,
                              size_t n_messages, bool answer, int32_t **ids, size_t *n,
                              assay_error *err) {
    const assay_chat_message *m = &messages[0];
    size_t most = 1, at = 0;
    (void)model;
    if (n_messages != 1 || !answer) return assay_fail(err, ASSAY_E_ARGUMENT, "fake: no question");
    for (size_t i = 0; i < m->n_parts; i++) {
        size_t tiles = (size_t)(m->parts[i].rows * m->parts[i].cols) + 1;
        most += m->parts[i].text != NULL ? strlen(m->parts[i].text) : tiles * FAKE_TOKENS + 1;
    }
    *ids = calloc(most, sizeof **ids);
    if (*ids == NULL) return assay_fail(err, ASSAY_E_MEMORY, "fake: out of memory");
    for (size_t i = 0; i < m->n_parts; i++) {
        const assay_chat_part *part = &m->parts[i];
        size_t tokens = ((size_t)(part->rows * part->cols) + 1) * FAKE_TOKENS;
        for (const char *c = part->text; c != NULL && *c != '\0'; c++) (*ids)[at++] = (uint8_t)*c;
        if (part->text != NULL) continue;
        for (size_t t = 0; t < tokens; t++) (*ids)[at++] = FAKE_IMAGE_TOKEN;
        (*ids)[at++] = FAKE_FINAL;
    }
    (*ids)[at++] = FAKE_ASSISTANT;
    *n = at;
    return ASSAY_OK;
}

/* One tile, or a grid of tile_edge x tile_edge that differ. */
assay_status assay_model_preprocess(const assay_model *model, const uint8_t *encoded, size_t n,
                                    const char *what, int tile_edge, assay_tiles *out,
                                    assay_error *err) {
    assay_image image = {0}, tile = {0};
    size_t bytes = FAKE_SIZE * FAKE_SIZE * 3;
    int edge = tile_edge > 1 ? tile_edge : 0;
    (void)model;
    *out = (assay_tiles){edge, edge, edge * edge + 1, NULL};
    assay_status status = assay_image_decode(encoded, n, what, &image, err);
    if (status == ASSAY_OK) status = assay_image_resize(&image, FAKE_SIZE, FAKE_SIZE, &tile, err);
    if (status == ASSAY_OK) out->pixels = calloc((size_t)out->n, bytes);
    if (status == ASSAY_OK && out->pixels == NULL)
        status = assay_fail(err, ASSAY_E_MEMORY, "fake: out of memory");
    for (size_t i = 0; status == ASSAY_OK && i < (size_t)out->n; i++) {
        memcpy(out->pixels + i * bytes, tile.rgb, bytes);
        out->pixels[i * bytes] = (uint8_t)i;
    }
    assay_image_free(&image);
    assay_image_free(&tile);
    return status;
}

void assay_tiles_free(assay_tiles *tiles) {
    free(tiles->pixels);
    *tiles = (assay_tiles){0};
}

#endif
