/* The table of tasks, and one sample from (task, seed, number). */
#include "synth/sample.h"

#include <stdlib.h>

typedef struct entry {
    assay_synth_task task;
    const char *slug; /* of the samples' ids */
    assay_task_draw *draw;
} entry;

/* clang-format off */
static const entry TASKS[] = {
    {{"Helpful", "Cross-domain Understanding", "Art", true, 24}, "art", assay_draw_art},
    {{"Helpful", "Cross-domain Understanding", "Hand Drawing", true, 2}, "hand-drawing", assay_draw_hand_drawing},
    {{"Helpful", "Cross-domain Understanding", "Animation", true, 20}, "animation", assay_draw_animation},
    {{"Helpful", "Cross-domain Understanding", "Comics", true, 2}, "comics", assay_draw_comics},
    {{"Helpful", "Cross-domain Understanding", "Medical", true, 23}, "medical", assay_draw_medical},
    {{"Helpful", "Cross-domain Understanding", "Remote", true, 24}, "remote", assay_draw_remote},
    {{"Helpful", "Machine Reading Comprehension", "Chart", true, 3}, "chart", assay_draw_chart},
    {{"Helpful", "Machine Reading Comprehension", "Handwriting", true, 3}, "handwriting", assay_draw_handwriting},
    {{"Helpful", "Machine Reading Comprehension", "OCR", true, 24}, "ocr", assay_draw_ocr},
    {{"Helpful", "Machine Reading Comprehension", "Referred Vision", true, 20}, "referred-vision", assay_draw_referred_vision},
    {{"Helpful", "Machine Reading Comprehension", "GUI", true, 10}, "gui", assay_draw_gui},
    {{"Helpful", "Machine Reading Comprehension", "Document", true, 50}, "document", assay_draw_document},
    {{"Helpful", "Embodiment", "Object Multi-view", true, 57}, "object-multi-view", assay_draw_object_views},
    {{"Helpful", "Embodiment", "Scene Multi-view", true, 23}, "scene-multi-view", assay_draw_scene_views},
    {{"Helpful", "Embodiment", "Robotic Planning", true, 20}, "robotic-planning", assay_draw_robotic_planning},
    {{"Helpful", "Embodiment", "Indoor Navigation", true, 18}, "indoor-navigation", assay_draw_indoor_navigation},
    {{"Helpful", "Embodiment", "Outdoor Navigation", true, 2}, "outdoor-navigation", assay_draw_outdoor_navigation},
    {{"Helpful", "Embodiment", "Autonomous Driving", true, 28}, "autonomous-driving", assay_draw_driving},
    {{"Helpful", "Interactivity", "Vision-only ICL", true, 50}, "vision-only-icl", assay_draw_vision_icl},
    {{"Helpful", "Interactivity", "Vision-text ICL", true, 20}, "vision-text-icl", assay_draw_vision_text_icl},
    {{"Helpful", "Interactivity", "Instruction Following", true, 51}, "instruction-following", assay_draw_instruction},
    {{"Helpful", "Interactivity", "Language Performance", false, 20}, "language-performance", assay_draw_language},
    {{"Honest", "Uncertainty", "Noisy Questions", true, 36}, "noisy-questions", assay_draw_noisy},
    {{"Honest", "Uncertainty", "Hard Questions", true, 10}, "hard-questions", assay_draw_hard},
    {{"Honest", "Hallucination", "Capability", false, 26}, "capability", assay_draw_capability},
    {{"Honest", "Hallucination", "Attribute", true, 6}, "attribute", assay_draw_attribute},
    {{"Honest", "Hallucination", "Object", true, 28}, "object", assay_draw_object},
    {{"Honest", "Hallucination", "Relationship", true, 7}, "relationship", assay_draw_relationship},
    {{"Honest", "Sycophancy", "Sycophancy", true, 40}, "sycophancy", assay_draw_sycophancy},
    {{"Harmless", "Discrimination", "Racial", false, 15}, "racial", assay_draw_racial},
    {{"Harmless", "Discrimination", "Age", false, 10}, "age", assay_draw_age},
    {{"Harmless", "Discrimination", "Disability", false, 9}, "disability", assay_draw_disability},
    {{"Harmless", "Discrimination", "Gender", false, 14}, "gender", assay_draw_gender},
    {{"Harmless", "Discrimination", "Religious", false, 10}, "religious", assay_draw_religious},
    {{"Harmless", "Discrimination", "Location", false, 15}, "location", assay_draw_location},
    {{"Harmless", "Toxicity", "Threaten", false, 17}, "threaten", assay_draw_threaten},
    {{"Harmless", "Toxicity", "Harass", false, 12}, "harass", assay_draw_harass},
    {{"Harmless", "Toxicity", "Insult", false, 5}, "insult", assay_draw_insult},
    {{"Harmless", "Illegal Activities", "Drug", false, 34}, "drug", assay_draw_drug},
    {{"Harmless", "Illegal Activities", "Theft", false, 36}, "theft", assay_draw_theft},
    {{"Harmless", "Illegal Activities", "Traffic Crime", false, 19}, "traffic-crime", assay_draw_traffic_crime},
    {{"Harmless", "Illegal Activities", "Other Crimes", false, 6}, "other-crimes", assay_draw_other_crimes},
    {{"Harmless", "Harm", "Physical Harm", false, 36}, "physical-harm", assay_draw_physical_harm},
    {{"Harmless", "Harm", "Psychological Harm", false, 39}, "psychological-harm", assay_draw_psychological_harm},
    {{"Harmless", "Privacy", "Inferring Personal Information", false, 63}, "personal-information", assay_draw_personal},
    {{"Harmless", "Privacy", "Leaking Private Information", false, 15}, "leaking-information", assay_draw_leaking},
};
/* clang-format on */

size_t assay_synth_n_tasks(void) {
    return sizeof TASKS / sizeof TASKS[0];
}

const assay_synth_task *assay_synth_task_at(size_t i) {
    return i < assay_synth_n_tasks() ? &TASKS[i].task : NULL;
}

static void name_sample(assay_synth_sample *s, const entry *e, uint64_t number) {
    s->texts.id = assay_synth_say(s, "%s-%04u", e->slug, (unsigned)number);
    s->texts.dimension = e->task.dimension;
    s->texts.domain = e->task.domain;
    s->texts.task = e->task.task;
    s->texts.sight = e->task.sight;
    s->texts.cluster = "";
    s->pair = assay_synth_say(s, "%s-pair-%04u", e->slug, (unsigned)(number / 2));
    s->second = number % 2 != 0;
}

/* Each task has two streams of random numbers: one for each sample, one for each pair of them. */
static assay_rng stream(size_t task, uint64_t seed, uint64_t number, bool shared) {
    return assay_rng_seed(seed, (uint64_t)shared << 63 | (uint64_t)task << 32 | number);
}

assay_status assay_synth_draw(size_t task, uint64_t seed, uint64_t number, assay_synth_sample **out,
                              assay_error *err) {
    *out = NULL;
    if (task >= assay_synth_n_tasks())
        return assay_fail(err, ASSAY_E_ARGUMENT, "synth: there is no task %zu", task);
    if (number > UINT32_MAX)
        return assay_fail(err, ASSAY_E_ARGUMENT, "synth: the number of a sample is below 2^32");
    const entry *e = &TASKS[task];
    assay_synth_sample *s = assay_calloc(1, sizeof *s);
    if (!s) return assay_fail(err, ASSAY_E_MEMORY, "synth: no memory for a sample");
    assay_rng rng = stream(task, seed, number, false);
    s->shared = stream(task, seed, number / 2, true);
    name_sample(s, e, number);
    e->draw(s, &rng);
    assay_status status = ASSAY_OK;
    if (s->out_of_memory)
        status = assay_fail(err, ASSAY_E_MEMORY, "synth: no memory for an image");
    else if (s->full)
        status = assay_fail(err, ASSAY_E_LIMIT, "synth: a sample of %s is too large", e->task.task);
    if (status == ASSAY_OK)
        *out = s;
    else
        assay_synth_free(s);
    return status;
}

void assay_synth_free(assay_synth_sample *s) {
    if (!s) return;
    for (int i = 0; i < ASSAY_MAX_IMAGES; i++) free(s->images[i].rgb);
    free(s);
}

const assay_sample *assay_synth_texts(const assay_synth_sample *s) {
    return &s->texts;
}

const assay_image *assay_synth_image(const assay_synth_sample *s, int i) {
    return i >= 0 && i < s->texts.n_images ? &s->images[i] : NULL;
}

const char *assay_synth_description(const assay_synth_sample *s) {
    return s->description;
}

int assay_synth_n_hints(const assay_synth_sample *s) {
    return s->n_hints;
}

void assay_synth_hint(const assay_synth_sample *s, int i, const char **question,
                      const char **answer) {
    *question = s->hint_questions[i];
    *answer = s->hint_answers[i];
}
