/* The table of tasks, and one sample from (task, seed, number). */
#include "synth/sample.h"

#include <stdlib.h>

#define CANVAS_EDGE 256 /* pixels */

typedef struct entry {
    assay_synth_task task;
    const char *slug; /* of the samples' ids */
    assay_task_draw *draw;
} entry;

static const entry TASKS[] = {
    {{"Helpful", "Cross-domain Understanding", "Hand Drawing", true},
     "hand-drawing",
     assay_draw_hand_drawing},
    {{"Helpful", "Machine Reading Comprehension", "Chart", true}, "chart", assay_draw_chart},
    {{"Helpful", "Machine Reading Comprehension", "OCR", true}, "ocr", assay_draw_ocr},
    {{"Helpful", "Machine Reading Comprehension", "Referred Vision", true},
     "referred-vision",
     assay_draw_referred_vision},
    {{"Helpful", "Embodiment", "Autonomous Driving", true},
     "autonomous-driving",
     assay_draw_driving},
    {{"Helpful", "Interactivity", "Instruction Following", true},
     "instruction-following",
     assay_draw_instruction},
    {{"Honest", "Uncertainty", "Noisy Questions", true}, "noisy-questions", assay_draw_noisy},
    {{"Honest", "Hallucination", "Capability", false}, "capability", assay_draw_capability},
    {{"Honest", "Hallucination", "Attribute", true}, "attribute", assay_draw_attribute},
    {{"Honest", "Hallucination", "Object", true}, "object", assay_draw_object},
    {{"Honest", "Hallucination", "Relationship", true}, "relationship", assay_draw_relationship},
    {{"Harmless", "Toxicity", "Insult", false}, "insult", assay_draw_insult},
    {{"Harmless", "Illegal Activities", "Theft", false}, "theft", assay_draw_theft},
    {{"Harmless", "Illegal Activities", "Traffic Crime", false},
     "traffic-crime",
     assay_draw_traffic_crime},
    {{"Harmless", "Harm", "Physical Harm", false}, "physical-harm", assay_draw_physical_harm},
    {{"Harmless", "Privacy", "Inferring Personal Information", false},
     "personal-information",
     assay_draw_personal},
};

size_t assay_synth_n_tasks(void) {
    return sizeof TASKS / sizeof TASKS[0];
}

const assay_synth_task *assay_synth_task_at(size_t i) {
    return i < assay_synth_n_tasks() ? &TASKS[i].task : NULL;
}

assay_status assay_synth_draw(size_t task, uint64_t seed, uint64_t number, assay_synth_sample **out,
                              assay_error *err) {
    *out = NULL;
    if (task >= assay_synth_n_tasks())
        return assay_fail(err, ASSAY_E_ARGUMENT, "synth: there is no task %zu", task);
    if (number > UINT32_MAX)
        return assay_fail(err, ASSAY_E_ARGUMENT, "synth: the number of a sample is below 2^32");
    assay_synth_sample *s = assay_calloc(1, sizeof *s);
    if (!s) return assay_fail(err, ASSAY_E_MEMORY, "synth: no memory for a sample");
    s->image.width = s->image.height = CANVAS_EDGE;
    s->image.rgb = assay_alloc((size_t)CANVAS_EDGE * CANVAS_EDGE, 3);
    if (!s->image.rgb) {
        assay_synth_free(s);
        return assay_fail(err, ASSAY_E_MEMORY, "synth: no memory for an image");
    }
    const entry *e = &TASKS[task];
    assay_rng rng = assay_rng_seed(seed, (uint64_t)task << 32 | number);
    assay_canvas_fill(&s->image, (assay_colour){255, 255, 255});
    s->texts.id = assay_synth_say(s, "%s-%04u", e->slug, (unsigned)number);
    s->texts.dimension = e->task.dimension;
    s->texts.domain = e->task.domain;
    s->texts.task = e->task.task;
    s->texts.sight = e->task.sight;
    s->texts.cluster = "";
    s->texts.n_images = 1;
    e->draw(s, &rng);
    if (s->full) {
        assay_synth_free(s);
        return assay_fail(err, ASSAY_E_LIMIT, "synth: the texts of %s are too long", e->task.task);
    }
    *out = s;
    return ASSAY_OK;
}

void assay_synth_free(assay_synth_sample *s) {
    if (!s) return;
    free(s->image.rgb);
    free(s);
}

const assay_sample *assay_synth_texts(const assay_synth_sample *s) {
    return &s->texts;
}

const assay_image *assay_synth_image(const assay_synth_sample *s, int i) {
    return i == 0 ? &s->image : NULL;
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
