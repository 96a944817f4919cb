/* Assay's evaluation: Scenario -> Instruction -> Inferencer -> Metric (Ch3Ef, arXiv 2403.17830; ChEF, arXiv 2311.02692).
 *
 * A run is step-wise, so that a host (program, page worker, Node) can fetch images, show progress, pause and stop:
 *
 *   assay_run_create -> [assay_run_resume] -> assay_run_header
 *   while assay_run_next(): fetch the images it names -> assay_run_step() -> append its line to the record
 *   assay_run_close -> append the closing line with the hallmark
 *
 * The record is append-only JSONL. The host owns where it is kept; the report is made from the record's text alone. */
#ifndef ASSAY_EVAL_H
#define ASSAY_EVAL_H

#include "assay.h"
#include "format/shard.h"

/* ---- recipe -------------------------------------------------------------------------------------------- */

/* One choice of each of scenario, instruction, inferencer, metric. As JSON (parsed strictly: unknown keys are refused):
 * {"name": "ch3ef", "query": "{question}", "answer": "{option}", "inferencer": "ppl", "image": "normal", "limit": 0}
 * image: "normal", or "grey" (every pixel 128: the blind baseline). limit: 0 = all; else the samples taken: for every task in turn
 * its first, then its second, ... in index order, until there are `limit`; run in index order.
 * Absent keys take these defaults; the canonical recipe has all of them. */

typedef struct assay_run assay_run;

typedef struct assay_run_options {
    const assay_dataset *dataset; /* lent */
    const assay_model *model;     /* lent */
    assay_session *session;       /* lent; of that model */
    const char *recipe;           /* JSON; NULL = {} */
} assay_run_options;

assay_status assay_run_create(const assay_run_options *options, assay_run **out, assay_error *err);
void assay_run_destroy(assay_run *run);

/* Lines are NUL-terminated with their newline, owned by the run until its next call. */
assay_status assay_run_header(assay_run *run, const char **line, assay_error *err);
/* Takes over what an earlier, cut-off record holds: checks its header against this run (E_CHECK names what differs), counts its samples as
 * done. A last line cut in the middle is ignored; *keep is the number of bytes of the record that are whole, after which the host appends. */
assay_status assay_run_resume(assay_run *run, const char *record, size_t n, size_t *keep, assay_error *err);

/* Next sample to score, or NULL when all are done. */
const assay_sample *assay_run_next(const assay_run *run);
size_t assay_run_total(const assay_run *run);
size_t assay_run_done(const assay_run *run);
/* Scores the sample of assay_run_next. images: its encoded files, in order, checked here against their hashes. On failure
 * nothing changed, and the step may be tried again. `seconds` of the step are measured inside and written to the line. */
assay_status assay_run_step(assay_run *run, const assay_blob *images, const char **line, assay_error *err);
/* E_ARGUMENT while samples are missing. */
assay_status assay_run_close(assay_run *run, const char **line, assay_error *err);

/* Record, a line each:
 * {"type":"run","format":1,"engine":"0.1.0","build":{...},"model":{"name","text","vision"},"dataset":{"name","id"},"recipe":{...},"samples":N}
 * {"type":"sample","id","prediction":i,"tie":bool,"correct":bool,"confidence":x,"scores":[mean],"bits":["hex of each token's f32, 8 digits each", ...],"seconds":x}
 * {"type":"end","hallmark":"...","samples":N}
 * hallmark = SHA-256 of: "assay 1\n", then text sha256, vision sha256, dataset id, canonical recipe, each with "\n", then for every sample in
 * index order: id "\n", and every option's bits with "\n". Timing, build and engine version never enter it. */

/* Checks that a record is whole and that its hallmark follows from its lines. E_CHECK when not. */
assay_status assay_record_check(const char *record, size_t n, assay_error *err);

/* ---- report -------------------------------------------------------------------------------------------- */

/* Report of a record over the dataset it was made on, as canonical JSON (free with free()):
 * {"hallmark","n","n_total","accuracy","ci":[low,high],"ties","chance","seconds","model","dataset","recipe",
 *  "dimensions":[{"name","n","correct","accuracy","ci","chance","domains":[{..,"tasks":[{..}]}]}],"sight":{..}}
 * accuracy: share of samples whose prediction is in gold (micro-average, as the published domain scores). ci: Wilson, 95 %.
 * An unfinished record gives a report with "hallmark": null. */
assay_status assay_report(const assay_dataset *dataset, const char *record, size_t n, char **json, assay_error *err);

/* ---- statistics (public because pages and tests need them) ------------------------------------------------ */

/* Wilson score interval (E. B. Wilson, JASA 1927) for k of n, two-sided, z = 1.959964 for 95 %. n = 0 gives [0, 1]. */
void assay_wilson(uint64_t k, uint64_t n, double z, double *low, double *high);

/* Prediction from mean log-probabilities: first argmax, whether another equals it exactly, and max softmax (the confidence). */
typedef struct assay_choice {
    int index;
    bool tie;
    double confidence;
} assay_choice;
assay_choice assay_choose(const double *scores, int n);

#endif
