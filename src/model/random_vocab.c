/* ids:  0..2 specials | 256 single bytes | results of the merges | fillers | specials to the end
 * The fillers are texts that no merge can produce, so tokenizing never gives one. */
#include "model/random.h"

#include <stdio.h>
#include <string.h>

enum { TYPE_NORMAL = 1, TYPE_CONTROL = 3 };
enum {
    N_FIRST = 3,
    N_GRID = 6,
    N_BYTES = 256,
    N_FULL_RESERVED = 88,
    FULL_VOCAB = 49280,
    TEXT_SIZE = 32
};

/* "Ġ", the visible form of a space. */
#define SPACE "\xc4\xa0"

static const char *const first_specials[N_FIRST] = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};

/* By rank: "left right". */
static const char *const merges[] = {SPACE " t", SPACE " a", "h e",  "i n", "r e",        "o n",
                                     "e r",      "a t",      "o u",  "i s", SPACE "t he", "e n",
                                     SPACE " o", "in g",     "t he", "a n", SPACE "a n",  "he r"};
enum { N_MERGES = sizeof merges / sizeof *merges };

/* GPT-2's visible form of a byte: printable Latin-1 stands for itself, the others follow from
 * U+0100 on. */
static void byte_text(int byte, char *out) {
    int code = 256, point = byte;
    for (int b = 0; b <= byte; b++) {
        bool printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
        point = printable ? b : code++;
    }
    if (point < 0x80) {
        snprintf(out, TEXT_SIZE, "%c", point);
    } else {
        snprintf(out, TEXT_SIZE, "%c%c", 0xC0 | (point >> 6), 0x80 | (point & 0x3F));
    }
}

/* Special tokens at the end, i counted from the first of them; the last is <end_of_utterance>. */
static void tail_text(int i, int n_reserved, char *out) {
    int grid = N_GRID * N_GRID;
    if (i == 0) {
        snprintf(out, TEXT_SIZE, "<global-img>");
    } else if (i <= grid) {
        snprintf(out, TEXT_SIZE, "<row_%d_col_%d>", (i - 1) / N_GRID + 1, (i - 1) % N_GRID + 1);
    } else if (i == grid + 1) {
        snprintf(out, TEXT_SIZE, "<fake_token_around_image>");
    } else if (i == grid + 2) {
        snprintf(out, TEXT_SIZE, "<image>");
    } else if (i < grid + 3 + n_reserved) {
        snprintf(out, TEXT_SIZE, "<|reserved_special_token_%d|>", i - grid - 3);
    } else {
        snprintf(out, TEXT_SIZE, "<end_of_utterance>");
    }
}

static void token_text(int id, int n_vocab, int n_reserved, char *out) {
    int n_tail = N_GRID * N_GRID + 4 + n_reserved;
    int merged = id - N_FIRST - N_BYTES;
    if (id < N_FIRST) {
        snprintf(out, TEXT_SIZE, "%s", first_specials[id]);
    } else if (merged < 0) {
        byte_text(id - N_FIRST, out);
    } else if (merged < N_MERGES) {
        const char *space = strchr(merges[merged], ' ');
        snprintf(out, TEXT_SIZE, "%.*s%s", (int)(space - merges[merged]), merges[merged],
                 space + 1);
    } else if (id < n_vocab - n_tail) {
        snprintf(out, TEXT_SIZE, "filler%d", id);
    } else {
        tail_text(id - (n_vocab - n_tail), n_reserved, out);
    }
}

assay_status assay_random_vocab_make(int n_vocab, assay_random_vocab *out, assay_error *err) {
    assay_random_vocab v = {.n_vocab = n_vocab, .end_of_utterance = n_vocab - 1};
    int n_reserved = n_vocab >= FULL_VOCAB ? N_FULL_RESERVED : 0;
    int n_tail = N_GRID * N_GRID + 4 + n_reserved;
    size_t n = (size_t)n_vocab;
    size_t bytes = n * (TEXT_SIZE + sizeof *v.tokens + sizeof *v.types) + 3 * ASSAY_ALIGN;
    assay_status status = assay_arena_create(&v.memory, bytes, "vocabulary", err);
    if (status != ASSAY_OK) return status;
    char (*texts)[TEXT_SIZE] = assay_arena_alloc(&v.memory, n, TEXT_SIZE);
    v.tokens = assay_arena_alloc(&v.memory, n, sizeof *v.tokens);
    v.types = assay_arena_alloc(&v.memory, n, sizeof *v.types);
    for (int id = 0; id < n_vocab; id++) {
        token_text(id, n_vocab, n_reserved, texts[id]);
        v.tokens[id] = texts[id];
        v.types[id] = id < N_FIRST || id >= n_vocab - n_tail ? TYPE_CONTROL : TYPE_NORMAL;
    }
    *out = v;
    return ASSAY_OK;
}

void assay_random_vocab_put(const assay_random_vocab *vocab, assay_gguf_writer *w) {
    assay_gguf_put_string(w, "tokenizer.ggml.model", "gpt2");
    assay_gguf_put_string(w, "tokenizer.ggml.pre", "smollm");
    assay_gguf_put_strings(w, "tokenizer.ggml.tokens", vocab->tokens, (size_t)vocab->n_vocab);
    assay_gguf_put_i32s(w, "tokenizer.ggml.token_type", vocab->types, (size_t)vocab->n_vocab);
    assay_gguf_put_strings(w, "tokenizer.ggml.merges", merges, N_MERGES);
    assay_gguf_put_u32(w, "tokenizer.ggml.bos_token_id", 1);
    assay_gguf_put_u32(w, "tokenizer.ggml.eos_token_id", (uint32_t)vocab->end_of_utterance);
    assay_gguf_put_u32(w, "tokenizer.ggml.unknown_token_id", 0);
    assay_gguf_put_u32(w, "tokenizer.ggml.padding_token_id", 2);
    assay_gguf_put_bool(w, "tokenizer.ggml.add_bos_token", false);
    assay_gguf_put_bool(w, "tokenizer.ggml.add_space_prefix", false);
}

void assay_random_vocab_free(assay_random_vocab *vocab) {
    assay_arena_destroy(&vocab->memory);
    *vocab = (assay_random_vocab){0};
}
