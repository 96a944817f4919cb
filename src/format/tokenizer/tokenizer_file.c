/* vocab.txt or tokenizer.json -> list of words -> the metadata of a GGUF file in memory -> assay_tokenizer_create, so that
 * there is one way from a vocabulary to ids. GGUF drops the "##" of a word's continuation and puts U+2581 before every
 * other token. */
#include "format/tokenizer/tokenizer_file.h"

#include <stdlib.h>
#include <string.h>

#include "format/json.h"
#include "format/json_scan.h"

#define START "\u2581"
enum { MAX_TOKENS = 1 << 20, MAX_BYTES = 64 << 20, N_START = sizeof START - 1, N_NAMES = 5 };
enum { NORMAL = 1, CONTROL = 3, USER_DEFINED = 4 }; /* tokenizer.ggml.token_type */

typedef struct word_list {
    const char *what;
    const char **words; /* [n], as WordPiece spells them */
    int32_t *types;     /* [n] */
    size_t n;
    bool lowercase, strip_accents;
    const char *unk, *cls, *sep;
    char *text;  /* vocab.txt: what the words point into */
    cJSON *json; /* tokenizer.json: likewise */
} word_list;

static assay_status no_memory(const word_list *l, assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", l->what);
}

static assay_status make_room(word_list *l, size_t n, assay_error *err) {
    if (n == 0 || n > MAX_TOKENS)
        return assay_fail(err, ASSAY_E_LIMIT, "%s: %zu tokens, expected 1 to %d", l->what, n,
                          MAX_TOKENS);
    l->n = n;
    l->words = assay_calloc(n, sizeof *l->words);
    l->types = assay_calloc(n, sizeof *l->types);
    if (l->words == NULL || l->types == NULL) return no_memory(l, err);
    for (size_t i = 0; i < n; i++) l->types[i] = NORMAL;
    return ASSAY_OK;
}

static void close_list(word_list *l) {
    free(l->words);
    free(l->types);
    free(l->text);
    cJSON_Delete(l->json);
}

/* ---- vocab.txt ---- */

static bool is_utf8(const char *text) {
    const unsigned char *p = (const unsigned char *)text, *end = p + strlen(text);
    while (p < end) {
        size_t n = assay_utf8_length(p, end);
        if (n == 0) return false;
        p += n;
    }
    return true;
}

static bool has_capital(const char *word) {
    if (word[0] == '[') return false; /* [CLS] and its like */
    for (; *word != '\0'; word++)
        if (*word >= 'A' && *word <= 'Z') return true;
    return false;
}

static int compare_words(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The later of two equal words would be out of reach here, and the earlier one elsewhere. */
static assay_status check_twice(const word_list *l, assay_error *err) {
    assay_status status = ASSAY_OK;
    const char **sorted = assay_alloc(l->n, sizeof *sorted);
    if (sorted == NULL) return no_memory(l, err);
    memcpy(sorted, l->words, l->n * sizeof *sorted);
    qsort(sorted, l->n, sizeof *sorted, compare_words);
    for (size_t i = 1; i < l->n && status == ASSAY_OK; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            status = assay_fail(err, ASSAY_E_FORMAT, "%s: the token \"%.40s\" stands twice",
                                l->what, sorted[i]);
    }
    free(sorted);
    return status;
}

static size_t count_lines(const char *text, size_t n) {
    size_t lines = n > 0 && text[n - 1] != '\n';
    for (size_t i = 0; i < n; i++) lines += text[i] == '\n';
    return lines;
}

static assay_status read_lines(word_list *l, const uint8_t *bytes, size_t n, assay_error *err) {
    static const char *const names[N_NAMES] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    if (memchr(bytes, 0, n) != NULL)
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: this is neither a GGUF file nor a tokenizer.json nor a vocab.txt",
                          l->what);
    if ((l->text = assay_alloc(n + 1, 1)) == NULL) return no_memory(l, err);
    memcpy(l->text, bytes, n);
    l->text[n] = '\0';
    assay_status status = make_room(l, count_lines(l->text, n), err);
    if (status != ASSAY_OK) return status;
    l->lowercase = true;
    char *at = l->text;
    for (size_t i = 0; i < l->n; i++) {
        size_t length = strcspn(at, "\n");
        char *next = at + length + (at[length] == '\n');
        at[length] = '\0';
        if (length > 0 && at[length - 1] == '\r') at[length - 1] = '\0';
        if (!is_utf8(at))
            return assay_fail(err, ASSAY_E_FORMAT, "%s:%zu: this is not UTF-8", l->what, i + 1);
        l->words[i] = at;
        for (int k = 0; k < N_NAMES; k++)
            if (strcmp(at, names[k]) == 0) l->types[i] = CONTROL;
        if (has_capital(at)) l->lowercase = false;
        at = next;
    }
    l->strip_accents = l->lowercase;
    l->unk = names[1];
    l->cls = names[2];
    l->sep = names[3];
    return ASSAY_OK;
}

/* ---- tokenizer.json ---- */

static assay_status unsupported(const word_list *l, const char *problem, assay_error *err) {
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: %s; of tokenizer.json files those of BERT's WordPiece are read", l->what,
                      problem);
}

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}
static bool is_text(const cJSON *value, const char *text) {
    return cJSON_IsString(value) && strcmp(value->valuestring, text) == 0;
}
/* A member that may be absent, but not something else than `text`, and so on. */
static bool text_or_absent(const cJSON *object, const char *key, const char *text) {
    const cJSON *value = member(object, key);
    return value == NULL || is_text(value, text);
}
static bool true_or_absent(const cJSON *object, const char *key) {
    const cJSON *value = member(object, key);
    return value == NULL || cJSON_IsTrue(value);
}

static assay_status read_vocab(word_list *l, const cJSON *vocab, assay_error *err) {
    size_t n = 0;
    for (const cJSON *token = vocab->child; token != NULL; token = token->next) n++;
    assay_status status = make_room(l, n, err);
    if (status != ASSAY_OK) return status;
    for (const cJSON *token = vocab->child; token != NULL; token = token->next) {
        double id = cJSON_IsNumber(token) ? token->valuedouble : -1;
        if (!(id >= 0 && id < (double)n) || id != (double)(size_t)id ||
            l->words[(size_t)id] != NULL)
            return assay_fail(err, ASSAY_E_FORMAT,
                              "%s: model.vocab: the ids of %zu tokens are not 0 to %zu, each once: "
                              "\"%.40s\"",
                              l->what, n, n - 1, token->string);
        l->words[(size_t)id] = token->string;
    }
    return ASSAY_OK;
}

static assay_status read_added(word_list *l, const cJSON *added, assay_error *err) {
    for (const cJSON *token = added != NULL ? added->child : NULL; token != NULL;
         token = token->next) {
        const cJSON *id = member(token, "id"), *content = member(token, "content");
        double at = cJSON_IsNumber(id) ? id->valuedouble : -1;
        if (!cJSON_IsString(content) || !(at >= 0 && at < (double)l->n) ||
            strcmp(l->words[(size_t)at], content->valuestring) != 0)
            return unsupported(l, "it has added tokens that are not in its vocabulary", err);
        l->types[(size_t)at] = cJSON_IsTrue(member(token, "special")) ? CONTROL : USER_DEFINED;
    }
    return ASSAY_OK;
}

static assay_status read_model(word_list *l, const cJSON *model, assay_error *err) {
    const cJSON *vocab = member(model, "vocab"), *longest;
    longest = member(model, "max_input_chars_per_word");
    l->unk = cJSON_IsString(member(model, "unk_token")) ? member(model, "unk_token")->valuestring
                                                        : "[UNK]";
    if (!text_or_absent(model, "type", "WordPiece") || member(model, "merges") != NULL)
        return unsupported(l, "its model is no WordPiece", err);
    if (!text_or_absent(model, "continuing_subword_prefix", "##"))
        return unsupported(l, "words do not go on with \"##\"", err);
    if (longest != NULL && !(cJSON_IsNumber(longest) && longest->valuedouble == 100))
        return unsupported(l, "max_input_chars_per_word is not 100", err);
    if (!cJSON_IsObject(vocab))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: there is no model.vocab", l->what);
    return read_vocab(l, vocab, err);
}

static assay_status read_normalizer(word_list *l, const cJSON *normalizer, const cJSON *pre,
                                    assay_error *err) {
    const cJSON *accents = member(normalizer, "strip_accents");
    if (!is_text(member(normalizer, "type"), "BertNormalizer") ||
        !true_or_absent(normalizer, "clean_text") ||
        !true_or_absent(normalizer, "handle_chinese_chars"))
        return unsupported(l, "its normalizer is not BertNormalizer as it comes", err);
    if (!is_text(member(pre, "type"), "BertPreTokenizer"))
        return unsupported(l, "its pre_tokenizer is not BertPreTokenizer", err);
    l->lowercase = true_or_absent(normalizer, "lowercase");
    l->strip_accents = cJSON_IsBool(accents) ? cJSON_IsTrue(accents) : l->lowercase;
    return ASSAY_OK;
}

/* Name of the special token at `i` of a template; NULL when there is none. */
static const char *special_at(const cJSON *template, int i) {
    const cJSON *id = member(member(cJSON_GetArrayItem(template, i), "SpecialToken"), "id");
    return cJSON_IsString(id) ? id->valuestring : NULL;
}

/* TemplateProcessing: {"single": [[CLS], A, [SEP]]}; BertProcessing: {"cls": ["[CLS]", 101], "sep": ...}. */
static assay_status read_frame(word_list *l, const cJSON *frame, assay_error *err) {
    const cJSON *single = member(frame, "single");
    if (is_text(member(frame, "type"), "TemplateProcessing") && cJSON_GetArraySize(single) == 3 &&
        member(cJSON_GetArrayItem(single, 1), "Sequence") != NULL) {
        l->cls = special_at(single, 0);
        l->sep = special_at(single, 2);
    } else if (is_text(member(frame, "type"), "BertProcessing")) {
        const cJSON *cls = cJSON_GetArrayItem(member(frame, "cls"), 0);
        const cJSON *sep = cJSON_GetArrayItem(member(frame, "sep"), 0);
        l->cls = cJSON_IsString(cls) ? cls->valuestring : NULL;
        l->sep = cJSON_IsString(sep) ? sep->valuestring : NULL;
    }
    if (l->cls != NULL && l->sep != NULL) return ASSAY_OK;
    return unsupported(l, "it does not put one token before a text and one behind it", err);
}

static assay_status read_json(word_list *l, const uint8_t *bytes, size_t n, assay_error *err) {
    assay_status status = assay_json_parse((const char *)bytes, n, l->what, &l->json, err);
    if (status == ASSAY_OK && !cJSON_IsObject(member(l->json, "model")))
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: no tokenizer.json: there is no model in it",
                            l->what);
    if (status == ASSAY_OK) status = read_model(l, member(l->json, "model"), err);
    if (status == ASSAY_OK) status = read_added(l, member(l->json, "added_tokens"), err);
    if (status == ASSAY_OK)
        status = read_normalizer(l, member(l->json, "normalizer"), member(l->json, "pre_tokenizer"),
                                 err);
    if (status == ASSAY_OK) status = read_frame(l, member(l->json, "post_processor"), err);
    return status;
}

/* ---- words to tokenizer ---- */

static assay_status put_special(assay_gguf_writer *w, const word_list *l, const char *key,
                                const char *name, bool needed, assay_error *err) {
    for (size_t i = 0; i < l->n; i++) {
        if (strcmp(l->words[i], name) != 0) continue;
        assay_gguf_put_u32(w, key, (uint32_t)i);
        return ASSAY_OK;
    }
    if (!needed) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT,
                      "%s: there is no token %.40s in it: it is no vocabulary of WordPiece",
                      l->what, name);
}

static assay_status put_specials(assay_gguf_writer *w, const word_list *l, assay_error *err) {
    assay_status status = put_special(w, l, "tokenizer.ggml.unknown_token_id", l->unk, true, err);
    if (status == ASSAY_OK)
        status = put_special(w, l, "tokenizer.ggml.cls_token_id", l->cls, true, err);
    if (status == ASSAY_OK) /* spelled so in the format */
        status = put_special(w, l, "tokenizer.ggml.seperator_token_id", l->sep, true, err);
    if (status == ASSAY_OK)
        status = put_special(w, l, "tokenizer.ggml.padding_token_id", "[PAD]", false, err);
    return status;
}

/* The words as GGUF spells them, in one block that *spelled points into. */
static char *spell(const word_list *l, const char ***spelled) {
    size_t bytes = 0, at = 0;
    for (size_t i = 0; i < l->n; i++) bytes += strlen(l->words[i]) + N_START + 1;
    char *block = assay_alloc(bytes, 1);
    *spelled = assay_alloc(l->n, sizeof **spelled);
    if (block == NULL || *spelled == NULL) {
        free(block);
        return NULL;
    }
    for (size_t i = 0; i < l->n; i++) {
        const char *word = l->words[i];
        bool goes_on = l->types[i] == NORMAL && strncmp(word, "##", 2) == 0 && word[2] != '\0';
        size_t n = strlen(word += goes_on ? 2 : 0);
        (*spelled)[i] = block + at;
        if (l->types[i] == NORMAL && !goes_on) {
            memcpy(block + at, START, N_START);
            at += N_START;
        }
        memcpy(block + at, word, n + 1);
        at += n + 1;
    }
    return block;
}

static assay_status create(const word_list *l, assay_tokenizer **out, assay_error *err) {
    uint8_t *bytes = NULL;
    size_t n = 0;
    const char **spelled = NULL;
    assay_gguf *gguf = NULL;
    char *block = spell(l, &spelled);
    assay_gguf_writer *w = assay_gguf_writer_create();
    assay_status status = block == NULL || w == NULL ? no_memory(l, err) : ASSAY_OK;
    if (status != ASSAY_OK) goto done;
    assay_gguf_put_string(w, "tokenizer.ggml.model", "bert");
    assay_gguf_put_bool(w, "tokenizer.ggml.normalizer.lowercase", l->lowercase);
    assay_gguf_put_bool(w, "tokenizer.ggml.normalizer.strip_accents", l->strip_accents);
    assay_gguf_put_strings(w, "tokenizer.ggml.tokens", spelled, l->n);
    assay_gguf_put_i32s(w, "tokenizer.ggml.token_type", l->types, l->n);
    status = put_specials(w, l, err);
    if (status == ASSAY_OK) status = check_twice(l, err);
    if (status == ASSAY_OK) status = assay_gguf_build_header(w, &bytes, &n, err);
    if (status == ASSAY_OK) status = assay_gguf_open(bytes, n, l->what, &gguf, err);
    if (status == ASSAY_OK) status = assay_tokenizer_create(gguf, out, err);
done:
    assay_gguf_close(gguf);
    assay_gguf_writer_destroy(w);
    free(bytes);
    free(spelled);
    free(block);
    return status;
}

/* ---- public ---- */

static assay_status open_gguf(const uint8_t *bytes, size_t n, const char *what,
                              assay_tokenizer **out, assay_error *err) {
    assay_gguf *gguf = NULL;
    assay_status status = assay_gguf_open(bytes, n, what, &gguf, err);
    if (status == ASSAY_OK) status = assay_tokenizer_create(gguf, out, err);
    assay_gguf_close(gguf);
    return status;
}

assay_status assay_tokenizer_open(const uint8_t *bytes, size_t n, const char *what,
                                  assay_tokenizer **out, assay_error *err) {
    *out = NULL;
    if (n >= 4 && memcmp(bytes, "GGUF", 4) == 0) return open_gguf(bytes, n, what, out, err);
    if (n > MAX_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT, "%s: a vocabulary of %zu bytes, at most %d are read",
                          what, n, MAX_BYTES);
    word_list list = {.what = what};
    size_t first = 0;
    while (first < n && strchr(" \t\r\n", bytes[first]) != NULL && bytes[first] != '\0') first++;
    assay_status status = first < n && bytes[first] == '{' ? read_json(&list, bytes, n, err)
                                                           : read_lines(&list, bytes, n, err);
    if (status == ASSAY_OK) status = create(&list, out, err);
    close_list(&list);
    return status;
}

assay_status assay_tokenize_within(const assay_tokenizer *tok, const char *text, size_t n,
                                   size_t max_tokens, assay_ids *ids, assay_error *err) {
    size_t before = ids->n;
    if (max_tokens < 2)
        return assay_fail(err, ASSAY_E_ARGUMENT, "tokenizer: texts of %zu tokens, at least 2",
                          max_tokens);
    assay_status status = assay_tokenize_framed(tok, text, n, false, ids, err);
    if (status != ASSAY_OK || ids->n - before <= max_tokens) return status;
    ids->ids[before + max_tokens - 1] = ids->ids[ids->n - 1];
    ids->n = before + max_tokens;
    return ASSAY_OK;
}
