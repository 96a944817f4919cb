/* Assay's engine: a small multimodal language model (idefics3: SigLIP vision tower, pixel shuffle, llama
 * decoder) out of GGUF files, run on the CPU with the same bits everywhere.
 *
 * Objects and lifetimes:   model (immutable, shared by any number of sessions and threads)
 *                            > session (one timeline with its key/value store; one thread at a time)
 *                              > call (prefill, score, decode: leaves no pointer behind)
 * A pool of threads is lent to a session and must outlive it. Nothing here prints, exits or reads files. */
#ifndef ASSAY_H
#define ASSAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/status.h"

#define ASSAY_VERSION "0.1.0"

typedef struct assay_model assay_model;
typedef struct assay_session assay_session;

/* ---- model ---- */

/* A GGUF file in memory. `bytes` comes from malloc; assay_model_create takes it over, on failure too: weights are
 * repacked inside it, so that the file is never held twice. */
typedef struct assay_model_file {
    uint8_t *bytes;
    size_t n;
    const char *what; /* file name for error sentences; borrowed during create */
} assay_model_file;

/* `text` [n_text] is the language model: one file, or all parts of a split one (-00001-of-0000N.gguf), in any
 * order. `vision` is the mmproj file (bytes NULL: a model without eyes). The array itself is borrowed.
 * E_FORMAT, E_UNSUPPORTED (architecture, tensor type), E_LIMIT, E_MEMORY. */
assay_status assay_model_create(const assay_model_file *text, size_t n_text,
                                assay_model_file vision, assay_model **out, assay_error *err);
void assay_model_destroy(assay_model *model); /* NULL is fine */

typedef struct assay_model_info {
    const char *name; /* general.name, or "" */
    /* Of the files as given (parts one behind the other, in their order); "" when there is none. */
    const char *text_sha256, *vision_sha256;
    int n_vocab, n_layers, n_heads, n_kv_heads, head_dim, dim, ffn_dim, n_context;
    int image_size;   /* pixels, square tile; 0 without vision */
    int image_tokens; /* of one tile */
    int vision_layers, vision_dim;
    uint64_t n_parameters, n_bytes;
} assay_model_info;
const assay_model_info *assay_model_get_info(const assay_model *model);

/* ---- text ---- */

/* Ids of UTF-8 text, no BOS/EOS, specials as plain text. Writes at most `cap`; *n is the full count. */
assay_status assay_model_tokenize(const assay_model *model, const char *text, size_t n_bytes,
                                  int32_t *ids, size_t cap, size_t *n, assay_error *err);
/* Bytes of one token; owned by the model; not NUL-terminated. */
const char *assay_model_token(const assay_model *model, int32_t id, size_t *n_bytes);

/* ---- session ---- */

typedef struct assay_session_options {
    int n_context;       /* slots of the key/value store; 0 = the model's own, at most 4096 */
    int n_batch;         /* tokens that go through the layers together; 0 = 512 */
    const char *kernels; /* "scalar", "simd", NULL = best */
    assay_pool *pool;    /* lent; NULL = one thread */
    /* Called now and then during long calls with the share done (0..1); non-zero return cancels (E_CANCELLED). */
    int (*progress)(void *context, double done);
    void *progress_context;
} assay_session_options;
assay_session_options assay_session_defaults(void);

assay_status assay_session_create(const assay_model *model, const assay_session_options *options,
                                  assay_session **out, assay_error *err);
void assay_session_destroy(assay_session *session);

/* Image features of one tile: pixels [image_size, image_size, 3] 8-bit RGB -> features [image_tokens, dim]. */
assay_status assay_session_encode_image(assay_session *s, const uint8_t *pixels, float *features,
                                        assay_error *err);

/* A prompt: token ids, and for each id that is the model's image token, in order, one row of `features`. */
typedef struct assay_prompt {
    const int32_t *ids;
    size_t n_ids;
    const float *features; /* [number of image tokens in ids, dim], or NULL */
    size_t n_features;
} assay_prompt;

/* Appends the prompt to the timeline. E_LIMIT when it does not fit the context. */
assay_status assay_session_prefill(assay_session *s, const assay_prompt *prompt, assay_error *err);
/* Tokens in the timeline. */
size_t assay_session_length(const assay_session *s);
/* Forgets everything after the first `length` tokens (the logits of the last token are forgotten too). */
assay_status assay_session_truncate(assay_session *s, size_t length, assay_error *err);
/* Log-probabilities of the next token, [n_vocab], after prefill; within 1e-6 of what assay_session_score gives. */
assay_status assay_session_logits(assay_session *s, float *logits, assay_error *err);

/* Continuations of the timeline, scored in one batch; the timeline itself stays as it is. For option i, token t:
 * logprobs[i][t] = log p(ids[i][t] | timeline, ids[i][0..t-1]). Needs a timeline of at least one token. The result does not depend on
 * how many options are scored together, nor need they fit the context together. E_LIMIT when one does not fit it alone, E_FORMAT when the
 * model gives no finite numbers. */
typedef struct assay_option {
    const int32_t *ids;
    size_t n_ids;
    float *logprobs; /* [n_ids], out */
} assay_option;
assay_status assay_session_score(assay_session *s, const assay_option *options, size_t n_options,
                                 assay_error *err);

/* Hidden state of every appended token after the last norm, for tests: as prefill, and writes [n_ids, dim]. */
assay_status assay_session_hidden(assay_session *s, const assay_prompt *prompt, float *hidden,
                                  assay_error *err);

/* ---- images ---- */

/* The tiles of one image, as the vision tower takes them. */
typedef struct assay_tiles {
    int rows, cols;  /* of the grid; 0, 0: the image is one tile, without a grid */
    int n;           /* rows * cols + 1: row by row, then the global image; or 1 */
    uint8_t *pixels; /* [n, image_size, image_size, 3] 8-bit RGB, owned: assay_tiles_free */
} assay_tiles;

#define ASSAY_MAX_TILE_EDGE                                                                        \
    6 /* rows or columns: the vocabulary has <row_1_col_1> to <row_6_col_6> */

/* An encoded image (PNG or JPEG) to tiles, as Hugging Face's slow SmolVLM processor makes them with
 * size.longest_edge = tile_edge * image_size, bit for bit: longest edge there (up or down), then both edges to
 * multiples of image_size, cut into tiles, and the whole of it as the global image, all by PIL's LANCZOS.
 * tile_edge 1: one tile. E_ARGUMENT without vision or for a tile_edge outside 1 ... ASSAY_MAX_TILE_EDGE. */
assay_status assay_model_preprocess(const assay_model *model, const uint8_t *encoded, size_t n,
                                    const char *what, int tile_edge, assay_tiles *out,
                                    assay_error *err);
void assay_tiles_free(assay_tiles *tiles); /* a zeroed one is fine; leaves it zeroed */

/* ---- chat: the idefics3 template (Hugging Face SmolVLM) ---- */

typedef enum assay_role { ASSAY_USER, ASSAY_ASSISTANT, ASSAY_SYSTEM } assay_role;

/* A piece of a message: text, or an image of that grid (0, 0: one tile). */
typedef struct assay_chat_part {
    const char *text; /* NULL: an image */
    int rows, cols;
} assay_chat_part;

typedef struct assay_chat_message {
    assay_role role;
    const assay_chat_part *parts; /* [n_parts] */
    size_t n_parts;
} assay_chat_message;

/* Ids of a conversation: <|im_start|>, then for each message its role, ":" when it begins with an image, else
 * ": ", its parts in order, "<end_of_utterance>\n"; and last "Assistant:" when `answer` is set. An image is
 *   for each row { for each column: <fake_token_around_image><row_R_col_C>{<image> * image_tokens} } "\n"; then "\n"
 *   (all this only when there is a grid), <fake_token_around_image><global-img>{<image> * image_tokens}<fake_token_around_image>
 * Text is plain text: the name of a special token in it stays text. Allocates *ids; the caller frees it. */
assay_status assay_model_chat(const assay_model *model, const assay_chat_message *messages,
                              size_t n_messages, bool answer, int32_t **ids, size_t *n,
                              assay_error *err);
/* Whether a model's answer ends at this token: the file's EOS and EOT, and <end_of_utterance>. */
bool assay_model_is_stop(const assay_model *model, int32_t id);

/* ---- random models, for tests and timing ---- */

/* Two GGUF files with seeded weights. preset: "smolvlm-256m", "smolvlm-500m", "tiny", "smolvlm-slice". type: "F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1",
 * "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K" (norms, biases and position embeddings are F32, and so on: assay_type_stored in
 * model/quantize.h). Blocks are malloc'd, the caller frees them. */
assay_status assay_model_random(const char *preset, const char *type, uint64_t seed, uint8_t **text,
                                size_t *n_text, uint8_t **vision, size_t *n_vision,
                                assay_error *err);

#endif
