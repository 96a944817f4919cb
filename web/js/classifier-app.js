// The Classifier view's controller: asks the engine, keeps what came back, and shows it.

import { EncoderChoice } from './classifier/encoder-choice.js';
import { Explaining } from './classifier/explaining.js';
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
  #explaining = new Explaining();
  #expected = 0; // points of the curve
  #cancelled = false;
  /** @type {Promise<void> | null} */
  #site = null;

  /** @param {HTMLElement} section @param {Surroundings} surroundings */
  constructor(section, { open, status, alerts, address }) {
    this.#open = open;
    this.#status = status;
    this.#alerts = alerts;
    this.#address = address;
    this.#view = new ClassifierView(section, {
      onSystem: (id) => void this.#chooseSystem(id, true),
      onValues: (json, name) => void this.#during('reading', () => this.#useValues(json, name, OWN)),
      onFiles: (files) => void this.openFiles(files),
      onLabels: (files, format) => void this.#during('reading', () => this.#addLabels(files, format)),
      onExample: () => void this.#during('reading', () => this.#useExample()),
      onForgetLabels: () => this.#forgetLabels(),
      onEncoder: (encoder) => this.#set({ encoder }),
      onCalibrate: () => void this.#during('calibrate', () => this.#calibrate()),
      onCancel: () => void this.#cancel(),
      onSave: () => this.#save(),
      onCurve: () => void this.#during('curve', () => this.#curve()),
      onJudge: (text) => void this.#during('judge', () => this.#judge(text)),
      onMinConfidence: (level) => void this.#setLevel(level),
      onProfile: (name) => void this.#during('profile', () => this.#profileKept(name)),
      onTry: () => void this.#try(),
    });
  }

  /** @param {import('./eval/params.js').Params} params */
  async show({ values }) {
    this.#site ??= this.#lookForEncoder();
    const wanted = values || (this.#state.chosen === OWN ? OWN : VALUE_SYSTEMS[0].id);
    if (wanted !== this.#state.chosen && this.#state.busy === '') await this.#chooseSystem(wanted, false);
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
  onEvent({ name, data }) {
    if (this.#state.busy === '') return;
    const say = (/** @type {string} */ text, /** @type {number} */ share) => this.#set({ progress: { text, share } });
    if (name === 'loading') say(`Loading ${data.what}`, data.done / Math.max(1, data.total));
    else if (name === 'embedding')
      say(`Reading texts: ${count(data.done)} of ${count(data.total)}`, data.done / Math.max(1, data.total));
    else if (name === 'calibrating' && this.#state.busy === 'calibrate')
      say(`Calibrating: ${percent(data.done, 0)}`, data.done);
    else if (name === 'judging')
      say(`Judging: ${count(data.done)} of ${count(data.total)}`, data.done / Math.max(1, data.total));
    else if (name === 'trial' && this.#state.busy === 'curve') {
      const points = [...this.#state.points, data];
      this.#set({
        points,
        progress: {
          text: `${count(points.length)} of ${count(this.#expected)} draws`,
          share: points.length / this.#expected,
        },
      });
    }
  }

  /** Whatever somebody drops or opens here. @param {File[]} files */
  async openFiles(files) {
    /** @type {File | undefined} */
    let record;
    const read = await this.#during('reading', async () => {
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
    if (read && last) await this.#during('profile', async () => this.#profile(await last.text(), last.name));
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
    this.#state = { ...this.#state, ...change };
    this.#view.show(this.#state);
  }

  /**
   * One thing at a time; what goes wrong is one sentence.
   * @param {Exclude<ClassifierState['busy'], ''>} busy @param {() => Promise<void>} work
   * @param {boolean} [byHand]  a new attempt: earlier failures go
   * @returns {Promise<boolean>} whether it was done
   */
  async #during(busy, work, byHand = true) {
    if (this.#state.busy !== '') {
      this.#alerts.show('Something is under way here: let it end or cancel it first.');
      return false;
    }
    if (byHand) this.#alerts.clear();
    this.#cancelled = false;
    this.#set({ busy, progress: { text: busy === 'reading' ? 'Reading…' : 'Starting…', share: null } });
    try {
      await work();
      return true;
    } catch (error) {
      if (this.#cancelled) this.#status.say('Cancelled.');
      else this.#alerts.show(error);
      return false;
    } finally {
      this.#set({ busy: '', progress: null });
    }
  }

  /** The engine hears of a cancel while it works, but not between two of its works. */
  #heedCancel() {
    if (this.#cancelled) throw new Error('Cancelled.');
  }

  async #cancel() {
    this.#cancelled = true;
    this.#set({ progress: { text: 'Cancelling…', share: null } });
    try {
      await (await this.#open()).client.cancel();
    } catch (error) {
      this.#alerts.show(error);
    }
  }

  // ---- values and labels -------------------------------------------------------------------------------

  /** @param {string} id  of a system of the page @param {boolean} byHand */
  async #chooseSystem(id, byHand) {
    if (!VALUE_SYSTEMS.some((system) => system.id === id)) {
      this.#alerts.show(`There is no value system “${id}” here; ${VALUE_SYSTEMS[0].name} are chosen.`);
      this.#address.set({ values: '' });
      id = VALUE_SYSTEMS[0].id;
    }
    if (!(await this.#during('reading', () => this.#loadSystem(id), byHand))) return;
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
    if (this.#state.busy === '') this.#dropLabels();
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
    this.#set(this.#encoder.atSite ? { site: 'there', encoder: 'site' } : { site: 'absent' });
  }

  /** @param {readonly File[]} models @param {readonly File[]} tokenizers */
  #useEncoder(models, tokenizers) {
    this.#set({ encoder: 'files', encoderName: this.#encoder.take(models, tokenizers) });
  }

  /** @param {File} file */
  async #usePool(file) {
    this.#explaining.own = await file.text();
    this.#set({ pool: file.name });
  }

  // ---- learning ----------------------------------------------------------------------------------------

  /** What calibration and the learning curve have in common. */
  async #lesson() {
    const { values, labels, encoder } = this.#state;
    if (!values || !labels) throw new Error('Open labels first.');
    const { client } = await this.#open();
    if (encoder !== 'none') await this.#encoder.open(client, encoder);
    this.#heedCancel();
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
    this.#set({ classifier, judged: null, text: null, profile: null });
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

  #save() {
    const { classifier } = this.#state;
    if (classifier) download(`${classifier.values.id}.classifier.json`, 'application/json', classifier.json);
  }

  /** @param {File} file */
  async #openClassifier(file) {
    const { client } = await this.#open();
    const classifier = await client.openClassifier(await file.text(), file.name);
    const { values } = classifier;
    if (values.sha256 !== this.#state.values?.sha256) {
      const known = VALUE_SYSTEMS.some(({ id }) => id === values.id);
      const page = known
        ? await client.openValues(await fetchText(`${FOLDER}${values.id}.json`), `${values.id}.json`)
        : null;
      await this.#useValues(values.json, file.name, page?.sha256 === values.sha256 ? values.id : OWN);
    }
    this.#set({ classifier, judged: null, text: null, profile: null });
    this.#status.say(`${file.name} is open.`);
  }

  // ---- judging -----------------------------------------------------------------------------------------

  /** What judging takes. @param {import('./engine/judging-protocol.js').ClassifierInfo} classifier */
  async #means(classifier) {
    const { client } = await this.#open();
    const encoder = await this.#encoder.openNamed(client, classifier.encoder);
    this.#heedCancel();
    return { client, concepts: await this.#explaining.pool(client, classifier, encoder) };
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
    const { text, busy } = this.#state;
    if (text && busy === '') await this.#during('judge', () => this.#judge(text));
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
    if (!(await this.#during('reading', () => this.#useExample()))) return;
    this.#view.reveal('learn');
    if (!(await this.#during('calibrate', () => this.#calibrate()))) return;
    await this.#during('judge', () => this.#judge(SAMPLE));
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
