// Assay's page. Knows everyone: the address, the engine, the views; each of them knows only its own part.

import { AnnotateApp } from './annotate-app.js';
import { ClassifierApp } from './classifier-app.js';
import { EngineKeeper } from './engine/keeper.js';
import { openRecord } from './engine/open-record.js';
import { count, percent } from './eval/format.js';
import { VIEWS } from './eval/params.js';
import { describeRecipe, recipeJson } from './eval/recipe.js';
import { parseSampleLine, recordName } from './eval/record.js';
import { LOCAL } from './storage/local-model.js';
import { ModelChoice } from './storage/model-choice.js';
import { AddressBar, FRESH_RESULTS } from './ui/address-bar.js';
import { Alerts } from './ui/alerts.js';
import { find } from './ui/dom.js';
import { acceptDrops } from './ui/drop-target.js';
import { EngineStatus } from './ui/engine-status.js';
import { EvaluateView } from './ui/evaluate-view.js';
import { ResultsView } from './ui/results-view.js';
import { SampleCard } from './ui/sample-card.js';

/** @typedef {import('./eval/params.js').Params} Params */

const REGISTRY = 'data/models.json';
const FIRST_SUITE = 'hhh46';
const USUAL_THREADS = 8; // more help little on small models, and leave nothing for the rest of the machine
const MAX_RECORD = 256 << 20; // bytes
const SAY_EVERY = 0.1; // of a run

class App {
  #model = new ModelChoice(
    () => this.#params.model,
    (id) => this.#onPresence(id),
  );
  /** @type {import('./engine/protocol.js').Suite | null} */
  #suite = null;
  /** @type {'idle' | 'loading' | 'running' | 'stopping'} */
  #mode = 'idle';
  /** @type {import('./engine/open-record.js').OpenRecord | null} */
  #shown = null;
  #shownKey = ''; // what the results show, or will when it is read
  #files = 0; // records that were opened
  #starts = 0; // of the engine
  #said = 0;
  #persistent = false; // runs survive this tab
  #isolated = globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer !== 'undefined';
  #alerts = new Alerts(find('#alerts'));
  #status = new EngineStatus();
  #address = new AddressBar(
    (sentence) => this.#alerts.show(sentence),
    () => void (this.#mode === 'idle' ? this.#prepare() : this.#render()),
    () => void this.#turnPage(),
  );
  #keeper = new EngineKeeper((message) => this.#onEvent(message));
  #evaluate = new EvaluateView(find('#evaluate'), {
    onChange: (change) => void this.#choose(change),
    onModel: (id) => void this.#chooseModel(id),
    onDownload: (id) => void this.#download(id),
    onStop: (id) => this.#model.shelf.cancel(id),
    onDelete: (id) => void this.#forget(id),
    onFiles: (files) => void this.#openFiles(files),
    onRun: () => void this.#run(false),
    onContinue: () => void this.#run(true),
    onPause: () => this.#attempt(this.#keeper.client?.pause()),
    onResume: () => this.#attempt(this.#keeper.client?.resume()),
    onCancel: () => this.#cancel(),
    sampleProgress: () => this.#keeper.client?.sampleProgress() ?? 0,
  });
  #results = new ResultsView(find('#results'), {
    fetchImages: async (index) => (await this.#open()).client.images(index),
    onChange: (change) => this.#browse(change),
    onOpen: (file) => void this.#openFile(file),
    onRemove: (name) => void this.#remove(name),
    address: (name) => this.#address.with({ ...FRESH_RESULTS, view: 'results', run: name }),
    onEvaluate: () => {
      this.#address.set({ ...FRESH_RESULTS, view: 'evaluate' }, true);
      void this.#turnPage();
    },
  });

  #surroundings = {
    open: () => this.#open(),
    restart: () => this.#restart(),
    status: this.#status,
    alerts: this.#alerts,
    address: this.#address,
  };
  #classifier = new ClassifierApp(find('#classifier'), this.#surroundings);
  #annotate = new AnnotateApp(find('#annotate'), this.#surroundings);

  async start() {
    this.#address.read();
    acceptDrops((files) => void this.#openFiles(files));
    window.addEventListener('beforeunload', (event) => {
      if (this.#mode === 'running' && !this.#persistent) event.preventDefault();
    });
    await this.#render();
    try {
      await this.#loadModels();
    } catch (error) {
      this.#alerts.show(error);
    }
    await this.#prepare();
    if (this.#params.autorun && this.#suite && this.#model.missing === '') await this.#run(false);
  }

  get #params() {
    return this.#address.params;
  }

  /** Another view, because the user went there. */
  async #turnPage() {
    this.#alerts.clear();
    await this.#goToView(this.#render());
  }

  /** The head of the view has the focus at once: later it would be taken from whoever has begun to type.
   * @param {Promise<void>} drawn */
  async #goToView(drawn) {
    this.#focusView();
    await drawn;
  }

  #focusView() {
    const { view } = this.#params;
    if (view === 'results') this.#results.focus();
    else if (view === 'classifier') this.#classifier.focus();
    else if (view === 'annotate') this.#annotate.focus();
    else find('#evaluate-title').focus();
  }

  // ---- the engine --------------------------------------------------------------------------------------

  /** What the settings ask for, as far as this browser can. */
  #wanted() {
    const { build, threads, data } = this.#params;
    const chosen = this.#isolated && build !== 'st' ? /** @type {const} */ ('mt') : /** @type {const} */ ('st');
    const usual = Math.max(1, Math.min(navigator.hardwareConcurrency || 1, USUAL_THREADS));
    return {
      build: chosen,
      threads: chosen === 'mt' ? threads || usual : 1,
      suite: new URL(`data/suites/${data || FIRST_SUITE}/`, document.baseURI).href,
    };
  }

  /** The engine that a run is using, else one with the present settings: a step through the history ends no run. */
  #open() {
    const current = this.#mode === 'idle' ? null : this.#keeper.current;
    return current ?? this.#keeper.open(this.#wanted());
  }

  /** Ends what the engine is at, whether it listens or not: the next one is on its way. A run has its own way to end. */
  #restart() {
    if (this.#mode !== 'idle') return;
    this.#keeper.close();
    this.#open().catch(() => {}); // whoever needs it next asks again and hears why not
  }

  async #loadModels() {
    await this.#model.load(new URL(REGISTRY, document.baseURI).href);
    if (this.#params.model !== '' && !this.#model.known) {
      this.#alerts.show(`There is no model “${this.#params.model}” in the list; the first one is chosen.`);
      this.#address.set({ model: '' });
    }
  }

  /** Starts the engine and opens the suite, so that pressing Run only has the model to load. */
  async #prepare() {
    this.#starts += 1;
    const start = this.#starts;
    this.#status.starting();
    if (this.#params.build === 'mt' && !this.#isolated)
      this.#alerts.show('The threaded engine needs a cross-origin isolated page; the single-threaded one is used.');
    try {
      const { info, suite } = await this.#open();
      if (start !== this.#starts) return; // the settings have changed once more
      this.#suite = suite;
      this.#persistent = info.persistent;
      this.#status.ready(info, this.#isolated);
    } catch (error) {
      if (start !== this.#starts) return;
      this.#suite = null;
      this.#status.failed();
      this.#alerts.show(error);
    }
    await this.#render();
  }

  // ---- choosing and running ----------------------------------------------------------------------------

  /** @param {Partial<Params>} change */
  async #choose(change) {
    if (this.#mode !== 'idle') return;
    this.#alerts.clear();
    this.#address.set(change);
    if ('threads' in change || 'build' in change || 'data' in change || !this.#suite) await this.#prepare();
    else await this.#render();
  }

  /** @param {string} id */
  async #chooseModel(id) {
    this.#model.use(id === LOCAL);
    await this.#choose(id === LOCAL ? {} : { model: id });
  }

  /** Where a run of the present choice is kept; '' as long as that is not known. */
  #recordName() {
    const { hashes } = this.#model;
    if (!hashes || !this.#suite) return '';
    return recordName(hashes, this.#suite.id, this.#params.recipe, this.#params.limit);
  }

  // ---- getting models ----------------------------------------------------------------------------------

  /** @param {string} id */
  async #download(id) {
    const model = this.#model.find(id);
    if (!model) return;
    this.#alerts.clear();
    this.#status.say(`Downloading ${model.name}.`);
    try {
      await this.#model.shelf.download(model);
      this.#status.say(this.#model.shelf.has(id) ? `${model.name} is here.` : `The download of ${model.name} has stopped.`);
    } catch (error) {
      this.#alerts.show(error);
    }
  }

  /** @param {string} id */
  async #forget(id) {
    const model = this.#model.find(id);
    if (!model) return;
    try {
      await this.#model.shelf.remove(model);
      this.#status.say(`${model.name} is no longer in this browser.`);
    } catch (error) {
      this.#alerts.show(error);
    }
  }

  /** @param {string} id */
  #onPresence(id) {
    const presence = this.#model.shelf.presence(id);
    this.#evaluate.picker.update(id, presence);
    if (presence.state !== 'coming' && this.#mode === 'idle') void this.#renderSetup();
  }

  /** Files from this device: models, a run record, or what the view in sight works on. @param {File[]} files */
  async #openFiles(files) {
    if (this.#params.view === 'classifier') {
      await this.#classifier.openFiles(files);
      return;
    }
    if (this.#params.view === 'annotate') {
      await this.#annotate.openFiles(files);
      return;
    }
    if (!files.some(({ name }) => /\.gguf$/i.test(name))) {
      await this.#openFile(files[0]);
      return;
    }
    if (this.#mode !== 'idle') {
      this.#alerts.show('A run is under way: cancel it first.');
      return;
    }
    this.#alerts.clear();
    try {
      await this.#model.take(files);
      this.#address.set({ view: 'evaluate' });
    } catch (error) {
      this.#alerts.show(error);
    }
    await this.#render();
  }

  // ---- a run -------------------------------------------------------------------------------------------

  /** @param {boolean} resume  go on with the kept record */
  async #run(resume) {
    if (this.#mode !== 'idle' || !this.#suite || this.#model.missing !== '') return;
    this.#alerts.clear();
    this.#mode = 'loading';
    this.#said = 0;
    this.#address.set({ view: 'evaluate', autorun: false });
    await this.#render();
    const recipe = recipeJson(this.#params.recipe, this.#params.limit);
    this.#evaluate.setRunning(true);
    const title = this.#model.name;
    this.#evaluate.progress.open(`${title} · ${this.#suite.name} · ${describeRecipe(JSON.parse(recipe))}`);
    this.#status.say(`Loading ${title}.`);
    let finished = false;
    let name = '';
    try {
      const { client } = await this.#open();
      this.#model.loaded(await client.openModel(await this.#model.files()));
      name = this.#recordName();
      const outcome = await client.run({ name, recipe, resume });
      finished = outcome.state === 'finished';
    } catch (error) {
      if (!this.#stopping()) this.#alerts.show(error);
    }
    this.#mode = 'idle';
    document.title = 'Assay';
    this.#evaluate.setRunning(false);
    this.#status.say(finished ? 'The run is finished.' : 'The run has ended early.');
    const watched = ['evaluate', 'results'].includes(this.#params.view); // else somebody is at work elsewhere
    if (finished && watched) this.#address.set({ ...FRESH_RESULTS, view: 'results', run: name }, true);
    this.#shownKey = '';
    const drawn = this.#keeper.client === null ? this.#prepare() : this.#render();
    await (watched ? this.#goToView(drawn) : drawn);
  }

  #stopping() {
    return this.#mode === 'stopping';
  }

  #cancel() {
    if (this.#mode === 'loading') {
      this.#mode = 'stopping';
      this.#keeper.close(); // ends the download; the next engine is started when the run has been wound up
    } else if (this.#mode === 'running') {
      this.#mode = 'stopping';
      this.#evaluate.progress.setState('stopping');
      this.#attempt(this.#keeper.client?.cancel());
    }
  }

  /** @param {Promise<void> | undefined} call */
  #attempt(call) {
    call?.catch((error) => this.#alerts.show(error));
  }

  /** @param {import('./engine/protocol.js').EventMessage} message */
  #onEvent(message) {
    this.#classifier.onEvent(message);
    const { progress } = this.#evaluate;
    switch (message.name) {
      case 'loading':
        progress.loading(message.data);
        break;
      case 'begun':
        if (this.#mode === 'loading') this.#mode = 'running';
        progress.begin(message.data.total, message.data.earlier);
        break;
      case 'sample':
        this.#onSample(message.data);
        break;
      case 'paused':
        progress.setState(message.data.paused ? 'paused' : 'running');
        this.#status.say(message.data.paused ? 'Paused.' : 'Going on.');
    }
  }

  /** @param {import('./engine/protocol.js').EngineEvents['sample']} data */
  #onSample({ line, index, done, total, seconds, images }) {
    const { progress, stream } = this.#evaluate;
    const result = parseSampleLine(line);
    const sample = this.#suite?.samples[index];
    progress.add(result, seconds);
    document.title = `${percent(progress.share, 0)} · Assay`;
    if (progress.share >= this.#said + SAY_EVERY) {
      this.#said = progress.share;
      this.#status.say(`${count(done)} of ${count(total)} samples, time left: ${progress.left}.`);
    }
    if (!sample) return;
    stream.add(() => {
      const card = new SampleCard(sample, result, `${count(done)} of ${count(total)}`);
      card.showImages(images);
      return card;
    });
  }

  // ---- results -----------------------------------------------------------------------------------------

  /** A change of the sample browser. @param {Partial<Params>} change */
  #browse(change) {
    this.#address.set(change);
    if (this.#shown) this.#results.showSamples(this.#shown.record, this.#shown.suite, this.#params);
  }

  /** Shows a record, unless another one is wanted by the time that it is read. @param {string} key @param {string} name
   * @param {Promise<string>} text  of the record */
  async #show(key, name, text) {
    this.#shownKey = key;
    try {
      const [engine, record] = await Promise.all([this.#open(), text]);
      const shown = await openRecord(engine, name, record);
      if (this.#shownKey !== key) return;
      this.#shown = shown;
      this.#results.show(shown, this.#params);
    } catch (error) {
      if (this.#shownKey === key) throw error;
    }
  }

  /** @param {File} file */
  async #openFile(file) {
    this.#alerts.clear();
    if (file.size > MAX_RECORD) {
      this.#alerts.show(`${file.name} is too large for a run record.`);
      return;
    }
    this.#files += 1;
    const key = `file ${this.#files}`;
    this.#address.set({ ...FRESH_RESULTS, view: 'results' }, true);
    try {
      await this.#show(key, file.name.replace(/\.jsonl$/, ''), file.text());
    } catch (error) {
      this.#alerts.show(error);
      this.#shownKey = '';
    }
    await this.#goToView(this.#render());
  }

  /** @param {string} name */
  async #remove(name) {
    try {
      await (await this.#open()).client.removeRecord(name);
      if (this.#shown?.name === name) {
        this.#shown = null;
        this.#shownKey = '';
        this.#address.set({ run: '' });
      }
    } catch (error) {
      this.#alerts.show(error);
    }
    await this.#render();
  }

  async #renderResults() {
    if (!this.#suite) return;
    try {
      const { client } = await this.#open();
      const runs = await client.records();
      const name = this.#params.run || (this.#shownKey.startsWith('file ') ? '' : (runs[0]?.name ?? ''));
      const key = this.#params.open !== '' ? `open ${this.#params.open}` : name !== '' ? `run ${name}` : this.#shownKey;
      if (key === '') {
        this.#shown = null;
        this.#results.showNothing();
      } else if (key !== this.#shownKey) {
        const { open } = this.#params;
        if (open !== '') await this.#show(key, open.replace(/\.jsonl$/, ''), fetchText(open));
        else await this.#show(key, name, client.readRecord(name));
      } else if (this.#shown) {
        this.#results.showSamples(this.#shown.record, this.#shown.suite, this.#params);
      }
      this.#results.showRuns(runs, this.#shownKey === `run ${name}` ? name : '');
    } catch (error) {
      this.#shown = null;
      this.#results.showNothing();
      this.#alerts.show(error);
    }
  }

  // ---- drawing -----------------------------------------------------------------------------------------

  async #render() {
    const { view } = this.#params;
    for (const name of VIEWS) {
      find(`#${name}`).hidden = name !== view;
      const link = find(`nav [data-view='${name}']`);
      if (name === view) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (this.#mode === 'idle') await this.#renderSetup();
    if (view === 'results') await this.#renderResults();
    if (view === 'classifier') await this.#classifier.show();
    if (view === 'annotate') await this.#annotate.show(this.#params);
  }

  async #renderSetup() {
    const { build, threads } = this.#wanted();
    this.#evaluate.show(
      this.#model.picker,
      this.#model.summary,
      this.#suite,
      this.#params,
      { build, threads, cores: navigator.hardwareConcurrency || 1, isolated: this.#isolated },
    );
    const name = this.#recordName();
    const { client } = this.#keeper;
    if (name === '' || !client) {
      this.#evaluate.showKept(null);
      return;
    }
    try {
      const kept = (await client.records()).find(
        (record) => record.name === name && record.hallmark === null,
      );
      if (name !== this.#recordName()) return; // another choice was made meanwhile
      this.#evaluate.showKept(kept ? { done: kept.done, total: kept.header.samples } : null);
    } catch (error) {
      if (client === this.#keeper.client) this.#alerts.show(error); // else it was ended on purpose
    }
  }
}

/** @param {string} file  beside the page */
async function fetchText(file) {
  const response = await fetch(new URL(file, document.baseURI));
  if (!response.ok) throw new Error(`${file} could not be fetched: the server answered ${response.status}.`);
  return response.text();
}

void new App().start();
