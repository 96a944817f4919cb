/* Objects of the core as JSON text, for JavaScript. Each appends one JSON value to `out`. */
#ifndef ASSAY_WASM_DESCRIBE_H
#define ASSAY_WASM_DESCRIBE_H

#include "assay.h"
#include "assay_clave.h"
#include "assay_concepts.h"
#include "assay_encoder.h"
#include "assay_eval.h"
#include "assay_generate.h"
#include "assay_judge.h"
#include "base/arena.h"
#include "format/shard/shard.h"

/* `"key":"text",` */
void describe_member(assay_buffer *out, const char *key, const char *text);

/* {"version","isa","threads":bool,"max_threads","max_options","max_images","cores"}: what this build is, and its limits. */
void describe_build(assay_buffer *out);
/* {"name","text_sha256","vision_sha256","n_parameters","n_bytes","n_layers","dim","n_vocab","n_context","image_size","image_tokens"} */
void describe_model(assay_buffer *out, const assay_model_info *info);
/* {"name","sha256","dim","n_context","n_layers","n_parameters"} */
void describe_encoder(assay_buffer *out, const assay_encoder_info *info);
/* {"name","licence","id","samples":N,"shards":[{"file","sha256","bytes"}]} */
void describe_dataset(assay_buffer *out, const assay_dataset *dataset);
/* As its line in the index, with the names of the header format/shard/shard.h. */
void describe_sample(assay_buffer *out, const assay_sample *sample);
/* {"id","logprob","bits":"3f800000" of logprob,"text","end":"" while it goes on,"stop","complete":bool,"choice"} */
void describe_piece(assay_buffer *out, const assay_piece *piece);

/* Values, labels and classifiers (describe_clave.c), as the types of web/js/engine/judging-protocol.js have them. */
void describe_values(assay_buffer *out, const assay_values *values); /* ValueSystem */
/* LabelSet without jsonl. */
assay_status describe_labels(assay_buffer *out, const assay_labels *labels,
                             const assay_values *values, assay_error *err);
void describe_text(assay_buffer *out, const assay_judged_text *text); /* JudgedText */
void describe_texts(assay_buffer *out, const assay_labels *labels);   /* an array, in order */
/* {"sha256","encoder": name or "","concepts":[{"text","valence"}]} */
void describe_concepts(assay_buffer *out, const assay_concepts *concepts);
/* ClassifierInfo without json, and "views": a sum of ASSAY_VIEW_... */
void describe_classifier(assay_buffer *out, const assay_classifier *classifier);
/* Not JSON, for there are many: label, abstained, p[3], confidence, n_concepts, (index, similarity)[3], n_nearest,
 * (example, label, similarity)[3] of each, unused ones 0; out [n, ASSAY_JUDGEMENT_NUMBERS]. */
#define ASSAY_JUDGEMENT_NUMBERS (8 + 5 * ASSAY_MAX_NEAREST)
void describe_judgements(const assay_judgement *judgements, size_t n, double *out);
/* {"nTexts","accuracy","macroF1","byValue":[Figures]}, the values that have labels. */
void describe_figures(assay_buffer *out, const assay_values *values,
                      const assay_judge_figures *figures);
/* [{"id","question","text","freeText":bool,"cluster"}] */
void describe_answers(assay_buffer *out, const assay_answer *answers, size_t n);
/* [ProfileValue], profile of each of the values. */
void describe_profile(assay_buffer *out, const assay_values *values,
                      const assay_profile_value *profile);

#endif
