/* labels -> targets and folds -> products -> trials of every candidate on left-out folds -> a choice -> the regressions
 * of each value from all its labels -> the classifier's text -> the classifier. */
#include <stdlib.h>
#include <string.h>

#include "assay_concepts.h"
#include "clave/classifier/classifier.h"

/* Prior variances of the weights are 1 / strength, with features of mean square 1. */
static const double strengths[] = {0.1, 0.03, 0.01};
enum {
    N_STRENGTHS = sizeof strengths / sizeof strengths[0],
    MAX_SETS = 8,
    STRONG = 0, /* preferred of n-grams */
    WEAK = 1    /* and where there are vectors, which overlap more */
};

#define LARGEST 1e15f /* number of a vector */

static const unsigned ngrams = ASSAY_BLOCK_BIT(ASSAY_BLOCK_WORDS) |
                               ASSAY_BLOCK_BIT(ASSAY_BLOCK_CHARS) |
                               ASSAY_BLOCK_BIT(ASSAY_BLOCK_RESPONSE_CHARS);
static const unsigned definition = ASSAY_BLOCK_BIT(ASSAY_BLOCK_DEFINITION);
static const unsigned pool_concepts = ASSAY_BLOCK_BIT(ASSAY_BLOCK_CONCEPTS);

assay_calibrate_options assay_calibrate_defaults(void) {
    return (assay_calibrate_options){.seed = 46, .n_folds = 5, .aggregation = ASSAY_MAJORITY};
}

typedef struct calibration {
    assay_calibration c;
    assay_products products;
    assay_target *targets;
    assay_candidate candidates[MAX_SETS * N_STRENGTHS];
    assay_trials trials;
    assay_shared_valence shared;
    assay_fitter fitters[ASSAY_MAX_THREADS];
    size_t n_fitters, largest; /* labels of one value */
    size_t set;                /* first candidate of the set on trial */
    unsigned heads;            /* bits: what each value learns by itself of all its labels */
    int fold;
    size_t n_done, n_steps;
} calibration;

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "calibration: out of memory");
}

/* False: whoever waits wants no more. */
static bool wanted(const calibration *k) {
    const assay_calibrate_options *o = k->c.options;
    return o->progress == NULL ||
           o->progress(o->progress_context, (double)k->n_done / (double)k->n_steps) == 0;
}

static bool step_done(calibration *k) {
    k->n_done++;
    return wanted(k);
}

static assay_status stopped(assay_error *err) {
    return assay_fail(err, ASSAY_E_CANCELLED, "calibration: stopped");
}

/* ---- candidates ---- */

static unsigned vector_blocks(const assay_vectors *v) {
    unsigned set = 0;
    if (v == NULL) return 0;
    if (v->response != NULL) set |= ASSAY_BLOCK_BIT(ASSAY_BLOCK_RESPONSE);
    if (v->both != NULL) set |= ASSAY_BLOCK_BIT(ASSAY_BLOCK_BOTH);
    return set;
}

/* "ngrams+vectors" -> blocks. */
static assay_status read_features(const char *names, const assay_vectors *vectors,
                                  const assay_concepts *concepts, unsigned *set, assay_error *err) {
    const struct {
        const char *name;
        unsigned blocks;
    } known[] = {{"ngrams", ngrams},
                 {"vectors", vector_blocks(vectors)},
                 {"definition", definition},
                 {"concepts", concepts != NULL ? pool_concepts : 0}};
    for (const char *at = names;; at++) {
        size_t n = strcspn(at, "+");
        unsigned blocks = 0;
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            if (strlen(known[i].name) != n || strncmp(known[i].name, at, n) != 0) continue;
            found = true;
            blocks = known[i].blocks;
        }
        if (!found)
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "features: no \"%.40s\"; there are ngrams, vectors, definition and "
                              "concepts, joined by +",
                              names);
        if (blocks == 0)
            return assay_fail(err, ASSAY_E_ARGUMENT, "features: %.*s were not given", (int)n, at);
        *set |= blocks;
        at += n;
        if (*at == '\0') return ASSAY_OK;
    }
}

static void add_set(calibration *k, unsigned set, bool preferred) {
    assay_trials *t = &k->trials;
    size_t first = t->n_candidates;
    bool vectors = (set & ~(ngrams | definition | pool_concepts)) != 0;
    for (size_t i = 0; i < first; i++) {
        if (k->candidates[i].set == set) return;
    }
    for (size_t i = 0; i < N_STRENGTHS; i++)
        k->candidates[t->n_candidates++] = (assay_candidate){set, strengths[i]};
    if (preferred) t->preferred = first + (vectors ? WEAK : STRONG);
}

static assay_status list_candidates(calibration *k, assay_error *err) {
    unsigned vectors = vector_blocks(k->c.vectors), fixed = 0;
    if (k->c.options->features != NULL) {
        assay_status status =
            read_features(k->c.options->features, k->c.vectors, k->c.concepts, &fixed, err);
        if (status == ASSAY_OK) add_set(k, fixed, true);
        return status;
    }
    add_set(k, ngrams | vectors, true);
    if (k->c.concepts != NULL) add_set(k, ngrams | vectors | pool_concepts, false);
    if (vectors != 0) {
        add_set(k, ngrams | vectors | definition, false);
        add_set(k, ngrams, false);
        add_set(k, vectors, false);
    }
    return ASSAY_OK;
}

/* ---- trials ---- */

static void try_value(void *context, size_t begin, size_t end, int worker) {
    calibration *k = context;
    assay_trials *t = &k->trials;
    for (size_t v = begin; v < end; v++) {
        for (size_t s = 0; s < N_STRENGTHS; s++) {
            const assay_candidate *c = &k->candidates[k->set + s];
            assay_fitter *f = &k->fitters[worker];
            assay_fitter_fit(f, &k->products, &k->targets[v], v, c->set, c->strength, k->fold,
                             ASSAY_ALL_HEADS);
            assay_fitter_score(f, &k->products, v,
                               t->scores + (k->set + s) * t->n_labels + t->offset[v]);
        }
    }
}

static assay_status try_all(calibration *k, assay_error *err) {
    assay_trials *t = &k->trials;
    for (k->set = 0; k->set < t->n_candidates; k->set += N_STRENGTHS) {
        for (k->fold = 0; k->fold < t->n_folds; k->fold++) {
            /* A fit may start from the last one of its thread only when that was its own. */
            for (size_t i = 0; i < k->n_fitters; i++) k->fitters[i].fold = -2;
            assay_parallel_for(k->c.options->threads, t->n_values, 1, try_value, k);
            if (!step_done(k)) return stopped(err);
        }
    }
    return ASSAY_OK;
}

/* Before the trials: they are measured in this mix. */
static assay_status estimate_mix(calibration *k, assay_error *err) {
    const assay_candidate *c = &k->candidates[k->trials.preferred];
    assay_fitter *f = &k->fitters[0];
    assay_status status = ASSAY_OK;
    if (!assay_targets_evenly_spread(k->targets, k->trials.n_values)) return ASSAY_OK;
    for (size_t v = 0; v < k->trials.n_values && status == ASSAY_OK; v++) {
        f->fold = -2;
        assay_fitter_fit(f, &k->products, &k->targets[v], v, c->set, c->strength, -1,
                         ASSAY_ALL_HEADS);
        status = assay_target_estimate_mix(f, &k->products, &k->targets[v], v, err);
    }
    return status;
}

/* ---- choices ---- */

/* What all values together say of the valence of every label, for one candidate. */
static assay_status try_shared(calibration *k, size_t candidate, assay_error *err) {
    assay_trials *t = &k->trials;
    const assay_candidate *c = &k->candidates[candidate];
    if (k->shared.cap == 0 || t->valence[candidate] != NULL) return ASSAY_OK;
    double *valence = t->valence[candidate] = assay_alloc(t->n_labels, sizeof *valence);
    if (valence == NULL) return no_memory(err);
    for (size_t i = 0; i < t->n_labels; i++)
        valence[i] = t->scores[candidate * t->n_labels + i][ASSAY_HEAD_VALENCE];
    for (int fold = 0; fold < t->n_folds; fold++) {
        if (!wanted(k)) return stopped(err);
        assay_shared_valence_fit(&k->shared, &k->products, k->targets, t->n_values, c->set,
                                 c->strength, fold);
        for (size_t v = 0; v < t->n_values; v++)
            assay_shared_valence_score(&k->shared, &k->products, &k->targets[v], v, c->set, fold,
                                       valence + t->offset[v]);
    }
    return ASSAY_OK;
}

static assay_status choose(calibration *k, int fold, assay_choice *choice, assay_error *err) {
    *choice = assay_trials_choose(&k->trials, fold);
    assay_status status = try_shared(k, choice->candidate, err);
    if (status == ASSAY_OK) choice->shared = assay_trials_choose_sharing(&k->trials, choice, fold);
    return status;
}

/* Each fold is judged as the other folds choose, so that the figures do not profit from the choice. */
static assay_status cross_validate(calibration *k, assay_error *err) {
    const assay_trials *t = &k->trials;
    for (int fold = 0; fold < t->n_folds; fold++) {
        assay_choice choice;
        assay_status status = choose(k, fold, &choice, err);
        if (status != ASSAY_OK) return status;
        for (size_t v = 0; v < t->n_values; v++) {
            const assay_target *target = &k->targets[v];
            double offset[3], log_p[3];
            assay_target_offsets(target, choice.share, offset);
            for (size_t i = 0; i < target->n; i++) {
                if (target->fold[i] != fold) continue;
                assay_trials_judge(t, &choice, v, i, log_p);
                int8_t label = assay_decide(log_p, offset, target->allowed);
                k->c.learnt[v].confusion.n[target->label[i] + 1][label + 1]++;
            }
        }
    }
    return ASSAY_OK;
}

/* ---- what is learnt of all labels ---- */

static void learn_value(void *context, size_t begin, size_t end, int worker) {
    calibration *k = context;
    assay_fitter *f = &k->fitters[worker];
    for (size_t v = begin; v < end; v++) {
        const assay_target *target = &k->targets[v];
        assay_learnt *learnt = &k->c.learnt[v];
        f->fold = -2;
        assay_fitter_fit(f, &k->products, target, v, k->c.set, k->c.strength, -1, k->heads);
        for (size_t head = 0; head < ASSAY_HEADS; head++) {
            size_t row = 0;
            learnt->constant[head] = f->constant[head];
            learnt->empty[head] = f->n[head] == 0;
            for (size_t i = 0; i < target->n && row < f->n[head]; i++) {
                if (f->rows[head][row] == target->text[i]) learnt->a[head][i] = f->a[head][row++];
            }
        }
    }
}

/* Valence, which no value has learnt by itself then. Of a value without labels nothing is claimed; where all relevant texts
 * are of one direction there is nothing to learn, together as alone. */
static void learn_shared(calibration *k) {
    assay_shared_valence_fit(&k->shared, &k->products, k->targets, k->trials.n_values, k->c.set,
                             k->c.strength, -1);
    k->c.sharing = k->shared.learnt ? ASSAY_SHARING : 0.0;
    for (size_t v = 0; v < k->trials.n_values && k->shared.learnt; v++) {
        assay_learnt *learnt = &k->c.learnt[v];
        if (k->targets[v].n == 0) continue;
        learnt->empty[ASSAY_HEAD_VALENCE] = false;
        assay_shared_valence_get(&k->shared, &k->targets[v], v, learnt->a[ASSAY_HEAD_VALENCE]);
    }
}

/* ---- one set of vectors ---- */

/* Products of numbers that are none would choose at random and print what cannot be read. */
static assay_status check_finite(const assay_vectors *v, size_t n_texts, size_t n_values,
                                 assay_error *err) {
    const struct {
        const float *rows;
        size_t n;
    } views[] = {{v->response, n_texts}, {v->both, n_texts}, {v->definitions, n_values}};
    for (size_t k = 0; k < sizeof views / sizeof views[0]; k++) {
        for (size_t i = 0; views[k].rows != NULL && i < views[k].n * v->dim; i++) {
            float x = views[k].rows[i];
            if (!(x > -LARGEST && x < LARGEST))
                return assay_fail(err, ASSAY_E_FORMAT,
                                  "calibration: the encoder %.100s gives no finite numbers",
                                  v->name);
        }
    }
    return ASSAY_OK;
}

static assay_status prepare(calibration *k, assay_error *err) {
    assay_trials *t = &k->trials;
    const assay_calibration *c = &k->c;
    unsigned wanted = 0;
    size_t n_values = assay_values_count(c->values), n_threads, n_scores;
    assay_status status = list_candidates(k, err);
    for (size_t i = 0; i < t->n_candidates; i++) wanted |= k->candidates[i].set;
    if (status == ASSAY_OK && c->vectors != NULL)
        status = check_finite(c->vectors, assay_labels_n_texts(c->labels), n_values, err);
    if (status == ASSAY_OK)
        status = assay_products_build(c->values, c->labels, c->vectors, c->concepts, wanted,
                                      &k->products, err);
    if (status == ASSAY_OK)
        status = assay_targets_build(c->labels, n_values, c->options, &k->targets, err);
    if (status != ASSAY_OK) return status;
    t->targets = k->targets;
    t->candidates = k->candidates;
    t->n_values = n_values;
    t->n_folds = c->options->n_folds;
    t->offset = assay_alloc(n_values, sizeof *t->offset);
    k->c.learnt = assay_calloc(n_values, sizeof *k->c.learnt);
    if (t->offset == NULL || k->c.learnt == NULL) return no_memory(err);
    for (size_t v = 0; v < n_values; v++) {
        t->offset[v] = t->n_labels;
        t->n_labels += k->targets[v].n;
        if (k->targets[v].n > k->largest) k->largest = k->targets[v].n;
        for (size_t h = 0; h < ASSAY_HEADS; h++) {
            k->c.learnt[v].a[h] = assay_calloc(k->targets[v].n + 1, sizeof(double));
            if (k->c.learnt[v].a[h] == NULL) return no_memory(err);
        }
    }
    if (assay_size_mul(t->n_candidates, t->n_labels + 1, &n_scores))
        t->scores = assay_calloc(n_scores, sizeof *t->scores);
    t->valence = assay_calloc(t->n_candidates, sizeof *t->valence);
    if (t->scores == NULL || t->valence == NULL) return no_memory(err);
    status = assay_shared_valence_init(&k->shared, k->targets, n_values, err);
    n_threads = (size_t)assay_pool_threads(c->options->threads);
    for (; k->n_fitters < n_threads && status == ASSAY_OK; k->n_fitters++)
        status = assay_fitter_init(&k->fitters[k->n_fitters], k->largest, err);
    k->n_steps = t->n_candidates / N_STRENGTHS * (size_t)t->n_folds + 1;
    return status;
}

static void release(calibration *k) {
    size_t n_values = assay_values_count(k->c.values);
    for (size_t v = 0; k->c.learnt != NULL && v < n_values; v++) {
        for (size_t h = 0; h < ASSAY_HEADS; h++) free(k->c.learnt[v].a[h]);
    }
    free(k->c.learnt);
    free(k->trials.offset);
    for (size_t c = 0; k->trials.valence != NULL && c < k->trials.n_candidates; c++)
        free(k->trials.valence[c]);
    free(k->trials.valence);
    free(k->trials.scores);
    assay_shared_valence_free(&k->shared);
    for (size_t i = 0; i < k->n_fitters; i++) assay_fitter_free(&k->fitters[i]);
    assay_targets_free(k->targets, n_values);
    assay_products_free(&k->products);
}

static double mean_macro_f1(const calibration *k) {
    double sum = 0, accuracy, macro_f1;
    for (size_t v = 0; v < k->trials.n_values; v++) {
        assay_confusion_figures(&k->c.learnt[v].confusion, &accuracy, &macro_f1);
        sum += macro_f1;
    }
    return sum / (double)k->trials.n_values;
}

/* Appends the classifier's text; *figure is its cross-validated macro-F1. */
static assay_status calibrate(calibration *k, assay_buffer *out, double *figure, assay_error *err) {
    assay_status status = prepare(k, err);
    if (status == ASSAY_OK) status = estimate_mix(k, err);
    if (status == ASSAY_OK) status = try_all(k, err);
    if (status != ASSAY_OK) return status;
    assay_choice choice;
    status = cross_validate(k, err);
    if (status == ASSAY_OK) status = choose(k, -1, &choice, err);
    if (status != ASSAY_OK) return status;
    *figure = mean_macro_f1(k);
    k->c.set = k->candidates[choice.candidate].set;
    k->c.strength = k->candidates[choice.candidate].strength;
    k->c.share = choice.share;
    k->c.scaling = assay_trials_scaling(&k->trials, &choice);
    k->heads = choice.shared ? ASSAY_ALL_HEADS & ~(1u << ASSAY_HEAD_VALENCE) : ASSAY_ALL_HEADS;
    assay_parallel_for(k->c.options->threads, k->trials.n_values, 1, learn_value, k);
    if (choice.shared) learn_shared(k);
    k->c.products = &k->products;
    k->c.targets = k->targets;
    k->c.n_candidates = k->trials.n_candidates;
    /* What the choice has no use for is not asked of who judges. */
    if (!(k->c.set & pool_concepts)) k->c.concepts = NULL;
    bool pool_vectors = k->c.concepts != NULL;
    if (!(k->c.set & vector_blocks(k->c.vectors)) && !(k->c.set & definition) && !pool_vectors)
        k->c.vectors = NULL;
    status = assay_classifier_write(&k->c, out, err);
    if (status == ASSAY_OK && !step_done(k)) status = stopped(err);
    return status;
}

/* ---- the function ---- */

static bool pool_fits(const assay_concepts *concepts, const assay_vectors *v) {
    const assay_concept_encoder *e = concepts != NULL ? assay_concepts_encoder(concepts) : NULL;
    return e == NULL || (v != NULL && strcmp(v->sha256, e->sha256) == 0 && v->dim == e->dim);
}

static bool names_concepts(const char *features) {
    static const char name[] = "concepts";
    for (const char *at = features; at != NULL; at = strchr(at, '+')) {
        at += *at == '+';
        if (strcspn(at, "+") == sizeof name - 1 && strncmp(at, name, sizeof name - 1) == 0)
            return true;
    }
    return false;
}

/* A pool with an encoder is compared by this encoder's vectors alone: it has to be among them. */
static assay_status check_pool(const assay_concepts *concepts, const assay_vectors *vectors,
                               size_t n_vectors, assay_error *err) {
    for (size_t i = 0; i < n_vectors; i++) {
        if (pool_fits(concepts, &vectors[i])) return ASSAY_OK;
    }
    if (pool_fits(concepts, NULL)) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "the concept pool needs vectors of the encoder %.100s",
                      assay_concepts_encoder(concepts)->name);
}

static assay_status check(const assay_labels *labels, const assay_vectors *vectors,
                          size_t n_vectors, const assay_concepts *concepts,
                          const assay_calibrate_options *o, assay_error *err) {
    size_t n_labels = 0;
    for (size_t i = 0; i < assay_labels_n_votes(labels); i++)
        n_labels += !assay_labels_vote(labels, i)->skip;
    if (n_labels == 0) return assay_fail(err, ASSAY_E_FORMAT, "calibration: there are no labels");
    if (o->n_folds < 2 || o->n_folds > ASSAY_MAX_FOLDS)
        return assay_fail(err, ASSAY_E_ARGUMENT, "calibration: %d folds, there are 2 to %d",
                          o->n_folds, ASSAY_MAX_FOLDS);
    for (size_t i = 0; i < n_vectors; i++) {
        if (vectors[i].dim == 0 || vectors[i].name == NULL || vectors[i].sha256 == NULL ||
            (vectors[i].response == NULL && vectors[i].both == NULL))
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "calibration: vectors without a name, a size or a view");
    }
    if (o->features != NULL && !names_concepts(o->features)) return ASSAY_OK;
    return check_pool(concepts, vectors, n_vectors, err);
}

assay_status assay_calibrate(const assay_values *values, const assay_labels *labels,
                             const assay_vectors *vectors, size_t n_vectors,
                             const assay_concepts *concepts, const assay_calibrate_options *options,
                             assay_classifier **out, assay_error *err) {
    const assay_calibrate_options defaults = assay_calibrate_defaults();
    assay_buffer best = {0};
    double best_figure = -1;
    if (options == NULL) options = &defaults;
    assay_status status = check(labels, vectors, n_vectors, concepts, options, err);
    for (size_t i = 0; status == ASSAY_OK && i < (n_vectors > 0 ? n_vectors : 1); i++) {
        const assay_vectors *own = n_vectors > 0 ? &vectors[i] : NULL;
        assay_buffer text = {0};
        double figure = 0;
        /* Who asks for the pool asks for the encoder that it was embedded with. */
        if (!pool_fits(concepts, own) && names_concepts(options->features)) continue;
        calibration *k = assay_calloc(1, sizeof *k);
        if (k == NULL) {
            status = no_memory(err);
            break;
        }
        k->c = (assay_calibration){.values = values, .labels = labels, .options = options};
        k->c.vectors = own;
        if (pool_fits(concepts, own)) k->c.concepts = concepts;
        status = calibrate(k, &text, &figure, err);
        release(k);
        free(k);
        if (status == ASSAY_OK && figure > best_figure) {
            best_figure = figure;
            assay_buffer_free(&best);
            best = text;
        } else {
            assay_buffer_free(&text);
        }
    }
    if (status == ASSAY_OK)
        status = assay_classifier_parse(best.data, best.len, "classifier", out, err);
    assay_buffer_free(&best);
    return status;
}
