// The Classifier view's controller: asks the engine, keeps what came back, and shows it.

import { EncoderChoice } from './classifier/encoder-choice.js';
import { Explaining } from './classifier/explaining.js';
import { KeptClassifier } from './classifier/kept.js';
import { Work } from './classifier/work.js';
import { DRAWS, curveSizes } from './eval/curve.js';
import { kindByName, kindOf } from './eval/file-kinds.js';
import { count, percent, plural } from './eval/format.js';
import { EXAMPLE, VALUE_SYSTEMS, valenceWord } from './eval/value-systems.js';
import { parseRecord } from './eval/record.js';
import { OWN } from './ui/classifier-values.js';
import { ClassifierView } from './ui/classifier-view.js';
import { download } from './ui/dom.js';
import { isRelated } from './ui/judgements.js';

/**
 * @typedef {import('./engine/client.js').EngineClient} EngineClient
 * @typedef {import('./engine/judging-protocol.js').LabelFile} LabelFile
 * @typedef {import('./ui/classifier-view.js').ClassifierState} ClassifierState
 *
 * @typedef {object} Surroundings  what the page lends its views
 * @property {() => Promise<{client: EngineClient, info: import('./engine/protocol.js').EngineInfo}>} open  the engine
 * @property {() => void} restart  ends the engine with what it is at; the next one starts
 * @property {import('./ui/engine-status.js').EngineStatus} status
 * @property {import('./ui/alerts.js').Alerts} alerts
 * @property {import('./ui/address-bar.js').AddressBar} address
 */

const FOLDER = 'data/values/';
const MAX_FILE = 256 << 20; // bytes
const SAMPLE = {
  scenario: '',
  response: 'She comforted the frightened child and shared her last bread with his family.',
};

export class ClassifierApp {
  #open;
  #status;
  #alerts;
  #address;
  #view;
  /** @type {ClassifierState} */
  #state = {
    chosen: '',
    values: null,
    labels: null,
    files: [],
    example: false,
    encoder: 'none',
    site: 'unknown',
    encoderName: '',
    pool: '',
    classifier: null,
    needs: '',
    keeps: false,
    kept: null,
    keptProblem: '',
    points: [],
    text: null,
    judged: null,
    minConfidence: 0,
    records: [],
    profile: null,
    profiled: '',
    busy: '',
    progress: null,
  };
  /** @type {LabelFile[]} */
  #labelFiles = [];
  #encoder = new EncoderChoice();
  #encoderChosen = false; // by hand: not to be taken back
  #explaining = new Explaining();
  #expected = 0; // points of the curve
  /** @type {Promise<void> | null} */
  #site = null;
  /** @type {Promise<void> | null} */
  #begun = null;
  #kept = new KeptClassifier();
  #work;

  /** @param {HTMLElement} section @param {Surroundings} surroundings */
  constructor(section, surroundings) {
    const { open, status, alerts, address } = surroundings;
    this.#open = open;
    this.#status = status;
    this.#alerts = alerts;
    this.#address = address;
    this.#work = new Work(surroundings, (change) => this.#set(change));
    this.#view = new ClassifierView(section, {
      onSystem: (id) => void this.#chooseSystem(id, true),
      onValues: (json, name) => void this.#work.during('reading', () => this.#useValues(json, name, OWN)),
      onFiles: (files) => void this.openFiles(files),
      onLabels: (files, format) => void this.#work.during('reading', () => this.#addLabels(files, format)),
      onExample: () => void this.#work.during('reading', () => this.#useExample()),
      onForgetLabels: () => this.#forgetLabels(),
      onEncoder: (encoder) => this.#chooseEncoder({ encoder }),
      onCalibrate: () => void this.#work.during('calibrate', () => this.#calibrate()),
      onCancel: () => void this.#work.cancel(),
      onSave: () => this.#save(this.#state.classifier),
      onOpenKept: () => void this.#work.during('reading', () => this.#openKept()),
      onSaveKept: () => this.#saveKept(),
      onRemoveKept: () => void this.#removeKept(),
      onCurve: () => void this.#work.during('curve', () => this.#curve()),
      onJudge: (text) => void this.#work.during('judge', () => this.#judge(text)),
      onMinConfidence: (level) => void this.#setLevel(level),
      onProfile: (name) => void this.#work.during('profile', () => this.#profileKept(name)),
      onTry: () => void this.#try(),
    });
  }

  /** What the address asks for; what this browser kept, at first. */
  async show() {
    this.#site ??= this.#lookForEncoder();
    this.#begun ??= this.#begin();
    await this.#begun;
    const wanted = this.#address.params.values || (this.#state.chosen === OWN ? OWN : VALUE_SYSTEMS[0].id);
    if (wanted !== this.#state.chosen && this.#work.busy === '') await this.#chooseSystem(wanted, false);
    try {
      const { client } = await this.#open();
      this.#set({ records: await client.records() });
    } catch {
      this.#set({}); // whoever started the engine has said why there is none
    }
  }

  focus() {
    this.#view.focus();
  }

  /** @param {import('./engine/protocol.js').EventMessage} message */
  onEvent(message) {
    if (message.name === 'trial' && this.#work.busy === 'curve') {
      const points = [...this.#state.points, message.data];
      this.#set({ points });
      this.#work.say(`${count(points.length)} of ${count(this.#expected)} draws`, points.length / this.#expected);
    } else this.#work.onEvent(message);
  }

  /** Whatever somebody drops or opens here. @param {File[]} files */
  async openFiles(files) {
    /** @type {File | undefined} */
    let record;
    const read = await this.#work.during('reading', async () => {
      const kinds = await Promise.all(files.map((file) => this.#kindOf(file)));
      const only = (/** @type {import('./eval/file-kinds.js').FileKind} */ kind) =>
        files.filter((_, i) => kinds[i] === kind);
      if (kinds.every((kind) => kind === 'tokenizer'))
        throw new Error(`${files[0].name} belongs to an ONNX encoder: open both together.`);
      if (kinds.includes('encoder')) this.#useEncoder(only('encoder'), only('tokenizer'));
      for (const file of only('values')) await this.#useValues(await file.text(), file.name, OWN);
      for (const file of only('concepts')) await this.#usePool(file);
      if (kinds.includes('labels')) await this.#addLabels(only('labels'), '');
      for (const file of only('classifier')) await this.#openClassifier(file);
      [record] = only('record');
    });
    const last = record;
    if (read && last) await this.#work.during('profile', async () => this.#profile(await last.text(), last.name));
  }

  /** @param {File} file */
  async #kindOf(file) {
    const kind = kindByName(file.name);
    if (kind) return kind;
    refuseLarge(file);
    return kindOf(file.name, await file.text());
  }

  // ---- state -------------------------------------------------------------------------------------------

  /** @param {Partial<ClassifierState>} change */
  #set(change) {
    const state = { ...this.#state, ...change };
    const encoder = state.classifier?.encoder ?? '';
    const needs = encoder === '' || state.site === 'unknown' || this.#encoder.find(encoder) ? '' : encoder;
    this.#state = { ...state, needs, keeps: this.#kept.possible, kept: this.#kept.last };
    this.#view.show(this.#state);
  }

  // ---- values and labels -------------------------------------------------------------------------------

  /** @param {string} id  of a system of the page @param {boolean} byHand */
  async #chooseSystem(id, byHand) {
    if (!VALUE_SYSTEMS.some((system) => system.id === id)) {
      this.#alerts.show(`There is no value system “${id}” here; ${VALUE_SYSTEMS[0].name} are chosen.`);
      this.#address.set({ values: '' });
      id = VALUE_SYSTEMS[0].id;
    }
    if (!(await this.#work.during('reading', () => this.#loadSystem(id), byHand))) return;
    this.#address.set({ values: id === VALUE_SYSTEMS[0].id ? '' : id });
  }

  /** @param {string} id */
  async #loadSystem(id) {
    await this.#useValues(await fetchText(`${FOLDER}${id}.json`), `${id}.json`, id);
  }

  /** @param {string} json @param {string} name @param {string} chosen */
  async #useValues(json, name, chosen) {
    const { client } = await this.#open();
    const values = await client.openValues(json, name);
    if (chosen === OWN) this.#address.set({ values: '' });
    if (values.sha256 === this.#state.values?.sha256) {
      this.#set({ chosen });
      return;
    }
    this.#dropLabels();
    this.#explaining.own = '';
    this.#set({ chosen, values, pool: '', classifier: null, judged: null, text: null, profile: null });
  }

  #dropLabels() {
    this.#labelFiles = [];
    this.#set({ labels: null, files: [], example: false, points: [] });
  }

  #forgetLabels() {
    if (this.#work.busy === '') this.#dropLabels();
  }

  /** @param {readonly File[]} files @param {string} format */
  async #addLabels(files, format) {
    files.forEach(refuseLarge);
    const more = await Promise.all(
      files.map(async (file) => ({ name: file.name, format, bytes: new Uint8Array(await file.arrayBuffer()) })),
    );
    const earlier = this.#state.example ? [] : this.#labelFiles;
    await this.#useLabels([...earlier, ...more], false);
  }

  /** Puts a set in place of the present one, if all of its files are good. @param {LabelFile[]} files @param {boolean} example */
  async #useLabels(files, example) {
    const { values } = this.#state;
    if (!values) throw new Error('Choose a value system first.');
    const { client } = await this.#open();
    const labels = await client.readLabels({ values: values.json, files });
    this.#labelFiles = files;
    const names = example ? ['the example of the page'] : files.map(({ name }) => name);
    this.#set({ labels, files: names, example, points: [] });
    this.#status.say(`${plural(labels.nTexts, 'text')} with labels.`);
  }

  async #useExample() {
    if (this.#state.chosen !== EXAMPLE.values) {
      await this.#loadSystem(EXAMPLE.values);
      this.#address.set({ values: '' });
    }
    const bytes = new TextEncoder().encode(await fetchText(FOLDER + EXAMPLE.file));
    await this.#useLabels([{ name: EXAMPLE.file, format: 'jsonl', bytes }], true);
  }

  // ---- encoders and concepts ---------------------------------------------------------------------------

  async #lookForEncoder() {
    await this.#encoder.lookAtSite();
    const encoder = this.#encoderChosen ? this.#state.encoder : 'site';
    this.#set(this.#encoder.atSite ? { site: 'there', encoder } : { site: 'absent' });
  }

  /** @param {Pick<ClassifierState, 'encoder'> & Partial<ClassifierState>} change */
  #chooseEncoder(change) {
    this.#encoderChosen = true;
    this.#set(change);
  }

  /** @param {readonly File[]} models @param {readonly File[]} tokenizers */
  #useEncoder(models, tokenizers) {
    this.#chooseEncoder({ encoder: 'files', encoderName: this.#encoder.take(models, tokenizers) });
  }

  /** @param {File} file */
  async #usePool(file) {
    this.#explaining.own = await file.text();
    this.#set({ pool: file.name });
    const pool = { name: file.name, json: this.#explaining.own };
    await this.#attempt(() => this.#kept.addPool(this.#state.classifier, pool));
  }

  // ---- learning ----------------------------------------------------------------------------------------

  /** What calibration and the learning curve have in common. */
  async #lesson() {
    const { values, labels, encoder } = this.#state;
    if (!values || !labels) throw new Error('Open labels first.');
    const { client } = await this.#open();
    if (encoder !== 'none') await this.#encoder.open(client, encoder);
    this.#work.heedCancel();
    const request = {
      values: values.json,
      labels: labels.jsonl,
      encoder: encoder !== 'none',
      concepts: this.#explaining.own,
    };
    return { client, request };
  }

  async #calibrate() {
    const { client, request } = await this.#lesson();
    const classifier = await client.calibrate(request);
    this.#work.heedCancel();
    this.#set({ classifier, judged: null, text: null, profile: null });
    await this.#keep('');
    this.#status.say(`Calibrated: accuracy ${percent(classifier.accuracy)}, macro-F1 ${percent(classifier.macroF1)}.`);
  }

  async #curve() {
    const { labels } = this.#state;
    const sizes = curveSizes(labels?.byValue ?? []);
    this.#expected = sizes.length * DRAWS;
    this.#set({ points: [] });
    const { client, request } = await this.#lesson();
    const points = await client.learningCurve({ ...request, sizes, draws: DRAWS });
    this.#set({ points });
    this.#status.say('The learning curve is drawn.');
  }

  /** @param {import('./engine/judging-protocol.js').ClassifierInfo | null} classifier */
  #save(classifier) {
    if (classifier) download(fileName(classifier.values), 'application/json', classifier.json);
  }

  /** @param {File} file */
  async #openClassifier(file) {
    await this.#useClassifier(await file.text(), file.name, '');
    await this.#keep(file.name);
    this.#status.say(`${file.name} is open.`);
  }

  /** @param {string} json @param {string} name @param {string} sha256  that it must have; '': any */
  async #useClassifier(json, name, sha256) {
    const { client } = await this.#open();
    const classifier = await client.openClassifier(json, name);
    if (sha256 !== '' && classifier.sha256 !== sha256) throw new Error(`${name} is damaged: its hash has changed.`);
    const { values } = classifier;
    if (values.sha256 !== this.#state.values?.sha256) {
      const known = VALUE_SYSTEMS.some(({ id }) => id === values.id);
      const page = known
        ? await client.openValues(await fetchText(`${FOLDER}${values.id}.json`), `${values.id}.json`)
        : null;
      await this.#useValues(values.json, name, page?.sha256 === values.sha256 ? values.id : OWN);
    }
    const { chosen } = this.#state;
    this.#address.set({ values: chosen === OWN || chosen === VALUE_SYSTEMS[0].id ? '' : chosen });
    this.#set({ classifier, judged: null, text: null, profile: null });
  }

  // ---- the one that is kept ----------------------------------------------------------------------------

  /** Opens what this browser kept, unless the address asks for other values. */
  async #begin() {
    try {
      await this.#kept.find();
    } catch (error) {
      this.#alerts.show(error);
    }
    const { last } = this.#kept;
    const { values } = this.#address.params;
    if (values !== '') await this.#chooseSystem(values, false);
    if (last && (values === '' || last.system.sha256 === this.#state.values?.sha256))
      await this.#work.during('reading', () => this.#openKept(), false);
  }

  async #openKept() {
    const { last } = this.#kept;
    if (!last) return;
    await this.#open(); // what fails from here on is the classifier's fault
    try {
      await this.#useClassifier(last.json, fileName(last.system), last.sha256);
    } catch (error) {
      this.#set({ keptProblem: error instanceof Error ? error.message : String(error) });
      return;
    }
    if (last.pool.name !== '') this.#explaining.own = last.pool.json;
    this.#set({ keptProblem: '', pool: last.pool.name || this.#state.pool });
    this.#status.say(`The classifier over ${last.system.name} that was kept in this browser is open.`);
  }

  /** @param {string} file  that it was opened from; '': calibrated here */
  async #keep(file) {
    const { classifier, pool } = this.#state;
    if (!classifier) return;
    const example = file === '' && this.#state.example;
    await this.#attempt(() =>
      this.#kept.keep(classifier, { file, example, pool: { name: pool, json: this.#explaining.own } }),
    );
  }

  #saveKept() {
    const { last } = this.#kept;
    if (last) download(fileName(last.system), 'application/json', last.json);
  }

  async #removeKept() {
    this.#alerts.clear();
    await this.#attempt(() => this.#kept.remove());
    if (this.#kept.last) return;
    this.#status.say('The classifier is no longer kept in this browser.');
    this.#view.focus();
  }

  /** Work on what is kept; a failure of it ends nothing else. @param {() => Promise<void>} work */
  async #attempt(work) {
    try {
      await work();
      this.#set({ keptProblem: '' });
    } catch (error) {
      this.#alerts.show(error);
    }
  }

  // ---- judging -----------------------------------------------------------------------------------------

  /** What judging takes. @param {import('./engine/judging-protocol.js').ClassifierInfo} classifier */
  async #means(classifier) {
    const { client } = await this.#open();
    await this.#encoder.openNamed(client, classifier.encoder);
    this.#work.heedCancel();
    return { client, concepts: await this.#explaining.pool(client, classifier) };
  }

  /** @param {{scenario: string, response: string}} text */
  async #judge(text) {
    const { classifier, minConfidence } = this.#state;
    if (!classifier) throw new Error('Calibrate first, or open a classifier.');
    if (text.response === '') throw new Error('Write or paste a text first.');
    const { client, concepts } = await this.#means(classifier);
    const [judged] = await client.judge({
      classifier: classifier.json,
      concepts,
      texts: [{ id: 'text', ...text }],
      minConfidence,
    });
    this.#set({ judged, text });
    this.#status.say(summary(judged, classifier.values));
    if (this.#state.minConfidence !== minConfidence) await this.#judge(text); // it was moved meanwhile
  }

  /** @param {number} minConfidence */
  async #setLevel(minConfidence) {
    this.#set({ minConfidence });
    const { text } = this.#state;
    if (text && this.#work.busy === '') await this.#work.during('judge', () => this.#judge(text));
  }

  /** @param {string} name  of a kept run */
  async #profileKept(name) {
    const { client } = await this.#open();
    await this.#profile(await client.readRecord(name), '');
  }

  /** @param {string} record @param {string} file  its name, '' when it is kept here */
  async #profile(record, file) {
    const { classifier, minConfidence } = this.#state;
    if (!classifier) throw new Error('Calibrate first, or open a classifier: then the answers of a run can be judged.');
    const { header, end } = parseRecord(record);
    if (!end) throw new Error('This evaluation is not finished: only finished ones are judged.');
    const { client } = await this.#open();
    await client.check(record);
    const { concepts } = await this.#means(classifier);
    const profile = await client.profile({ classifier: classifier.json, concepts, record, minConfidence });
    const level = minConfidence > 0 ? `, abstaining below ${percent(minConfidence, 0)}` : '';
    const model = header.model.name || 'unnamed model';
    this.#set({ profile, profiled: `${file === '' ? model : `${model} (${file})`}, ${header.dataset.name}${level}` });
    this.#status.say(`${plural(profile.n, 'answer')} judged.`);
  }

  /** Everything at once, on the labels of the page. */
  async #try() {
    if (!(await this.#work.during('reading', () => this.#useExample()))) return;
    this.#view.reveal('learn');
    if (!(await this.#work.during('calibrate', () => this.#calibrate()))) return;
    await this.#work.during('judge', () => this.#judge(SAMPLE));
  }
}

/**
 * What was found, for people who hear the page.
 * @param {readonly import('./engine/judging-protocol.js').Judgement[]} judged
 * @param {import('./engine/judging-protocol.js').ValueSystem} system
 */
function summary(judged, { values }) {
  const related = judged.filter(isRelated);
  if (related.length === 0) return 'Unrelated to every value.';
  const names = new Map(values.map(({ id, name }) => [id, name]));
  const said = related.map(
    ({ value, label, abstained }) => `${names.get(value)}: ${abstained ? 'abstains' : valenceWord(label)}`,
  );
  return `${said.join(', ')}.`;
}

/** What a classifier is called as a file. @param {{id: string}} system  its values */
const fileName = ({ id }) => `${id}.classifier.json`;

/** @param {File} file */
function refuseLarge({ name, size }) {
  if (size > MAX_FILE) throw new Error(`${name} is too large: at most ${MAX_FILE >> 20} MiB are read.`);
}

/** @param {string} path  beside the page */
async function fetchText(path) {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok)
    throw new Error(`${path.split('/').pop()} could not be fetched: the server answered ${response.status}.`);
  return response.text();
}
