// Values in texts, in the engine's worker: labels -> classifier -> judgements. What a call gives depends on nothing but what it was given;
// kept are only the vectors of texts and the classifier that was used last, which are dear. Long calls tell how far they are and let
// messages in between their steps, so that a cancel gets through.

import { CancelledError } from './heap.js';
import { HeapClassifier, HeapConcepts, HeapLabels, HeapValues, VIEWS, heapAnswers, heapTrial } from './heap-clave.js';

/** @typedef {import('./heap.js').Core} Core */
/** @typedef {import('./heap-clave.js').Vectors} Vectors */
/** @typedef {import('./encoder-host.js').EncoderHost} EncoderHost */
/** @typedef {import('./protocol.js').EngineEvents} EngineEvents */
/** @typedef {import('./judging-protocol.js').JudgedText} JudgedText */
/** @typedef {import('./judging-protocol.js').JudgingMethods} JudgingMethods */
/** @typedef {import('./judging-protocol.js').Value} Value */

/**
 * @template {keyof JudgingMethods} M
 * @typedef {Parameters<JudgingMethods[M]>[0]} Request
 */
/**
 * @template {keyof JudgingMethods} M
 * @typedef {Awaited<ReturnType<JudgingMethods[M]>>} Answer
 */

const GROUP = 32; // texts that are judged between two looks at the messages
const EMBED_GROUP = 128; // texts whose vectors are kept though the call is cancelled later
const MAX_KEPT = 1 << 24; // floats

const FIRST_SEED = 46; // of a learning curve's draws, as assay classify --eval counts them

const ALL_VIEWS = /** @type {(keyof typeof VIEWS)[]} */ (Object.keys(VIEWS));

/** @param {JudgedText} text @param {keyof typeof VIEWS} view */
function viewOf({ scenario, response }, view) {
  if (view === 'both') return scenario === '' ? response : `${scenario} ${response}`;
  return view === 'scenario' ? scenario : response;
}

/** Vectors by text, of one encoder. */
class VectorStore {
  #sha256 = '';
  /** @type {Map<string, Float32Array>} */
  #vectors = new Map();

  /** Forgets those of another encoder, and all when they are too many. @param {string} sha256 @param {number} dim */
  of(sha256, dim) {
    if (this.#sha256 !== sha256 || this.#vectors.size * dim > MAX_KEPT) this.#vectors.clear();
    this.#sha256 = sha256;
    return this.#vectors;
  }
}

export class JudgingHost {
  #encoder;
  #emit;
  #pause;
  #store = new VectorStore();
  /** @type {{classifier: HeapClassifier, json: string} | null} */
  #last = null;

  /**
   * @param {EncoderHost} encoder
   * @param {<E extends keyof EngineEvents>(name: E, data: EngineEvents[E]) => void} emit
   * @param {() => Promise<void>} pause  lets messages in; throws when a cancel was among them
   */
  constructor(encoder, emit, pause) {
    this.#encoder = encoder;
    this.#emit = emit;
    this.#pause = pause;
  }

  // ---- values and labels ---------------------------------------------------------------------------------

  /** @param {Core} core @param {string} json @param {string} name @returns {Promise<Answer<'openValues'>>} */
  openValues(core, json, name) {
    return using((hold) => hold(HeapValues.open(core, json, name)).info());
  }

  /** @param {Core} core @param {Request<'readLabels'>} request @returns {Promise<Answer<'readLabels'>>} */
  readLabels(core, { values, files }) {
    return using((hold) => {
      const labels = hold(HeapLabels.read(hold(HeapValues.open(core, values, 'values')), files));
      return { ...labels.info(), jsonl: labels.write('jsonl') };
    });
  }

  /** @param {Core} core @param {Request<'writeLabels'>} request @returns {Promise<Answer<'writeLabels'>>} */
  writeLabels(core, request) {
    return using((hold) => JudgingHost.#labelled(core, request, hold).labels.write(request.format));
  }

  /** @param {Core} core @param {{values: string, labels: string}} request @param {Hold} hold */
  static #labelled(core, request, hold) {
    const values = hold(HeapValues.open(core, request.values, 'values'));
    const bytes = new TextEncoder().encode(request.labels);
    const files = bytes.length > 0 ? [{ name: 'labels', format: 'jsonl', bytes }] : [];
    return { values, labels: hold(HeapLabels.read(values, files)) };
  }

  // ---- classifiers ---------------------------------------------------------------------------------------

  /** @param {Core} core @param {string} json @param {string} name @returns {Promise<Answer<'openClassifier'>>} */
  openClassifier(core, json, name) {
    return using((hold) => this.#told(HeapClassifier.open(core, json, name), hold));
  }

  /** @param {Core} core @param {Request<'calibrate'>} request @returns {Promise<Answer<'calibrate'>>} */
  calibrate(core, request) {
    return using(async (hold) => {
      const { values, labels, concepts, vectors } = await this.#toLearn(core, request, hold);
      this.#emit('calibrating', { done: 0 });
      await this.#pause();
      const classifier = core.listen(
        (done) => this.#emit('calibrating', { done }),
        () => HeapClassifier.calibrate(values, labels, vectors, concepts),
      );
      const info = this.#told(classifier, hold);
      await this.#pause();
      return info;
    });
  }

  /** What the page is told of a new classifier, which is kept. @param {HeapClassifier} classifier @param {Hold} hold
   * @returns {import('./judging-protocol.js').ClassifierInfo} */
  #told(classifier, hold) {
    const kept = { classifier, json: '' };
    hold({ close: () => this.#keep(kept) });
    kept.json = classifier.json();
    const { views: _views, ...info } = classifier.info;
    return { ...info, json: kept.json };
  }

  /** Keeps a classifier in place of the last one. @param {{classifier: HeapClassifier, json: string}} used */
  #keep(used) {
    this.#last?.classifier.close();
    this.#last = used;
  }

  /** The classifier of a text; while it is held nobody else can close it. @param {Core} core @param {string} json @param {Hold} hold */
  #take(core, json, hold) {
    const last = this.#last;
    const known = last?.json === json && last.classifier.core === core;
    if (known) this.#last = null;
    const used = known ? last : { classifier: HeapClassifier.open(core, json, 'classifier'), json };
    hold({ close: () => this.#keep(used) });
    return used.classifier;
  }

  /** What a classifier is learnt from. @param {Core} core @param {Request<'calibrate'>} request @param {Hold} hold */
  async #toLearn(core, request, hold) {
    const { values, labels } = JudgingHost.#labelled(core, request, hold);
    const concepts = request.concepts === '' ? null : hold(HeapConcepts.open(core, request.concepts, values));
    if (concepts && concepts.info.encoder !== '') {
      this.#check(concepts.info.encoder, 'This concept pool');
      if (!request.encoder)
        throw new Error(`This concept pool needs the encoder ${concepts.info.encoder}: use it, or leave the pool out.`);
    }
    if (!request.encoder) return { values, labels, concepts, vectors: null };
    const vectors = await this.#vectors(labels.texts(), VIEWS.response | VIEWS.both, values.info().values);
    return { values, labels, concepts, vectors };
  }

  /** All sizes of the first draw, then of the next. @param {Core} core @param {Request<'learningCurve'>} request
   * @returns {Promise<Answer<'learningCurve'>>} */
  learningCurve(core, request) {
    return using(async (hold) => {
      const { values, labels, concepts, vectors } = await this.#toLearn(core, request, hold);
      const { sizes, draws } = request;
      /** @type {Answer<'learningCurve'>} */
      const points = [];
      for (let i = 0; i < sizes.length * draws; i += 1) {
        const [nLabels, draw] = [sizes[i % sizes.length], Math.floor(i / sizes.length)];
        await this.#pause();
        const figures = core.listen(
          (done) => this.#emit('calibrating', { done: (i + done) / (sizes.length * draws) }),
          () => heapTrial(values, labels, vectors, concepts, nLabels, FIRST_SEED + draw),
        );
        points.push({ nLabels, draw, ...figures });
        this.#emit('trial', points[i]);
      }
      return points;
    });
  }

  /** @param {Core} core @param {string} json @returns {Promise<Answer<'firstConcepts'>>} */
  firstConcepts(core, json) {
    return using(async (hold) => {
      const classifier = this.#take(core, json, hold);
      const { encoder, values } = classifier.info;
      const phrases = values.values.flatMap(({ concepts }) => concepts);
      if (phrases.length === 0) return '';
      if (encoder !== '') this.#check(encoder, 'This classifier');
      const texts = phrases.map((response) => ({ id: '', scenario: '', response }));
      const vectors = encoder === '' ? null : await this.#vectors(texts, VIEWS.response, []);
      return hold(HeapConcepts.first(classifier, vectors)).json();
    });
  }

  // ---- judging -------------------------------------------------------------------------------------------

  /** @param {Core} core @param {Request<'judge'>} request @returns {Promise<Answer<'judge'>>} */
  judge(core, { classifier: json, concepts: pool, texts, minConfidence }) {
    return using(async (hold) => {
      const { classifier, concepts } = this.#judges(core, json, pool, hold);
      const judged = await this.#judge(classifier, concepts, texts, minConfidence, hold);
      return classifier.read(judged, 0, texts.length, concepts);
    });
  }

  /** @param {Core} core @param {Request<'profile'>} request @returns {Promise<Answer<'profile'>>} */
  profile(core, { classifier: json, concepts: pool, record, minConfidence }) {
    return using(async (hold) => {
      const { classifier, concepts } = this.#judges(core, json, pool, hold);
      const answers = heapAnswers(core, record);
      const texts = answers.map(({ id, question, text }) => ({ id, scenario: question, response: text }));
      const judged = await this.#judge(classifier, concepts, texts, minConfidence, hold);
      const judgements = classifier.read(judged, 0, texts.length, concepts);
      return {
        n: answers.length,
        freeText: answers.some(({ freeText }) => freeText),
        values: classifier.profile(
          judged,
          answers.map(({ cluster }) => cluster),
        ),
        answers: answers.map(({ id, question, text }, i) => ({ id, question, text, judgements: judgements[i] })),
      };
    });
  }

  /** @param {Core} core @param {string} json @param {string} pool @param {Hold} hold */
  #judges(core, json, pool, hold) {
    const classifier = this.#take(core, json, hold);
    const concepts = pool === '' ? null : hold(HeapConcepts.open(core, pool, classifier.values()));
    return { classifier, concepts };
  }

  /**
   * @param {HeapClassifier} classifier @param {HeapConcepts | null} concepts
   * @param {readonly JudgedText[]} texts @param {number} minConfidence @param {Hold} hold
   */
  async #judge(classifier, concepts, texts, minConfidence, hold) {
    const { encoder } = classifier.info;
    const poolEncoder = concepts?.info.encoder ?? '';
    if (encoder !== '') this.#check(encoder, 'This classifier');
    if (poolEncoder !== '') this.#check(poolEncoder, 'This concept pool');
    const views = classifier.info.views | (poolEncoder === '' ? 0 : VIEWS.response);
    const judged = hold(classifier.reserve(texts.length));
    this.#emit('judging', { done: 0, total: texts.length });
    for (let at = 0; at < texts.length; at += GROUP) {
      await this.#pause();
      const group = texts.slice(at, at + GROUP);
      const vectors = encoder === '' && poolEncoder === '' ? null : await this.#vectors(group, views, []);
      classifier.judge(group, vectors, concepts, minConfidence, judged, at);
      this.#emit('judging', { done: at + group.length, total: texts.length });
    }
    await this.#pause();
    return judged;
  }

  // ---- vectors -------------------------------------------------------------------------------------------

  /** Whether the open encoder is the one that somebody needs. @param {string} needed @param {string} who */
  #check(needed, who) {
    const open = this.#encoder.info;
    if (open?.name === needed) return;
    const instead = open ? `, not ${open.name}` : '';
    throw new Error(`${who} needs the encoder ${needed}${instead}: open it first.`);
  }

  /** By the open encoder. @param {readonly JudgedText[]} texts @param {number} views  a sum of VIEWS
   * @param {readonly Value[]} values  whose definitions are wanted too @returns {Promise<Vectors>} */
  async #vectors(texts, views, values) {
    const { info } = this.#encoder;
    if (!info) throw new Error('No encoder has been opened.');
    const { name, sha256, dim } = info;
    const wanted = ALL_VIEWS.filter((view) => views & VIEWS[view]);
    const strings = wanted.map((view) => texts.map((text) => viewOf(text, view)));
    const definitions = values.map(({ definition }) => definition);
    const known = this.#store.of(sha256, dim);
    await this.#embed([...new Set([...strings.flat(), ...definitions])].filter((text) => !known.has(text)), known, dim);
    /** @param {readonly string[]} list */
    const rows = (list) => {
      const out = new Float32Array(list.length * dim);
      list.forEach((text, i) => out.set(/** @type {Float32Array} */ (known.get(text)), i * dim));
      return out;
    };
    /** @type {Vectors} */
    const vectors = { name, sha256, dim, response: null, scenario: null, both: null, definitions: null };
    wanted.forEach((view, i) => {
      vectors[view] = rows(strings[i]);
    });
    if (definitions.length > 0) vectors.definitions = rows(definitions);
    return vectors;
  }

  /** @param {readonly string[]} texts  that have no vector yet @param {Map<string, Float32Array>} known @param {number} dim */
  async #embed(texts, known, dim) {
    const total = texts.length;
    for (let at = 0; at < total; at += EMBED_GROUP) {
      const group = texts.slice(at, at + EMBED_GROUP);
      const vectors = await this.#encoder.embed(group, async (done) => {
        this.#emit('embedding', { done: at + done, total });
        await this.#pause();
      });
      group.forEach((text, i) => known.set(text, vectors.slice(i * dim, (i + 1) * dim)));
    }
  }
}

/**
 * Keeps an object of the core until the work is done.
 * @typedef {<T extends {close: () => void}>(object: T) => T} Hold
 */

/** @template T @param {(hold: Hold) => T | Promise<T>} work @returns {Promise<T>} */
async function using(work) {
  /** @type {{close: () => void}[]} */
  const held = [];
  try {
    return await work((object) => {
      held.push(object);
      return object;
    });
  } catch (error) {
    throw error instanceof CancelledError ? new CancelledError('Cancelled.') : error;
  } finally {
    for (const object of held.reverse()) object.close();
  }
}
