/* Names of pre-tokenizers, and the regular expressions they stand for.
 *
 * A pre-tokenizer is one or more stages; each cuts the pieces of the one before at the matches of
 * its expression, and what lies between matches is a piece too. The expressions are those of the
 * models' published tokenizer files (in their original form, which llama.cpp approximates for some
 * of them), the names those of llama.cpp. */
#include "format/tokenizer/pretokenize.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/tokenizer/regex.h"
#include "format/unicode.h"

/* clang-format off */
#define ENGLISH "'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
#define SPACES "|\\s+(?!\\S)|\\s+"
#define GPT2 "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+" SPACES
/* Words with one character before them, numbers as given, the rest with its line ends. */
#define WORDS(numbers) "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" numbers "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+"
#define LLAMA3 ENGLISH "|" WORDS("\\p{N}{1,3}") SPACES
#define QWEN2 ENGLISH "|" WORDS("\\p{N}") SPACES
/* Words as GPT-4o cuts them, where lower case turns to upper case. */
#define UPPER "\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}"
#define LOWER "\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}"
#define CASED(ending) "[^\\r\\n\\p{L}\\p{N}]?[" UPPER "]*[" LOWER "]+" ending \
    "|[^\\r\\n\\p{L}\\p{N}]?[" UPPER "]+[" LOWER "]*" ending
#define PUNCTUATION_LINES "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+" SPACES
#define GPT4O CASED("(?:" ENGLISH ")?") "|\\p{N}{1,3}" PUNCTUATION_LINES
#define ASCII_PUNCTUATION "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]"
#define DEEPSEEK_WORDS ASCII_PUNCTUATION "[A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+"
#define DEEPSEEK3 DEEPSEEK_WORDS "[\\r\\n]*|\\s*[\\r\\n]+" SPACES
#define CHINESE_JAPANESE "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
#define CHINESE_KOREAN "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
#define BLOOM " ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+"
#define SOUTH_EAST_ASIAN "[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u3040-\u309f\u30a0-\u30ff\uff65-\uff9f\u2f00-\u2fdf" \
    "\u0e40-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\uac00-\ud7af\u1100-\u11ff]+"
#define HAN "\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff" \
    "\uf900-\ufa6d\ufa70-\ufad9\U00016fe2\U00016fe3\U00016ff0\U00016ff1\U00020000-\U0002a6df\U0002a700-\U0002b739" \
    "\U0002b740-\U0002b81d\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0\U0002ebf0-\U0002ee5d\U0002f800-\U0002fa1d" \
    "\U00030000-\U0003134a\U00031350-\U000323af"
#define KIMI_WORDS(ending) "[^\\r\\n\\p{L}\\p{N}]?[" UPPER "&&[^" HAN "]]*[" LOWER "&&[^" HAN "]]+" ending \
    "|[^\\r\\n\\p{L}\\p{N}]?[" UPPER "&&[^" HAN "]]+[" LOWER "&&[^" HAN "]]*" ending
/* Letters that have case, as DeepSeek lists them. */
#define DEEPSEEK_LETTERS \
    "A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af" \
    "\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-" \
    "\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-" \
    "\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-" \
    "\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc" \
    "\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-" \
    "\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-" \
    "\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-" \
    "\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-" \
    "\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\U00010400-\U0001044f\U000104b0-" \
    "\U000104d3\U000104d8-\U000104fb\U00010c80-\U00010cb2\U00010cc0-\U00010cf2\U000118a0-" \
    "\U000118df\U0001e900-\U0001e943"

/* Stages that are no expression of ours: runs of digits, cut in threes from their end. */
#define THREES "\001"          /* (?=(\d{3})+(?!\d)) */
#define THREES_NUMBERS "\002"  /* \p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N})) */
#define THREES_APART "\003"    /* \d{1,3}(?=(?:\d{3})*\b) */

enum { MAX_STAGES = 6 };
enum { WHOLE_PIECES = 1, ADDS_BOS = 2, PLAIN = 4, ALWAYS_BOS = 8 };

static const struct rule {
    const char *names; /* with a space between */
    int flags;
    const char *stages[MAX_STAGES];
} RULES[] = {
    {"default", 0, {"[\\p{P}$+<=>\\^~|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"}},
    {"gpt-2 phi-2 jina-es jina-de jina-v1-en jina-v2-es jina-v2-de jina-v2-code roberta-bpe gigachat a.x-4.0 mellum "
     "modern-bert mpt olmo jais trillion granite-docling exaone4", 0, {GPT2}},
    {"smollm starcoder refact command-r codeshell exaone minerva-7b mellum2", 0, {"\\p{N}", GPT2}},
    {"llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano", WHOLE_PIECES | ADDS_BOS, {LLAMA3}},
    {"dbrx smaug-bpe chatglm-bpe glm4", 0, {LLAMA3}},
    {"qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2", 0, {QWEN2}},
    {"qwen35", 0, {ENGLISH "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+"
                   SPACES}},
    {"ufakzeka", 0, {WORDS("\\p{N}") SPACES}},
    {"laguna", 0, {"[^\\n]+|[\\n]+", QWEN2}},
    {"minicpm5", WHOLE_PIECES, {"\\p{N}{1,3}", ENGLISH "|" WORDS("\\p{N}+") SPACES}},
    {"seed-coder", 0, {ENGLISH "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+|\\s*[\\r\\n]+" SPACES}},
    {"bailingmoe bailingmoe2 llada-moe", 0,
     {ENGLISH "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]" SPACES}},
    {"exaone-moe", 0, {ENGLISH "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}[\\p{L}\\p{M}]*(?: \\p{L}[\\p{L}\\p{M}]*)*|\\p{N}"
                       "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]" SPACES}},
    {"jais-2", 0, {ENGLISH "|" WORDS("\\p{N}{1,3}")
                   "|\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)|\\s{16}(?!\\S)"
                   "|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s"}},
    {"gpt-4o llama4 kanana2 talkie minimax-m2", 0, {GPT4O}},
    {"granite-embed-multi-97m", WHOLE_PIECES, {GPT4O}},
    {"tiny_aya cohere2moe", 0, {THREES_APART, GPT4O}},
    {"tekken", WHOLE_PIECES | ADDS_BOS, {CASED("") "|\\p{N}" PUNCTUATION_LINES}},
    {"youtu", WHOLE_PIECES,
     {"[\uac00-\ud7a3\u3131-\u318e]+|[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f\ufe30-\ufe4f]+"
      "|[\u3105-\u312f]+|" CHINESE_JAPANESE, CASED("(?:" ENGLISH ")?") "|\\p{N}" PUNCTUATION_LINES}},
    {"kimi-k2", 0, {"[" HAN "]+|" KIMI_WORDS("(?:" ENGLISH ")?")
                    "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+" SPACES}},
    {"deepseek-v3 hunyuan-dense hy_v4 joyai-llm", 0, {"\\p{N}{1,3}", CHINESE_JAPANESE, DEEPSEEK3}},
    {"spark2_5", 0, {"\\p{N}{1,3}", CHINESE_JAPANESE, DEEPSEEK_WORDS "|[\\r\\n]" SPACES, "\\p{N}"}},
    {"afmoe", 0, {THREES_NUMBERS, SOUTH_EAST_ASIAN, DEEPSEEK3}},
    {"deepseek-llm", 0, {"[\\r\\n]", "\\s?[" DEEPSEEK_LETTERS "]+",
                         "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+", "\\s+$", CHINESE_KOREAN,
                         "\\p{N}+"}},
    {"deepseek-coder", 0, {"[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", CHINESE_KOREAN, "\\p{N}"}},
    {"falcon", 0, {"[\\p{P}$+<=>\\^~|`]+", GPT2, "[0-9][0-9][0-9]"}},
    {"poro-chat bloom gpt3-finnish", 0, {BLOOM}},
    {"viking", 0, {BLOOM, "\\p{N}"}},
    {"superbpe", 0, {"\\p{N}+", THREES}},
    {"chameleon", ADDS_BOS, {"<sentinel:[0-9]+>", "IMGIMG[A-I]{1,4}Z", "[\\t\\n]|    |  ", "\\p{N}",
                             "[\\p{P}!-/:-@\\[-`{-~]", GPT2}},
    {"gemma4 granite-embed-multi-311m", PLAIN | ADDS_BOS | ALWAYS_BOS, {"[^\\n]+|\\n+"}},
    {"sarvam-moe", PLAIN, {"[^\\n]+|\\n+"}},
};
/* clang-format on */

struct assay_pretokenizer {
    const struct rule *rule;
    int n_stages;
    assay_regex *stages[MAX_STAGES]; /* NULL: digits in threes */
};

/* ---- by name ---- */

/* Length of the name that *names starts with; *names moves past it. */
static size_t next_name(const char **names) {
    size_t n = strcspn(*names, " ");
    *names += n + ((*names)[n] == ' ');
    return n;
}

const char *assay_pretokenizer_names(size_t i) {
    return i < sizeof RULES / sizeof *RULES ? RULES[i].names : NULL;
}

static const struct rule *find_rule(const char *name) {
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        const char *names = RULES[i].names;
        while (*names != '\0') {
            const char *start = names;
            size_t n = next_name(&names);
            if (strlen(name) == n && memcmp(start, name, n) == 0) return &RULES[i];
        }
    }
    return NULL;
}

static assay_status refuse(const char *name, const char *what, assay_error *err) {
    assay_buffer list = {0};
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        const char *names = RULES[i].names;
        size_t n = next_name(&names);
        assay_buffer_print(&list, "%s%.*s", i > 0 ? ", " : "", (int)n, RULES[i].names);
    }
    assay_status status = assay_fail(
        err, ASSAY_E_UNSUPPORTED,
        "tokenizer of %.60s: pre-tokenizer \"%.30s\"; known are %s, and other names for these",
        what, name, list.failed ? "" : list.data);
    assay_buffer_free(&list);
    return status;
}

assay_status assay_pretokenizer_create(const char *name, const char *what, assay_pretokenizer **out,
                                       assay_error *err) {
    *out = NULL;
    const struct rule *rule = find_rule(name);
    if (rule == NULL) return refuse(name, what, err);
    assay_pretokenizer *pre = assay_calloc(1, sizeof *pre);
    if (pre == NULL) return assay_fail(err, ASSAY_E_MEMORY, "tokenizer of %s: out of memory", what);
    pre->rule = rule;
    assay_status status = ASSAY_OK;
    for (int i = 0; i < MAX_STAGES && rule->stages[i] != NULL && status == ASSAY_OK; i++) {
        pre->n_stages = i + 1;
        if (rule->stages[i][0] > THREES_APART[0])
            status = assay_regex_create(rule->stages[i], &pre->stages[i], err);
    }
    if (status != ASSAY_OK) {
        assay_pretokenizer_destroy(pre);
        return status;
    }
    *out = pre;
    return ASSAY_OK;
}

void assay_pretokenizer_destroy(assay_pretokenizer *pre) {
    if (pre == NULL) return;
    for (int i = 0; i < pre->n_stages; i++) assay_regex_destroy(pre->stages[i]);
    free(pre);
}

bool assay_pretokenizer_whole_pieces(const assay_pretokenizer *pre) {
    return (pre->rule->flags & WHOLE_PIECES) != 0;
}

bool assay_pretokenizer_adds_bos(const assay_pretokenizer *pre) {
    return (pre->rule->flags & ADDS_BOS) != 0;
}

bool assay_pretokenizer_always_bos(const assay_pretokenizer *pre) {
    return (pre->rule->flags & ALWAYS_BOS) != 0;
}

bool assay_pretokenizer_plain(const assay_pretokenizer *pre) {
    return (pre->rule->flags & PLAIN) != 0;
}

/* ---- cutting ---- */

typedef struct cutter {
    const assay_pretokenizer *pre;
    assay_piece_fn piece;
    void *context;
    assay_error *err;
} cutter;

static assay_status cut(const cutter *c, int stage, const char *text, size_t n);

static assay_status cut_by_regex(const cutter *c, int stage, const char *text, size_t n) {
    assay_regex_scan scan;
    assay_regex_begin(&scan, c->pre->stages[stage], text, n);
    assay_status status = ASSAY_OK;
    size_t done = 0;
    for (size_t at = 0; at < n && status == ASSAY_OK;) {
        size_t end = assay_regex_match(&scan, at);
        if (end == at) {
            uint32_t code;
            at += assay_utf8_next(text + at, n - at, &code);
            continue;
        }
        if (done < at) status = cut(c, stage + 1, text + done, at - done);
        if (status == ASSAY_OK) status = cut(c, stage + 1, text + at, end - at);
        done = at = end;
    }
    if (status == ASSAY_OK && done < n) status = cut(c, stage + 1, text + done, n - done);
    return status;
}

static uint32_t category_bit(const char *text, size_t n, size_t *length) {
    *length = 0;
    if (n == 0) return 0;
    uint32_t code;
    *length = assay_utf8_next(text, n, &code);
    return ASSAY_CATEGORY_BIT(assay_unicode_category(code));
}

/* Ends a piece at `at`; *done is where it starts. */
static assay_status cut_at(const cutter *c, int stage, const char *text, size_t *done, size_t at) {
    if (at == *done) return ASSAY_OK;
    size_t begin = *done;
    *done = at;
    return cut(c, stage + 1, text + begin, at - begin);
}

/* A run of `left` digits that starts at `at`: cut before each three from its end, and where the
 * expression takes the digits themselves, also before and after the run. */
static assay_status cut_run(const cutter *c, int stage, const char *text, size_t *done, size_t at,
                            size_t end, size_t left, bool takes_digits) {
    assay_status status = takes_digits ? cut_at(c, stage, text, done, at) : ASSAY_OK;
    for (size_t length; at < end && status == ASSAY_OK; at += length, left--) {
        if (left % 3 == 0) status = cut_at(c, stage, text, done, at);
        category_bit(text + at, end - at, &length);
    }
    return status == ASSAY_OK && takes_digits ? cut_at(c, stage, text, done, end) : status;
}

static assay_status cut_threes(const cutter *c, int stage, const char *text, size_t n) {
    char kind = c->pre->rule->stages[stage][0];
    uint32_t decimal = ASSAY_CATEGORY_BIT(ASSAY_ND);
    uint32_t digits = kind == THREES_NUMBERS[0] ? ASSAY_NUMBERS : decimal;
    uint32_t word = kind != THREES_APART[0] ? 0
                                            : ASSAY_LETTERS | ASSAY_MARKS | ASSAY_NUMBERS |
                                                  ASSAY_CATEGORY_BIT(ASSAY_PC);
    assay_status status = ASSAY_OK;
    size_t done = 0, at = 0, length;
    while (at < n && status == ASSAY_OK) {
        size_t begin = at, count = 0;
        uint32_t bit;
        while (((bit = category_bit(text + at, n - at, &length)) & digits) != 0) {
            at += length;
            count++;
        }
        if (count > 0 && (bit & word) == 0)
            status = cut_run(c, stage, text, &done, begin, at, count, kind != THREES[0]);
        at += length;
    }
    return status == ASSAY_OK ? cut_at(c, stage, text, &done, n) : status;
}

static assay_status cut(const cutter *c, int stage, const char *text, size_t n) {
    if (stage == c->pre->n_stages) return c->piece(c->context, text, n, c->err);
    return c->pre->stages[stage] != NULL ? cut_by_regex(c, stage, text, n)
                                         : cut_threes(c, stage, text, n);
}

assay_status assay_pretokenize(const assay_pretokenizer *pre, const char *text, size_t n,
                               assay_piece_fn piece, void *context, assay_error *err) {
    const cutter c = {pre, piece, context, err};
    return n > 0 ? cut(&c, 0, text, n) : ASSAY_OK;
}
