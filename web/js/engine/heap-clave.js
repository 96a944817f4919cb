// Value systems, labels, concept pools and classifiers of the core as plain objects. Like heap.js, of which it is a part, it touches
// pointers. Each object holds memory of the core until close().

/** @typedef {import('./heap.js').Core} Core */
/** @typedef {import('./judging-protocol.js').ValueSystem} ValueSystem */
/** @typedef {import('./judging-protocol.js').LabelFile} LabelFile */
/** @typedef {import('./judging-protocol.js').LabelSet} LabelSet */
/** @typedef {import('./judging-protocol.js').JudgedText} JudgedText */
/** @typedef {import('./judging-protocol.js').Judgement} Judgement */
/** @typedef {import('./judging-protocol.js').ClassifierInfo} ClassifierInfo */
/** @typedef {import('./judging-protocol.js').CurvePoint} CurvePoint */
/** @typedef {import('./judging-protocol.js').ProfileValue} ProfileValue */
/** @typedef {import('./judging-protocol.js').Valence} Valence */

/**
 * Vectors of texts: row i belongs to text i.
 * @typedef {object} Vectors
 * @property {string} name    of the encoder
 * @property {string} sha256
 * @property {number} dim
 * @property {Float32Array | null} response  [texts, dim]
 * @property {Float32Array | null} scenario
 * @property {Float32Array | null} both      scenario and response, joined by a space
 * @property {Float32Array | null} definitions  [values, dim]
 */

export const VIEWS = { response: 1, scenario: 2, both: 4 };

const JUDGEMENT_NUMBERS = 23; // of a row: describe_judgements in wasm/describe.h
const MAX_NEAREST = 3;
const MAX_EXAMPLE = 300; // characters
const TEXT_WORDS = 4; // of an assay_judged_text
const VECTORS_WORDS = 7; // of an assay_vectors

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);
/** @param {string} text */
const cString = (text) => utf8(`${text}\0`);

/** For each value three examples travel with each judgement: not all of a long one. @param {string} text */
function beginning(text) {
  return text.length <= MAX_EXAMPLE ? text : `${text.slice(0, MAX_EXAMPLE - 1).toWellFormed().replace(/\uFFFD$/, '')}…`;
}

/** What is given to a call that wants a table of addresses. @param {Core} core @param {number} at @param {number[]} words */
function setWords(core, at, words) {
  new Uint32Array(core.bytes().buffer, at, words.length).set(words);
}

/**
 * Lends the vectors as an array of one assay_vectors, or of none.
 * @template T
 * @param {Core} core @param {Vectors | null} vectors @param {(at: number, n: number) => T} use
 * @returns {T}
 */
function lendVectors(core, vectors, use) {
  if (!vectors) return use(0, 0);
  const rows = [vectors.response, vectors.scenario, vectors.both, vectors.definitions];
  const parts = rows.map((row) => (row ? new Uint8Array(row.buffer, row.byteOffset, row.byteLength) : new Uint8Array(0)));
  const table = new Uint8Array(4 * VECTORS_WORDS);
  return core.calls().lend([table, cString(vectors.name), cString(vectors.sha256), ...parts], (at, name, sha256, ...rowsAt) => {
    setWords(core, at, [name, sha256, vectors.dim, ...rowsAt.map((rowAt, i) => (rows[i] ? rowAt : 0))]);
    return use(at, 1);
  });
}

/** An object of the core, freed by close(). */
class Held {
  #free;

  /** @param {Core} core @param {number} address @param {string} free  the call that frees it; '': it belongs to another */
  constructor(core, address, free) {
    this.core = core;
    this.calls = core.calls();
    this.address = address;
    this.#free = free;
  }

  close() {
    if (this.address !== 0 && this.#free !== '') this.calls.call(this.#free, this.address);
    this.address = 0;
  }
}

export class HeapValues extends Held {
  /** @param {Core} core @param {string} json @param {string} name  for error sentences */
  static open(core, json, name) {
    const bytes = utf8(json);
    const { lend, object } = core.calls();
    return new HeapValues(
      core,
      lend([bytes, cString(name)], (at, nameAt) => object('values_open', at, bytes.length, nameAt)),
      'values_free',
    );
  }

  /** @returns {ValueSystem} */
  info() {
    return JSON.parse(this.calls.string('values_info', this.address));
  }
}

export class HeapLabels extends Held {
  #values;

  /** All files or, when one is bad, none. @param {HeapValues} values @param {readonly LabelFile[]} files */
  static read(values, files) {
    const { core } = values;
    const { lend, object, status, call } = core.calls();
    let builder = object('labels_begin', values.address);
    try {
      for (const { name, format, bytes } of files) {
        const form = format || (/\.csv$/.test(name) ? 'csv' : 'jsonl');
        lend([cString(form), cString(name), bytes], (formAt, nameAt, at) =>
          status('labels_add', builder, formAt, nameAt, at, bytes.length),
        );
      }
      const full = builder;
      builder = 0; // finish frees it
      return new HeapLabels(values, object('labels_finish', full));
    } finally {
      if (builder !== 0) call('labels_drop', builder);
    }
  }

  /** @param {HeapValues} values @param {number} address */
  constructor(values, address) {
    super(values.core, address, 'labels_free');
    this.#values = values;
  }

  /** @returns {Omit<LabelSet, 'jsonl'>} */
  info() {
    return JSON.parse(this.calls.string('labels_info', this.address, this.#values.address));
  }

  /** In the order of the rows of vectors. @returns {JudgedText[]} */
  texts() {
    return JSON.parse(this.calls.string('labels_texts', this.address));
  }

  /** @param {string} format @returns {string} */
  write(format) {
    return this.calls.lend([cString(format)], (at) =>
      this.calls.string('labels_write', this.address, this.#values.address, at),
    );
  }
}

export class HeapConcepts extends Held {
  /** @param {Core} core @param {string} json @param {Held} values */
  static open(core, json, values) {
    const bytes = utf8(json);
    const { lend, object } = core.calls();
    return new HeapConcepts(
      core,
      lend([bytes, cString('concepts')], (at, nameAt) =>
        object('concepts_open', at, bytes.length, nameAt, values.address),
      ),
      'concepts_free',
    );
  }

  /** The first concepts of a classifier's values, as far as they explain it. @param {HeapClassifier} classifier
   * @param {Vectors | null} vectors  of these concepts, view `response`, by its encoder; null where it has none */
  static first(classifier, vectors) {
    const { core, address } = classifier;
    const first = lendVectors(core, vectors, (at, n) => core.calls().object('concepts_first', address, at, n));
    return new HeapConcepts(core, first, 'concepts_free');
  }

  json() {
    return this.calls.string('concepts_json', this.address);
  }

  /** @param {Core} core @param {number} address @param {string} free */
  constructor(core, address, free) {
    super(core, address, free);
    this.info = /** @type {{sha256: string, encoder: string, concepts: {text: string, valence: Valence}[]}} */ (
      JSON.parse(this.calls.string('concepts_info', this.address))
    );
  }
}

/**
 * One point of a learning curve.
 * @param {HeapValues} values @param {HeapLabels} labels @param {Vectors | null} vectors @param {HeapConcepts | null} concepts
 * @param {number} nLabels  of each value; 0: all
 * @param {number} seed
 * @returns {Omit<CurvePoint, 'nLabels' | 'draw'>}
 */
export function heapTrial(values, labels, vectors, concepts, nLabels, seed) {
  const { string, pool } = values.calls;
  return lendVectors(values.core, vectors, (at, n) =>
    JSON.parse(
      string('trial', values.address, labels.address, at, n, concepts?.address ?? 0, nLabels, seed, pool),
    ),
  );
}

/** What a model answered in a run over the open dataset.
 * @param {Core} core @param {string} record
 * @returns {{id: string, question: string, text: string, freeText: boolean, cluster: number}[]} */
export function heapAnswers(core, record) {
  const bytes = utf8(record);
  const { lend, string, dataset } = core.calls();
  return lend([bytes], (at) => JSON.parse(string('record_answers', dataset, at, bytes.length)));
}

/** Judgements of the core that were not read yet. */
class Judgements extends Held {
  /** @param {Core} core @param {number} n */
  constructor(core, n) {
    const size = core.calls().call('judgement_bytes');
    super(core, core.reserve(n * size).release(), 'free');
    this.n = n;
    this.size = size;
  }

  /** Address of the i-th. @param {number} i */
  at(i) {
    return this.address + i * this.size;
  }

  /** @param {number} first @param {number} n @returns {Float64Array} [n, JUDGEMENT_NUMBERS] */
  rows(first, n) {
    return this.calls.lend([new Uint8Array(8 * JUDGEMENT_NUMBERS * n)], (at) => {
      this.calls.call('judgement_rows', this.at(first), n, at);
      return new Float64Array(this.core.bytes().buffer, at, JUDGEMENT_NUMBERS * n).slice();
    });
  }
}

export class HeapClassifier extends Held {
  /** @type {Map<number, JudgedText>} */
  #examples = new Map();

  /** @param {HeapValues} values @param {HeapLabels} labels @param {Vectors | null} vectors @param {HeapConcepts | null} concepts */
  static calibrate(values, labels, vectors, concepts) {
    const { core } = values;
    const { object, pool } = core.calls();
    const address = lendVectors(core, vectors, (at, n) =>
      object('calibrate', values.address, labels.address, at, n, concepts?.address ?? 0, pool),
    );
    return new HeapClassifier(core, address);
  }

  /** @param {Core} core @param {string} json @param {string} name  for error sentences */
  static open(core, json, name) {
    const bytes = utf8(json);
    const { lend, object } = core.calls();
    const address = lend([bytes, cString(name)], (at, nameAt) => object('classifier_open', at, bytes.length, nameAt));
    return new HeapClassifier(core, address);
  }

  /** @param {Core} core @param {number} address */
  constructor(core, address) {
    super(core, address, 'classifier_free');
    this.info = /** @type {Omit<ClassifierInfo, 'json'> & {views: number}} */ (
      JSON.parse(this.calls.string('classifier_info', this.address))
    );
    this.valueIds = this.info.values.values.map(({ id }) => id);
  }

  /** Its value system; good as long as the classifier is. */
  values() {
    return new HeapValues(this.core, this.calls.call('classifier_values', this.address) >>> 0, '');
  }

  json() {
    return this.calls.string('classifier_json', this.address);
  }

  /** Room for the judgements of n texts. @param {number} n */
  reserve(n) {
    return new Judgements(this.core, n * this.valueIds.length);
  }

  /**
   * @param {readonly JudgedText[]} texts
   * @param {Vectors | null} vectors  of these texts
   * @param {HeapConcepts | null} concepts
   * @param {number} minConfidence
   * @param {Judgements} out
   * @param {number} first  of these texts in out
   */
  judge(texts, vectors, concepts, minConfidence, out, first) {
    const strings = texts.flatMap(({ id, scenario, response }) => [id, scenario, response, '']);
    if (strings.some((text) => text.includes('\0'))) throw new Error('A text holds the character U+0000.');
    const parts = strings.map(cString);
    const starts = parts.map(() => 0);
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    for (let i = 0, at = 0; i < parts.length; at += parts[i].length, i += 1) {
      all.set(parts[i], at);
      starts[i] = at;
    }
    this.calls.lend([all, new Uint8Array(4 * TEXT_WORDS * texts.length)], (allAt, table) =>
      lendVectors(this.core, vectors, (at, n) => {
        setWords(this.core, table, starts.map((start) => allAt + start));
        const to = out.at(first * this.valueIds.length);
        const { address } = concepts ?? { address: 0 };
        this.calls.status('judge', this.address, table, texts.length, at, n, address, minConfidence, this.calls.pool, to);
      }),
    );
  }

  /**
   * What was judged, as the page wants it: for each text every value.
   * @param {Judgements} judged @param {number} first @param {number} n  texts
   * @param {HeapConcepts | null} concepts
   * @returns {Judgement[][]}
   */
  read(judged, first, n, concepts) {
    const nValues = this.valueIds.length;
    const rows = judged.rows(first * nValues, n * nValues);
    return Array.from({ length: n }, (_, i) =>
      this.valueIds.map((value, v) => {
        const at = (i * nValues + v) * JUDGEMENT_NUMBERS;
        return this.#judgement(value, rows.subarray(at, at + JUDGEMENT_NUMBERS), concepts);
      }),
    );
  }

  /** How often the texts that were judged adhere to each value and oppose it.
   * @param {Judgements} judged @param {readonly number[]} clusters  of the texts @returns {ProfileValue[]} */
  profile(judged, clusters) {
    const bytes = new Uint8Array(Uint32Array.from(clusters).buffer);
    return this.calls.lend([bytes], (at) =>
      JSON.parse(this.calls.string('value_profile', this.address, judged.address, clusters.length, at)),
    );
  }

  /** @param {string} value @param {Float64Array} row @param {HeapConcepts | null} concepts @returns {Judgement} */
  #judgement(value, row, concepts) {
    const [label, abstained, opposes, unrelated, adheres, confidence, nConcepts] = row;
    const near = 7 + 2 * MAX_NEAREST;
    return {
      value,
      label: /** @type {Valence} */ (label),
      abstained: abstained !== 0,
      p: [opposes, unrelated, adheres],
      confidence,
      concepts: Array.from({ length: concepts ? nConcepts : 0 }, (_, k) => {
        const [index, similarity] = row.subarray(7 + 2 * k);
        const { text, valence } = /** @type {HeapConcepts} */ (concepts).info.concepts[index];
        return { text, valence, similarity };
      }),
      nearest: Array.from({ length: row[near] }, (_, k) => {
        const [example, its, similarity] = row.subarray(near + 1 + 3 * k);
        const { id, response } = this.#example(example);
        return { id, response, label: /** @type {Valence} */ (its), similarity };
      }),
    };
  }

  /** @param {number} i @returns {JudgedText} */
  #example(i) {
    const known = this.#examples.get(i);
    if (known) return known;
    const example = /** @type {JudgedText} */ (JSON.parse(this.calls.string('classifier_example', this.address, i)));
    example.response = beginning(example.response);
    this.#examples.set(i, example);
    return example;
  }
}
