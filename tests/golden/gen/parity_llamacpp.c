/* What native llama.cpp says of a model, for parity.py --llamacpp: image features of whole tiles by
 * its own vision tower, and log-probabilities of the options behind each prompt, with
 *     no flash attention, key/value store in f32, causal everywhere, 2 threads.
 *
 *     parity.py TEXT.gguf MMPROJ.gguf --cases >cases.txt
 *     cc -std=c11 -O2 parity_llamacpp.c -lllama -lmtmd -lggml -lggml-base -o parity_llamacpp
 *     parity_llamacpp TEXT.gguf MMPROJ.gguf BACKENDS <cases.txt >llamacpp.txt
 *
 * BACKENDS is the folder of llama.cpp's CPU backends. Headers and libraries as in Debian's libllama-dev and libggml-dev; the version
 * goes into the output. The tile goes through its preprocessing too, which must leave 512x512 pixels
 * as they are: each of the tiles that it makes of them has the same features, and the first is taken. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ggml-backend.h>
#include <llama.h>
#include <mtmd.h>

enum { MAX_IDS = 4096 };

static void die(const char *what) {
    fprintf(stderr, "parity_llamacpp: %s\n", what);
    exit(1);
}

static void quiet(enum ggml_log_level level, const char *text, void *context) {
    (void)context;
    if (level >= GGML_LOG_LEVEL_WARN) fputs(text, stderr);
}

/* As in parity.py. */
static uint8_t *tile_pixels(int tile, int size) {
    uint32_t state = (uint32_t)tile + 1;
    uint8_t *pixels = malloc((size_t)size * (size_t)size * 3), *p = pixels;
    if (pixels == NULL) die("out of memory");
    for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
            for (int c = 0; c < 3; c++) {
                state = state * 1664525u + 1013904223u;
                *p++ = (uint8_t)((x * (tile + 1) + y * (c + 2)) / 3 + x * y / 128 * (tile + 1) +
                                 (int)(state >> 16 & 31));
            }
        }
    }
    return pixels;
}

/* Features [n_tokens, dim] of one tile, malloc'd. */
static float *encode(mtmd_context *m, int tile, int size, int dim, size_t *n_tokens) {
    uint8_t *pixels = tile_pixels(tile, size);
    mtmd_bitmap *bitmap = mtmd_bitmap_init((uint32_t)size, (uint32_t)size, pixels);
    const mtmd_bitmap *bitmaps[1] = {bitmap};
    const char *marker = mtmd_default_marker();
    const mtmd_input_text text = {marker, strlen(marker), false, true};
    mtmd_input_chunks *chunks = mtmd_input_chunks_init();
    float *features = NULL;
    if (mtmd_tokenize(m, chunks, &text, bitmaps, 1) != 0) die("mtmd_tokenize failed");
    for (size_t i = 0; i < mtmd_input_chunks_size(chunks); i++) {
        const mtmd_input_chunk *chunk = mtmd_input_chunks_get(chunks, i);
        if (mtmd_input_chunk_get_type(chunk) != MTMD_INPUT_CHUNK_TYPE_IMAGE) continue;
        if (mtmd_encode_chunk(m, chunk) != 0) die("mtmd_encode_chunk failed");
        *n_tokens = mtmd_input_chunk_get_n_tokens(chunk);
        size_t bytes = *n_tokens * (size_t)dim * sizeof *features;
        const float *found = mtmd_get_output_embd(m);
        if (features == NULL) {
            features = malloc(bytes);
            if (features == NULL) die("out of memory");
            memcpy(features, found, bytes);
        } else if (memcmp(features, found, bytes) != 0) {
            die("the preprocessing changed the pixels");
        }
    }
    if (features == NULL) die("no image in the chunks");
    printf("features");
    for (size_t i = 0; i < *n_tokens * (size_t)dim; i++) printf(" %.9g", (double)features[i]);
    printf("\n");
    mtmd_input_chunks_free(chunks);
    mtmd_bitmap_free(bitmap);
    free(pixels);
    return features;
}

/* One id or one row of features at position `at`. */
static void put(struct llama_context *c, int32_t id, float *row, int at, bool output) {
    llama_pos pos = at;
    int32_t n_seq = 1;
    llama_seq_id seq = 0, *seqs = &seq;
    int8_t logits = output;
    struct llama_batch batch = {.n_tokens = 1,
                                .token = row == NULL ? &id : NULL,
                                .embd = row,
                                .pos = &pos,
                                .n_seq_id = &n_seq,
                                .seq_id = &seqs,
                                .logits = &logits};
    if (llama_decode(c, batch) != 0) die("llama_decode failed");
}

static double logprob(struct llama_context *c, int n_vocab, int32_t id) {
    const float *logits = llama_get_logits_ith(c, -1);
    double most = -INFINITY, sum = 0;
    for (int i = 0; i < n_vocab; i++) most = logits[i] > most ? logits[i] : most;
    for (int i = 0; i < n_vocab; i++) sum += exp(logits[i] - most);
    return logits[id] - most - log(sum);
}

static size_t read_ids(int32_t *ids) {
    size_t n = 0;
    if (scanf("%zu", &n) != 1 || n == 0 || n > MAX_IDS) die("bad cases");
    for (size_t i = 0; i < n; i++) {
        if (scanf("%d", &ids[i]) != 1) die("bad cases");
    }
    return n;
}

typedef struct engine {
    struct llama_context *c;
    float **features; /* of each tile, [n_tokens, dim] */
    size_t n_tokens;
    int32_t image;
    int dim, n_vocab;
} engine;

/* Token by token, so that every batch is of one kind, ids or rows. */
static void run_cases(engine *e) {
    static int32_t prompt[MAX_IDS], option[MAX_IDS];
    size_t n_prompt = 0;
    char word[8];
    while (scanf("%7s", word) == 1) {
        if (strcmp(word, "prompt") == 0) {
            n_prompt = read_ids(prompt);
            size_t seen = 0;
            llama_memory_clear(llama_get_memory(e->c), true);
            for (size_t i = 0; i < n_prompt - 1; i++) {
                float *row = NULL;
                if (prompt[i] == e->image) {
                    row = e->features[seen / e->n_tokens] + seen % e->n_tokens * (size_t)e->dim;
                    seen++;
                }
                put(e->c, prompt[i], row, (int)i, false);
            }
        } else {
            size_t n = read_ids(option);
            int32_t last = prompt[n_prompt - 1];
            llama_memory_seq_rm(llama_get_memory(e->c), 0, (llama_pos)n_prompt - 1, -1);
            printf("logprobs");
            for (size_t i = 0; i < n; i++) {
                put(e->c, i == 0 ? last : option[i - 1], NULL, (int)(n_prompt - 1 + i), true);
                printf(" %.9g", logprob(e->c, e->n_vocab, option[i]));
            }
            printf("\n");
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 4) die("usage: parity_llamacpp TEXT.gguf MMPROJ.gguf BACKENDS <cases.txt");
    llama_log_set(quiet, NULL);
    mtmd_log_set(quiet, NULL);
    ggml_backend_load_all_from_path(argv[3]);
    llama_backend_init();
    struct llama_model *model = llama_model_load_from_file(argv[1], llama_model_default_params());
    if (model == NULL) die("cannot load the text model");
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx = 1024;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    params.type_k = params.type_v = GGML_TYPE_F32;
    params.n_threads = params.n_threads_batch = 2;
    engine e = {.c = llama_init_from_model(model, params)};
    struct mtmd_context_params vision = mtmd_context_params_default();
    vision.use_gpu = vision.warmup = false;
    vision.n_threads = 2;
    vision.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    mtmd_context *m = mtmd_init_from_file(argv[2], model, vision);
    int n_tiles = 0, size = 0;
    if (e.c == NULL || m == NULL) die("cannot make the contexts");
    if (scanf("%d %d %d", &n_tiles, &size, &e.image) != 3 || n_tiles < 1) die("bad cases");
    e.dim = llama_model_n_embd(model);
    e.n_vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
    e.features = calloc((size_t)n_tiles, sizeof *e.features);
    if (e.features == NULL) die("out of memory");
    printf("version llama.cpp %s\n", llama_version());
    for (int i = 0; i < n_tiles; i++) e.features[i] = encode(m, i, size, e.dim, &e.n_tokens);
    run_cases(&e);
    return 0;
}
