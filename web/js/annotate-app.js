// Annotate: a person labels texts for one value, one after the other; every answer is kept in this browser before the next text is
// shown. Knows the parts of this view; the page knows only this class.

import { labelWord } from './annotate/export.js';
import { keysWanted, openedSession, setKeysWanted, setOpenedSession } from './annotate/flags.js';
import { alike, exportFile, newSession } from './annotate/new-session.js';
import { Queue } from './annotate/queue.js';
import { openSessionStore } from './annotate/session-store.js';
import { fetchText, readTexts } from './annotate/sources.js';
import { kindOf } from './eval/file-kinds.js';
import { count, plural } from './eval/format.js';
import { describeRecipe } from './eval/recipe.js';
import { VALUE_SYSTEMS } from './eval/value-systems.js';
import { AnnotateDesk, isTyping } from './ui/annotate-desk.js';
import { AnnotateDone } from './ui/annotate-done.js';
import { AnnotateList } from './ui/annotate-list.js';
import { AnnotateSetup } from './ui/annotate-setup.js';
import { button, download, el } from './ui/dom.js';

const MAX_SYSTEM = 4 << 20; // bytes of a file with a value system

/** @typedef {import('./annotate/session-store.js').Session} Session */
/** @typedef {import('./annotate/session-store.js').Material} Material */
/** @typedef {import('./annotate/queue.js').Step} Step */
/** @typedef {import('./annotate/export.js').Format} Format */
/** @typedef {import('./ui/annotate-setup.js').SetupRequest} SetupRequest */
/**
 * @typedef {object} AnnotateMeans
 * @property {() => Promise<import('./annotate/sources.js').Opened>} open  the engine
 * @property {{say: (sentence: string) => void}} status  for people who hear the page
 * @property {{show: (problem: unknown) => void, clear: () => void}} alerts
 * @property {{set: (change: {values: string}) => void}} address
 *
 * @typedef {object} Desk  the session that is open
 * @property {Session} session
 * @property {Material} material
 * @property {Queue} queue
 * @property {number} steps  that are kept
 */

export class AnnotateApp {
  #section;
  #open;
  #status;
  #alerts;
  /** @type {ReturnType<typeof openSessionStore> | null} */
  #opened = null;
  /** @type {Promise<void> | null} */
  #begun = null;
  /** @type {Desk | null} */
  #desk = null;
  #busy = false;
  #named = ''; // the value system that the address names; '' is the first
  #asked = ''; // the one that was asked for last
  #unsaved = false; // answers that end with this tab
  #title = el('h1', { id: 'annotate-title', tabindex: -1 });
  #lead = el('p', { class: 'lead' });
  #back;
  #notice = el(
    'div',
    { class: 'notice', hidden: true },
    el('p', {}, 'This browser keeps nothing for this page: export your answers before you close the tab.'),
  );
  #body = el('div', { class: 'annotate-body' });
  #list;
  #setup;
  #work;
  #done;

  /** @param {HTMLElement} section @param {AnnotateMeans} means */
  constructor(section, { open, status, alerts, address }) {
    this.#section = section;
    this.#open = open;
    this.#status = status;
    this.#alerts = alerts;
    this.#back = button('All sessions', {
      id: 'annotate-back',
      onClick: () => void this.#act(() => this.#leave()),
    });
    this.#list = new AnnotateList({
      onOpen: (id) => void this.#act(() => this.#openSession(id)),
      onExport: (id, format) => void this.#act(() => this.#export(id, format)),
      onDelete: (id) => void this.#act(() => this.#delete(id)),
    });
    this.#setup = new AnnotateSetup({
      onSystem: (id) => {
        this.#named = id;
        address.set({ values: id });
        void this.#act(() => this.#showSystem(id));
      },
      onSystemFile: (file) => void this.#act(() => this.#openSystem(file)),
      onStart: (request) => void this.#act(() => this.#start(request)),
      onProblem: (sentence) => {
        alerts.clear();
        alerts.show(sentence);
      },
    });
    this.#work = new AnnotateDesk({
      onAnswer: (label, note) => void this.#answer(label, note),
      onUndo: () => void this.#undo(),
      onKeys: setKeysWanted,
    });
    this.#work.setKeys(keysWanted());
    this.#done = new AnnotateDone({
      onExport: (format) => void this.#act(() => this.#export(this.#desk?.session.id ?? '', format)),
      onAgain: () => void this.#take({ kind: 'again', time: now() }, 'The skipped texts come once more.'),
      onUndo: () => void this.#undo(),
      onNextValue: () => void this.#act(() => this.#nextValue()),
    });
    section.classList.add('annotate');
    section.replaceChildren(
      el('div', { class: 'results-head' }, el('div', {}, this.#title, this.#lead), el('div', { class: 'actions' }, this.#back)),
      this.#notice,
      this.#body,
    );
    document.addEventListener('keydown', (event) => this.#onKey(event));
    window.addEventListener('beforeunload', (event) => {
      if (this.#unsaved) event.preventDefault();
    });
    this.#showHead('Label texts for a value', LEAD, false);
  }

  /** Shows where the annotator is. May be called again and again: what is on the screen stays.
   * @param {{values: string}} params  id of a value system that comes with the page; '' is the first */
  async show({ values }) {
    const other = values !== this.#named;
    this.#named = values;
    if (this.#begun && other && !this.#desk) await this.#attempt(() => this.#showSystem(values));
    this.#begun ??= this.#begin();
    await this.#begun;
  }

  focus() {
    this.#title.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  /** Files that were dropped on the page: a value system, or texts for a new session. @param {File[]} files */
  async openFiles(files) {
    await this.#act(async () => {
      if (this.#desk) throw new Error('A session is open: go to All sessions first, then open files there.');
      const [file] = files;
      const small = files.length === 1 && file.size <= MAX_SYSTEM;
      if (small && kindOf(file.name, await file.text()) === 'values') await this.#openSystem(file);
      else this.#setup.takeTexts(files);
    });
  }

  /** What the engine tells while it works; nothing of it concerns this view. */
  onEvent() {}

  get #store() {
    this.#opened ??= openSessionStore();
    return this.#opened;
  }

  async #begin() {
    const { persistent } = await this.#store;
    this.#notice.hidden = persistent;
    const id = openedSession();
    if (id === '' || !(await this.#attempt(() => this.#openSession(id)))) await this.#goHome();
  }

  // ---- home ------------------------------------------------------------------------------------------------

  /** @param {string} title @param {string} lead @param {boolean} working */
  #showHead(title, lead, working) {
    this.#title.textContent = title;
    this.#lead.textContent = lead;
    this.#back.hidden = !working;
    this.#section.classList.toggle('annotate-working', working);
  }

  async #goHome() {
    await this.#showHome();
    await this.#fillHome();
  }

  /** From a session to the others. */
  async #leave() {
    await this.#showHome();
    this.focus(); // before the engine is asked: its answer must not take the focus from whoever has begun to type
    await this.#fillHome();
  }

  /** The sessions as they are now: the list comes into sight when it is read. */
  async #showHome() {
    this.#desk = null;
    setOpenedSession('');
    await this.#attempt(() => this.#showSessions());
    this.#showHead('Label texts for a value', LEAD, false);
    this.#body.replaceChildren(this.#list.element, this.#setup.element);
  }

  /** What only the engine knows of. */
  async #fillHome() {
    if (!this.#setup.ready) await this.#attempt(() => this.#showSystem(this.#named));
    if (this.#setup.ready) await this.#attempt(() => this.#showRuns());
  }

  /** Finished runs over the suite that is open. */
  async #showRuns() {
    const { client, suite } = await this.#open();
    const runs = (await client.records()).filter(({ header, hallmark }) => hallmark !== null && header.dataset.id === suite.id);
    this.#setup.showRuns(
      runs.map(({ name, header: { model, dataset, recipe } }) => ({
        name,
        title: `${model.name || 'unnamed model'} · ${dataset.name} · ${describeRecipe(recipe)}`,
      })),
    );
  }

  async #showSessions() {
    const sessions = await (await this.#store).all();
    this.#list.show(sessions);
    this.#setup.suggestName(sessions[0]?.annotator ?? '');
  }

  /** @param {string} named  id of a value system that comes with the page; '' is the first */
  async #showSystem(named) {
    const id = VALUE_SYSTEMS.find((system) => system.id === named)?.id ?? VALUE_SYSTEMS[0].id;
    await this.#readSystem(`${id}.json`, () => fetchText(`data/values/${id}.json`), {});
  }

  /** @param {File} file */
  async #openSystem(file) {
    if (file.size > MAX_SYSTEM) throw new Error(`${file.name} is too large for a value system.`);
    await this.#readSystem(file.name, () => file.text(), { own: true });
  }

  /** Shows a value system, unless another one is asked for meanwhile.
   * @param {string} name @param {() => Promise<string>} read @param {{own?: boolean, value?: string}} how */
  async #readSystem(name, read, how) {
    this.#asked = name;
    this.#setup.showNoSystem('Loading…');
    try {
      const json = await read();
      const { client } = await this.#open();
      const system = await client.openValues(json, name);
      if (this.#asked === name) this.#setup.showSystem(system, how);
    } catch (error) {
      if (this.#asked === name) this.#setup.showNoSystem('The value system could not be read.');
      throw error;
    }
  }

  /** @param {string} id */
  async #delete(id) {
    await (await this.#store).remove(id);
    this.#setup.withdraw(id);
    await this.#showSessions();
    this.#status.say('The session is deleted.');
    this.#title.focus();
  }

  /** @param {SetupRequest} request */
  async #start({ system, value: valueId, texts: choice, annotator }) {
    const value = system.values.find(({ id }) => id === valueId);
    if (!value) throw new Error('Choose a value.');
    this.#setup.setBusy(true);
    this.#status.say('Reading the texts.');
    try {
      const { texts, source, hash } = await this.#texts(choice, system.json);
      const store = await this.#store;
      const fresh = newSession({ system, value, annotator, source, textsHash: hash }, texts);
      const begun = (await store.all()).find((other) => alike(other, fresh.session) && other.value.id === valueId);
      if (!begun) await store.create(fresh.session, fresh.material);
      void navigator.storage?.persist?.().catch(() => false); // so that the browser does not clear it away by itself
      await this.#openSession((begun ?? fresh.session).id);
    } finally {
      this.#setup.setBusy(false);
    }
  }

  /** @param {import('./ui/annotate-setup.js').TextChoice} choice @param {string} values */
  async #texts(choice, values) {
    if (choice.kind === 'session') {
      const kept = await (await this.#store).read(choice.id);
      if (!kept) throw new Error('The session with these texts is no longer there.');
      return { texts: kept.material.texts, source: kept.session.source, hash: kept.session.textsHash };
    }
    return readTexts(await this.#open(), values, choice);
  }

  /** The same texts for another value: the first one that they have not been labelled for. */
  async #nextValue() {
    const done = this.#desk?.session;
    if (!done) return;
    const { id, json } = done.system;
    const others = (await (await this.#store).all()).filter((session) => alike(session, done)).map(({ value }) => value.id);
    const value = JSON.parse(json).values.find((/** @type {{id: string}} */ { id: other }) => !others.includes(other))?.id;
    await this.#showHome();
    await this.#readSystem(`${id}.json`, async () => json, { own: !VALUE_SYSTEMS.some((system) => system.id === id), value });
    this.#setup.offerAgain(done);
    await this.#showRuns();
  }

  // ---- at work ---------------------------------------------------------------------------------------------

  /** @param {string} id */
  async #openSession(id) {
    const kept = await (await this.#store).read(id);
    if (!kept) throw new Error('This session is no longer in this browser.');
    const { session, material, steps } = kept;
    this.#desk = { session, material, queue: new Queue(material.order, steps), steps: steps.length };
    setOpenedSession(id);
    this.#showHead(session.value.name, `${session.source} · ${session.annotator}`, true);
    this.#work.showValue(session.value);
    this.#body.replaceChildren(this.#work.element);
    window.scrollTo({ top: 0 });
    this.#showNext('', this.#desk.queue.done > 0 ? 'You go on where you stopped.' : '');
  }

  /** The text that is asked about now, or that there is none. @param {string} note @param {string} said  of what happened before */
  #showNext(note, said) {
    if (!this.#desk) return;
    const { session, material, queue } = this.#desk;
    const { current, remaining } = queue;
    if (current === null) {
      this.#done.show(session, queue.counts);
      this.#body.replaceChildren(this.#done.element);
      this.#status.say(`${said} There is no text left.`.trim());
      this.#done.focus();
      return;
    }
    this.#work.show(queue, material.texts[current], note);
    if (!this.#work.element.isConnected) this.#body.replaceChildren(this.#work.element);
    this.#work.focus();
    this.#status.say(`${said} Text ${count(queue.position)} of ${count(queue.roundSize)} is shown, ${count(remaining)} to answer.`.trim());
  }

  /** @param {import('./annotate/queue.js').Answer['label']} label @param {string} note */
  async #answer(label, note) {
    const text = this.#desk?.queue.current;
    if (text === null || text === undefined) return;
    const said = label === null ? 'Skipped.' : `${capital(labelWord(label))}, saved.`;
    await this.#take({ kind: 'answer', text, label, time: now(), note }, said);
  }

  async #undo() {
    const last = this.#desk?.queue.last;
    if (!last) return;
    const said = `Taken back: ${last.label === null ? 'skipped' : labelWord(last.label)}.`;
    await this.#take({ kind: 'undo', time: now() }, said, last.note);
  }

  /** Keeps a step, and only then shows what follows from it. @param {Step} step @param {string} said @param {string} [note] */
  async #take(step, said, note = '') {
    const desk = this.#desk;
    if (!desk || this.#busy) return;
    this.#busy = true;
    this.#work.setBusy(true);
    this.#alerts.clear();
    let gone = false;
    try {
      const store = await this.#store;
      desk.queue.take(step);
      const session = { ...desk.session, done: desk.queue.done, skipped: desk.queue.counts.skipped, modified: Date.now() };
      await store.add(session, desk.steps, step);
      desk.session = session;
      desk.steps += 1;
      this.#unsaved = !store.persistent;
      if (this.#desk === desk) this.#showNext(note, said);
    } catch (error) {
      if (this.#desk === desk) gone = await this.#openSession(desk.session.id).then(() => false, () => true); // as it was kept
      if (gone) await this.#showHome();
      this.#alerts.show(error); // alone: why it cannot be opened either would be said for a moment otherwise
    }
    this.#busy = false;
    this.#work.setBusy(false);
    if (!gone) return;
    this.focus();
    await this.#fillHome();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#section.hidden || !this.#desk || event.defaultPrevented) return;
    if (this.#work.element.isConnected) {
      if (this.#work.press(event)) event.preventDefault();
    } else if (event.key === 'Backspace' && !isTyping(event.target) && !event.repeat) {
      event.preventDefault();
      void this.#undo();
    }
  }

  // ---- export ----------------------------------------------------------------------------------------------

  /** @param {string} id @param {Format} format */
  async #export(id, format) {
    const kept = await (await this.#store).read(id);
    if (!kept) throw new Error('This session is no longer in this browser.');
    this.#status.say('Preparing the file.');
    const { name, text, n } = await exportFile((await this.#open()).client, kept, format);
    download(name, format.type, text);
    this.#unsaved = false;
    this.#status.say(`${plural(n, 'answer')} exported as ${format.title}.`);
  }

  /** What somebody asks for: earlier alerts are done with. @param {() => Promise<void>} call */
  async #act(call) {
    this.#alerts.clear();
    await this.#attempt(call);
  }

  /** Whether it went well; else an alert says why not. @param {() => Promise<void>} call */
  async #attempt(call) {
    try {
      await call();
      return true;
    } catch (error) {
      this.#alerts.show(error);
      return false;
    }
  }
}

const LEAD =
  'One text after the other, three keys. You see no label of anybody else and no guess of a model. ' +
  'Every answer is kept in this browser at once.';

/** Seconds since 1970. */
const now = () => Math.floor(Date.now() / 1000);

/** @param {string} word */
const capital = (word) => word[0].toUpperCase() + word.slice(1);
