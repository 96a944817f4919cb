/* Text from a model, token by token: sampling, stopping, streaming, and answers held to a form.
 *
 * Objects and lifetimes:   session (assay.h; holds the timeline)
 *                            > generator (continues that timeline; borrows the session, one at a time)
 *                              > piece (what one token added; good until the generator's next call)
 * A generator keeps all its memory from create on: a step allocates nothing. */
#ifndef ASSAY_GENERATE_H
#define ASSAY_GENERATE_H

#include "assay.h"

typedef struct assay_generator assay_generator;

/* ---- the prompt ---- */

/* An encoded image (PNG or JPEG). */
typedef struct assay_ask_image {
    const uint8_t *bytes;
    size_t n;
    const char *what; /* file name for error sentences, or NULL */
} assay_ask_image;

/* One turn of the user: images, then text. */
typedef struct assay_ask {
    const char *text; /* UTF-8; special tokens' names in it are plain text */
    const assay_ask_image *images;
    size_t n_images;
    int tile_edge; /* tiles along an image's longer edge, 1 ... ASSAY_MAX_TILE_EDGE; 0 = 1 */
    bool raw;      /* the text alone, without the chat template and without images */
} assay_ask;

/* Appends the turn to the timeline and asks for an answer: on an empty timeline the conversation begins
 * ("<|im_start|>User:..."), else it goes on behind the answer that stands at its end, which is closed first
 * ("<end_of_utterance>\n"): nothing is computed twice. On failure the timeline is as before. E_LIMIT when it
 * does not fit the context, E_ARGUMENT (images without vision, an empty raw text). */
assay_status assay_session_ask(assay_session *session, const assay_ask *ask, assay_error *err);

/* ---- options ---- */

/* What an answer may be: one of several texts, or all texts of a regular expression, as a whole.
 * One space may come before it, because answers after "Assistant:" begin with one.
 *
 * A choice wins when the text is exactly that choice; of equal choices the first. Tokens are chosen one by one: the
 * likeliest choice as a whole is what assay_session_score tells.
 *
 * Regular expressions: characters, . (not \n), [a-z] and [^a-z], ( ), (?: ), |, * + ? {m} {m,} {m,n} (up to 1000),
 * \d \w \s and \D \W \S (ASCII), \n \r \t, and a backslash before punctuation. They are over UTF-8 characters, so
 * what comes out is valid UTF-8. No anchors (it is always the whole text), look-around, back-references or lazy
 * forms: E_UNSUPPORTED. Turned into a table of states once; one that would grow too large is refused (E_LIMIT). */
typedef struct assay_constraint {
    const char *const *choices; /* [n_choices], none empty; NULL: no choices */
    size_t n_choices;           /* up to ASSAY_MAX_CHOICES */
    const char *regex;          /* or NULL; not both */
} assay_constraint;

#define ASSAY_MAX_CHOICES    256
#define ASSAY_MAX_STOPS      16
#define ASSAY_MAX_STOP_BYTES 256

/* A step works on the logits in this order:
 *   1. tokens that may not be: control tokens (image tokens among them) and empty ones always; stop tokens where
 *      stop_tokens is false or the constraint is not satisfied yet; what the constraint does not allow
 *   2. repetition penalty (Keskar et al. 2019, CTRL): logits of tokens said before, l / penalty where l > 0, else
 *      l * penalty; once a token, however often it was said
 *   3. temperature: l / temperature. At 0 the largest logit is taken, and the rest is skipped
 *   4. top-k: the k largest
 *   5. top-p (Holtzman et al. 2020): of these, with probabilities that sum to 1, the smallest set of the likeliest
 *      with a sum of at least p
 *   6. min-p: of these, those with at least min_p times the probability of the likeliest
 *   7. a draw in proportion to what is left
 * Of equal logits the lower id comes first. The same options, seed and timeline give the same tokens in every build,
 * with any number of threads. */
typedef struct assay_generate_options {
    float temperature;        /* 0 ... 100 [0: greedy] */
    int top_k;                /* 0: all [0] */
    float top_p;              /* above 0, up to 1 [1: all] */
    float min_p;              /* 0 ... 1 [0: all] */
    float repetition_penalty; /* 0.01 ... 100 [1: none] */
    int penalty_window;       /* last tokens that it looks at; 0: all [64] */
    /* Tokens said before this generator started, for the penalty; copied. Without them only its own tokens count, as in
     * the paper; Hugging Face and llama.cpp give the prompt's too. */
    const int32_t *history; /* [n_history], or NULL */
    size_t n_history;
    uint64_t seed, stream;    /* stream: independent sequences of one seed [0, 0] */
    int max_tokens;           /* 0: until the context is full [0] */
    bool stop_tokens;         /* end at the model's stop tokens [true] */
    const char *const *stops; /* [n_stops] UTF-8 texts to end at, up to ASSAY_MAX_STOP_BYTES */
    size_t n_stops;           /* up to ASSAY_MAX_STOPS */
    assay_constraint constraint;
} assay_generate_options;
assay_generate_options assay_generate_defaults(void);

/* ---- generation ---- */

typedef enum assay_generate_end {
    ASSAY_END_NONE,       /* it goes on */
    ASSAY_END_STOP,       /* the model's stop token, which is not in the timeline */
    ASSAY_END_TEXT,       /* a stop text: not part of the text, but of the timeline */
    ASSAY_END_CONSTRAINT, /* the text satisfies the constraint, and nothing longer would */
    ASSAY_END_LENGTH,     /* max_tokens */
    ASSAY_END_CONTEXT,    /* the context is full */
    ASSAY_END_CANCELLED   /* this step was; the next call goes on */
} assay_generate_end;
const char *assay_generate_end_name(assay_generate_end end); /* "stop", "text", ...; "" for NONE */

typedef struct assay_piece {
    int32_t id;       /* the token; -1 when this step drew none */
    float logprob;    /* of the token by the model itself: before the steps 1 ... 7 */
    const char *text; /* what can be shown now: whole UTF-8 characters; may be empty */
    size_t n_bytes;   /* of text, which has no NUL behind it */
    assay_generate_end end;
    int stop;      /* index of the stop text, or -1 */
    bool complete; /* the text so far satisfies the constraint; true without one */
    int choice;    /* index of the choice that it is, or -1 */
} assay_piece;

/* options NULL: the defaults. The options and their strings are borrowed during the call only. */
assay_status assay_generator_create(assay_session *session, const assay_generate_options *options,
                                    assay_generator **out, assay_error *err);
/* The same with options as JSON: {"temperature":0.7,"top_k":40,"top_p":0.9,"min_p":0.05,"repetition_penalty":1.1,
 * "penalty_window":64,"seed":1,"stream":0,"max_tokens":100,"stop_tokens":true,"stops":[...],"choices":[...],
 * "regex":"..."}; each may be left out, others are refused (E_FORMAT). Seeds go up to 2^53. n bytes. */
assay_status assay_generator_create_json(assay_session *session, const char *json, size_t n,
                                         assay_generator **out, assay_error *err);
void assay_generator_destroy(assay_generator *generator); /* NULL is fine; the session stays */

/* Draws a token, appends it to the timeline and says what it added. The timeline must not be empty, end in a token that
 * was just appended, and be left alone between steps.
 *
 * Text comes late by what may still change: an incomplete UTF-8 character, the beginning of a stop text. At the end
 * all of it comes; bytes that are no UTF-8 become U+FFFD (one for each maximal part, as Unicode recommends), and so
 * does a NUL.
 * After the end every call gives an empty piece with the same end.
 *
 * On failure the token is not in the timeline and not lost: the next call appends it (E_CANCELLED by the
 * session's progress function; out->end then says so). E_FORMAT when the logits are not finite numbers,
 * E_UNSUPPORTED when no token of the vocabulary goes on where the constraint stands. */
assay_status assay_generator_next(assay_generator *generator, assay_piece *out, assay_error *err);

#endif
