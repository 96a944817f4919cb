/* Assay's evaluation: Scenario -> Instruction -> Inferencer -> Metric (Ch3Ef, arXiv 2403.17830;
 * ChEF, arXiv 2311.02692).
 *
 * A run is step-wise, so that a host (program, page worker, Node) can fetch images, show progress,
 * pause and stop:
 *
 *   assay_run_create -> assay_run_header, or assay_run_resume with an earlier record
 *   while assay_run_next(): fetch the images it names -> assay_run_step() -> append its line to the
 * record assay_run_close -> append the closing line with the hallmark
 *
 * The record is append-only JSONL. The host owns where it is kept; the report is made from the
 * record's text alone. A record is verified by a run that has resumed it: assay_run_verify scores
 * one of its samples again. */
#ifndef ASSAY_EVAL_H
#define ASSAY_EVAL_H

#include "assay.h"
#include "format/shard/shard.h"

/* ---- recipe ---- */

/* One choice of each of scenario, instruction, inferencer, metric. As JSON (parsed strictly:
 * unknown keys are refused):
 * {"name": "ch3ef", "query": "{question}", "answer": "{option}", "inferencer": "ppl", "image":
 * "normal", "limit": 0, "tile_edge": 1} query: holds {question} once. answer: text that ends in {option}; what
 * stands before it, ended by a space, is put behind the assistant tag and not scored. image:
 * "normal", or "grey" (every pixel 128: the blind baseline). limit: 0 = all; else the samples
 * taken: of every task its first, then of every task its second, ..., until there are `limit`, where the tasks of the
 * three dimensions take turns; run in index order. tile_edge: longest edge of an image in tiles of the model, 1 (one tile: fast) to
 * ASSAY_MAX_TILE_EDGE; 4 is SmolVLM's own. free_text: new tokens, up to ASSAY_MAX_FREE_TEXT, of an answer in the model's own
 * words, behind the same image, question and start of the answer as the options; 0 = none. It always takes the likeliest
 * token. Absent keys take these defaults; the canonical recipe has all of them, but for a tile_edge of 1 and a free_text
 * of 0. */
#define ASSAY_MAX_FREE_TEXT 512

/* JSON of a built-in recipe: "ch3ef", "ch3ef-answers" (free_text 48), "ch3ef-tiles" (tile_edge 4), "grey" (blind). NULL
 * when there is none of this name. */
const char *assay_recipe_builtin(const char *name);
/* Canonical form of a recipe (NULL = {}), with `limit` in place of its own unless that is negative.
 * Free with free(). */
assay_status assay_recipe_canonical(const char *recipe, int64_t limit, char **out,
                                    assay_error *err);

/* ---- run ---- */

typedef struct assay_run assay_run;

typedef struct assay_run_options {
    const assay_dataset *dataset; /* lent */
    const assay_model *model;     /* lent */
    assay_session *session;       /* lent; of that model */
    const char *recipe;           /* JSON; NULL = {} */
    const char *
        build; /* JSON object for the header: what the host wants to tell about itself; NULL = {} */
} assay_run_options;

/* E_ARGUMENT when the dataset has images and the model has no vision part. */
assay_status assay_run_create(const assay_run_options *options, assay_run **out, assay_error *err);
void assay_run_destroy(assay_run *run); /* NULL is fine */

/* Lines are NUL-terminated with their newline, owned by the run until its next call. */
assay_status assay_run_header(assay_run *run, const char **line, assay_error *err);
/* Takes over what an earlier record holds; to be called before the first step. Checks its header
 * against this run (E_CHECK names what differs) and every sample line for itself, counts its
 * samples as done. A last line cut in the middle is ignored; *keep is the number of bytes of the
 * record that stay, after which the host appends: up to the last whole sample line, so that a
 * closing line is written anew (it was compared, E_CHECK when it differs); *keep is 0 when not even
 * the header is whole: then the host writes the header first. */
assay_status assay_run_resume(assay_run *run, const char *record, size_t n, size_t *keep,
                              assay_error *err);

size_t assay_run_total(const assay_run *run);
size_t assay_run_done(const assay_run *run);
/* Sample number i of the run, i < total, in the order of the index. */
const assay_sample *assay_run_sample(const assay_run *run, size_t i);
/* Next sample to score, or NULL when all are done. */
const assay_sample *assay_run_next(const assay_run *run);
/* Scores the sample of assay_run_next; then the model answers freely, where the recipe says so. images: the sample's
 * encoded files, in order, checked here against their hashes. On failure nothing changed, and the step may be tried again.
 * `seconds` of the step are measured inside and written to the line. */
assay_status assay_run_step(assay_run *run, const assay_blob *images, const char **line,
                            assay_error *err);
/* E_ARGUMENT while samples are missing. */
assay_status assay_run_close(assay_run *run, const char **line, assay_error *err);

/* Scores sample i < done again and compares bits with the record's; the run stays as it is. E_CHECK
 * names the sample, and the first option (or the free answer) and token that differ. images as for a step. */
assay_status assay_run_verify(assay_run *run, size_t i, const assay_blob *images, assay_error *err);

/* ---- record ---- */

/* A line each:
 *
 *   {"type":"run","format":1,"engine":"0.1.0","build":{...},"model":{"name","text","vision"},
 *    "dataset":{"name","id"},"recipe":{...},"samples":N}
 *   {"type":"sample","id","prediction":i,"tie":bool,"correct":bool,"confidence":x,"scores":[mean],
 *    "bits":["hex of each token's f32, 8 digits each", ...],"free_text":FREE,"seconds":x}
 *   {"type":"end","hallmark":"...","samples":N}
 *   FREE: {"bits":"hex of each token's f32","end":"stop" or "length","text":"...","tokens":[id, ...]}, canonical; only where
 *   the recipe asks for it. tokens: all that were chosen, the stop token too when it ended there, which is not in the text.
 *
 * hallmark = SHA-256 of: "assay 1\n", then text sha256, vision sha256, dataset id, canonical
 * recipe, each with "\n", then for every sample in index order: id "\n", every option's bits with
 * "\n", and where it is there FREE "\n". Timing, build and engine version never enter it. */

/* What the header says. Strings are NUL-terminated copies; free with assay_record_info_free. */
typedef struct assay_record_info {
    char *engine, *build, *recipe; /* build: JSON; recipe: canonical JSON */
    char *model_name, *dataset_name;
    char text_sha256[65], vision_sha256[65], dataset_id[65]; /* vision "": none */
    size_t n_samples;                                        /* of the whole run */
    int free_text; /* tokens of the recipe's free answers; 0: none */
} assay_record_info;
assay_status assay_record_read_header(const char *record, size_t n, assay_record_info *out,
                                      assay_error *err);
void assay_record_info_free(assay_record_info *info); /* a zeroed one is fine */

/* Checks that a record is whole, that scores, prediction and confidence of every line follow from
 * its bits, and the hallmark from all lines. E_FORMAT when it is no record, E_CHECK when it does
 * not hold or is not finished. That a free answer's text is its tokens' is checked where the model is: by
 * assay_run_resume. */
assay_status assay_record_check(const char *record, size_t n, assay_error *err);

/* ---- report ---- */

/* Report of a record over the dataset it was made on, as canonical JSON (free with free()):
 *
 *   {"hallmark","n_total","seconds",GROUP,"sight":{GROUP},"dimensions":[{"name",GROUP,
 *     "domains":[{"name",GROUP,"tasks":[{"name","sight":bool,GROUP}]}]}],
 *    "engine","build","model":{"name","text","vision"},"dataset":{"name","id","licence"},"recipe"}
 *   GROUP: n, correct, ties, accuracy, ci: [low, high], chance
 *
 * accuracy: share of samples whose prediction is in gold (micro-average, as the published domain
 * scores); null when n is 0. ci: Wilson, 95 %. chance: mean of the share of options that are
 * right; null when n is 0. sight (of the report): the samples that cannot be answered without
 * their image. Everything is computed from the lines' bits. A record without its closing line
 * gives a report with "hallmark": null. E_CHECK when the record is of another dataset or
 * contradicts itself. */
assay_status assay_report(const assay_dataset *dataset, const char *record, size_t n, char **json,
                          assay_error *err);

/* ---- answers ---- */

/* What a model answered to one sample of a run, for judges of values (assay_judge.h). */
typedef struct assay_answer {
    char *id;       /* of the sample */
    char *question; /* as one line, "[image 1]" where an image stands in it */
    char *text;     /* UTF-8, may be empty */
    /* text is in the model's own words, without white space around it; else it is the option that it chose. */
    bool free_text;
    uint32_t cluster; /* the same where samples share an image or a cluster; from 0, no gaps */
} assay_answer;

/* One for every sample line of a record, in order; the record is checked as for a report and need not be finished. *out
 * [*n_out] is freed by assay_answers_free; NULL and 0 on failure and without lines. */
assay_status assay_record_answers(const assay_dataset *dataset, const char *record, size_t n,
                                  assay_answer **out, size_t *n_out, assay_error *err);
void assay_answers_free(assay_answer *answers, size_t n); /* NULL is fine */

/* ---- statistics (public because pages and tests need them) ---- */

#define ASSAY_Z95 1.959964 /* two-sided 95 % of the normal distribution */

/* Wilson score interval (E. B. Wilson, JASA 1927) for k of n, two-sided. n = 0 gives [0, 1]. */
void assay_wilson(uint64_t k, uint64_t n, double z, double *low, double *high);

/* Prediction from mean log-probabilities: first argmax, whether another equals it exactly, and max
 * softmax (the confidence). n >= 1, scores finite. */
typedef struct assay_choice {
    int index;
    bool tie;
    double confidence;
} assay_choice;
assay_choice assay_choose(const double *scores, int n);

#endif
