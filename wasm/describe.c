#include "describe.h"

#include <stdlib.h>

#include "base/maths.h"
#include "base/os.h"
#include "format/json.h"
#include "kernels/kernels.h"

typedef unsigned long long u64;

void describe_member(assay_buffer *out, const char *key, const char *text) {
    assay_buffer_print(out, "\"%s\":", key);
    assay_json_string(out, text);
    assay_buffer_append(out, ",", 1);
}

void describe_build(assay_buffer *out) {
    assay_buffer_append(out, "{", 1);
    describe_member(out, "version", ASSAY_VERSION);
    describe_member(out, "isa", assay_kernels_isa());
#ifdef __EMSCRIPTEN_PTHREADS__
    assay_buffer_print(out, "\"threads\":true,");
#else
    assay_buffer_print(out, "\"threads\":false,");
#endif
    assay_buffer_print(out, "\"max_threads\":%d,\"max_options\":%d,\"max_images\":%d,\"cores\":%d}",
                       ASSAY_MAX_THREADS, ASSAY_MAX_OPTIONS, ASSAY_MAX_IMAGES,
                       assay_os_cpu_count());
}

void describe_model(assay_buffer *out, const assay_model_info *info) {
    assay_buffer_append(out, "{", 1);
    describe_member(out, "name", info->name);
    describe_member(out, "text_sha256", info->text_sha256);
    describe_member(out, "vision_sha256", info->vision_sha256);
    assay_buffer_print(out, "\"n_parameters\":%llu,\"n_bytes\":%llu,", (u64)info->n_parameters,
                       (u64)info->n_bytes);
    assay_buffer_print(out, "\"n_layers\":%d,\"dim\":%d,\"n_vocab\":%d,\"n_context\":%d,",
                       info->n_layers, info->dim, info->n_vocab, info->n_context);
    assay_buffer_print(out, "\"image_size\":%d,\"image_tokens\":%d}", info->image_size,
                       info->image_tokens);
}

void describe_encoder(assay_buffer *out, const assay_encoder_info *info) {
    assay_buffer_append(out, "{", 1);
    describe_member(out, "name", info->name);
    describe_member(out, "sha256", info->sha256);
    assay_buffer_print(out, "\"dim\":%d,\"n_context\":%d,\"n_layers\":%d,", info->dim,
                       info->n_context, info->n_layers);
    assay_buffer_print(out, "\"n_parameters\":%llu}", (u64)info->n_parameters);
}

void describe_dataset(assay_buffer *out, const assay_dataset *dataset) {
    assay_buffer_append(out, "{", 1);
    describe_member(out, "name", assay_dataset_name(dataset));
    describe_member(out, "licence", assay_dataset_licence(dataset));
    describe_member(out, "id", assay_dataset_id(dataset));
    assay_buffer_print(out, "\"samples\":%zu,\"shards\":[", assay_dataset_n_samples(dataset));
    for (size_t i = 0; i < assay_dataset_n_shards(dataset); i++) {
        const assay_shard_info *shard = assay_dataset_shard(dataset, i);
        assay_buffer_print(out, "%s{", i > 0 ? "," : "");
        describe_member(out, "file", shard->file);
        describe_member(out, "sha256", shard->sha256);
        assay_buffer_print(out, "\"bytes\":%llu}", (u64)shard->bytes);
    }
    assay_buffer_print(out, "]}");
}

void describe_sample(assay_buffer *out, const assay_sample *s) {
    assay_buffer_append(out, "{", 1);
    describe_member(out, "id", s->id);
    describe_member(out, "dimension", s->dimension);
    describe_member(out, "domain", s->domain);
    describe_member(out, "task", s->task);
    assay_buffer_print(out, "\"question\":");
    assay_buffer question = {0};
    assay_sample_print_question(s, &question);
    assay_json_string(out, question.failed ? "" : question.data);
    assay_buffer_free(&question);
    assay_buffer_append(out, ",", 1);
    describe_member(out, "cluster", s->cluster);
    assay_buffer_print(out, "\"sight\":%s,\"options\":[", s->sight ? "true" : "false");
    for (int i = 0; i < s->n_options; i++) {
        if (i > 0) assay_buffer_append(out, ",", 1);
        assay_json_string(out, s->options[i]);
    }
    assay_buffer_print(out, "],\"gold\":[");
    for (int i = 0; i < s->n_gold; i++)
        assay_buffer_print(out, "%s%d", i > 0 ? "," : "", s->gold[i]);
    assay_buffer_print(out, "],\"images\":[");
    for (int i = 0; i < s->n_images; i++) {
        const assay_member *image = &s->images[i];
        assay_buffer_print(out, "%s{", i > 0 ? "," : "");
        describe_member(out, "name", image->name);
        describe_member(out, "sha256", image->sha256);
        assay_buffer_print(out, "\"shard\":%d,\"offset\":%llu,\"size\":%llu}", image->shard,
                           (u64)image->offset, (u64)image->size);
    }
    assay_buffer_print(out, "]}");
}

void describe_piece(assay_buffer *out, const assay_piece *piece) {
    char *text = assay_strndup(piece->text, piece->n_bytes);
    if (text == NULL) out->failed = true;
    assay_buffer_print(out, "{\"id\":%d,\"logprob\":", (int)piece->id);
    assay_json_number(out, (double)piece->logprob);
    assay_buffer_print(out, ",\"bits\":\"%08x\",", (unsigned)assay_f32_bits(piece->logprob));
    describe_member(out, "text", text);
    describe_member(out, "end", assay_generate_end_name(piece->end));
    assay_buffer_print(out, "\"stop\":%d,\"complete\":%s,\"choice\":%d}", piece->stop,
                       piece->complete ? "true" : "false", piece->choice);
    free(text);
}
