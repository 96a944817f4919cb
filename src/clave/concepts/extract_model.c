/* Concepts by the loaded language model: one question a text, an answer held to lines of a few plain words. */
#include "assay_concepts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay_generate.h"
#include "model/model.h"

#define MOST_BYTES    6000 /* of scenario and of response, each, at the first try */
#define LEAST_BYTES   100
#define ANSWER_TOKENS 40 /* room that is kept for each phrase */
/* 2 to 12 words, of which the first begins with a capital. */
#define PHRASE "[A-Z][a-z'-]+( [a-z][a-z'-]*){1,11}"

typedef struct by_model {
    assay_session *session;
} by_model;

/* Asks with as much of the text as leaves room for the answer. */
static assay_status ask(assay_session *session, const assay_extract_request *r, assay_error *err) {
    int n_context = session->n_context;
    assay_status status = ASSAY_E_LIMIT;
    for (size_t bytes = MOST_BYTES; status == ASSAY_E_LIMIT && bytes >= LEAST_BYTES; bytes /= 2) {
        assay_buffer prompt = {0};
        assay_error inner = {0};
        status = assay_session_truncate(session, 0, err);
        if (status != ASSAY_OK) return status;
        assay_extract_prompt(r, bytes, &prompt);
        const assay_ask turn = {.text = prompt.data};
        status = prompt.failed ? assay_fail(&inner, ASSAY_E_MEMORY, "concepts: out of memory")
                               : assay_session_ask(session, &turn, &inner);
        assay_buffer_free(&prompt);
        if (status == ASSAY_OK &&
            assay_session_length(session) + r->k * ANSWER_TOKENS > (size_t)n_context)
            status = assay_fail(&inner, ASSAY_E_LIMIT, "no room for an answer");
        if (status != ASSAY_OK && status != ASSAY_E_LIMIT)
            return assay_fail(err, status, "%s", inner.text);
    }
    if (status == ASSAY_OK) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_LIMIT,
                      "concepts: a context of %d tokens is too short for the question about %.60s",
                      n_context, r->value->id);
}

/* The answer so far; what the constraint lets through is ASCII. */
static assay_status answer(assay_session *session, const assay_generate_options *options,
                           assay_buffer *out, bool *complete, assay_error *err) {
    assay_generator *generator = NULL;
    assay_piece piece = {0};
    assay_status status = assay_generator_create(session, options, &generator, err);
    while (status == ASSAY_OK && piece.end == ASSAY_END_NONE) {
        status = assay_generator_next(generator, &piece, err);
        if (status == ASSAY_OK) assay_buffer_append(out, piece.text, piece.n_bytes);
    }
    *complete = piece.complete;
    assay_generator_destroy(generator);
    if (status == ASSAY_OK && out->failed)
        status = assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    return status;
}

/* Without a label the model says the direction too, of all phrases at once. */
static assay_status say_direction(assay_session *session, assay_valence *out, assay_error *err) {
    static const char *const choices[] = {"adheres", "opposes"};
    static const char question[] =
        "Does the response adhere to the value or oppose it? Answer adheres or opposes.";
    assay_generate_options options = assay_generate_defaults();
    assay_buffer text = {0};
    bool complete;
    const assay_ask turn = {.text = question};
    options.constraint.choices = choices;
    options.constraint.n_choices = 2;
    assay_status status = assay_session_ask(session, &turn, err);
    if (status == ASSAY_OK) status = answer(session, &options, &text, &complete, err);
    *out = text.len > 0 && strstr(text.data, "opposes") != NULL ? ASSAY_OPPOSES : ASSAY_ADHERES;
    assay_buffer_free(&text);
    return status;
}

static size_t take_lines(const char *text, size_t k, assay_valence valence, assay_phrase *out) {
    size_t n = 0;
    while (*text != '\0' && n < k) {
        size_t length = strcspn(text, "\n");
        bool twice = false;
        if (assay_concept_clean(text, length, out[n].text)) {
            for (size_t i = 0; i < n; i++) twice = twice || strcmp(out[i].text, out[n].text) == 0;
            out[n].valence = valence;
            n += twice ? 0 : 1;
        }
        text += length + (text[length] == '\n');
    }
    return n;
}

/* The last line may be broken off where the tokens ran out. */
static void drop_broken_line(assay_buffer *text) {
    while (text->len > 0 && text->data[text->len - 1] != '\n') text->len--;
    text->data[text->len] = '\0';
}

static assay_status extract(void *context, const assay_extract_request *r, assay_phrase *out,
                            size_t *n, assay_error *err) {
    by_model *m = context;
    assay_generate_options options = assay_generate_defaults();
    assay_buffer text = {0};
    assay_valence valence = r->labelled ? r->label : ASSAY_ADHERES;
    char regex[160];
    bool complete = false;
    *n = 0;
    if (r->k > 1)
        snprintf(regex, sizeof regex, "%s(\n%s){0,%zu}", PHRASE, PHRASE, r->k - 1);
    else
        snprintf(regex, sizeof regex, "%s", PHRASE);
    options.constraint.regex = regex;
    options.max_tokens = (int)(r->k * ANSWER_TOKENS);
    options.repetition_penalty = 1.2f; /* small models repeat their first line otherwise */
    assay_status status = ask(m->session, r, err);
    if (status == ASSAY_OK) status = answer(m->session, &options, &text, &complete, err);
    if (status == ASSAY_OK && !complete && text.len > 0) drop_broken_line(&text);
    if (status == ASSAY_OK && !r->labelled) status = say_direction(m->session, &valence, err);
    if (status == ASSAY_OK && text.len > 0) *n = take_lines(text.data, r->k, valence, out);
    assay_buffer_free(&text);
    return status;
}

assay_status assay_extractor_model(assay_session *session, assay_extractor *out, assay_error *err) {
    by_model *m = assay_alloc(1, sizeof *m);
    *out = (assay_extractor){0};
    if (m == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    m->session = session;
    *out = (assay_extractor){.context = m, .name = "model", .extract = extract, .destroy = free};
    return ASSAY_OK;
}
