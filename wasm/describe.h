/* Objects of the core as JSON text, for JavaScript. Each appends one JSON object to `out`. */
#ifndef ASSAY_WASM_DESCRIBE_H
#define ASSAY_WASM_DESCRIBE_H

#include "assay.h"
#include "assay_encoder.h"
#include "assay_generate.h"
#include "base/arena.h"
#include "format/shard.h"

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
/* As its line in the index, with the names of the header format/shard.h. */
void describe_sample(assay_buffer *out, const assay_sample *sample);
/* {"id","logprob","bits":"3f800000" of logprob,"text","end":"" while it goes on,"stop","complete":bool,"choice"} */
void describe_piece(assay_buffer *out, const assay_piece *piece);

#endif
