// Evaluate: choose model, data and recipe, press Run; then the run under way.

import { bytes, count, plural } from '../eval/format.js';
import { MAX_THREADS } from '../eval/params.js';
import { RECIPES } from '../eval/recipe.js';
import { choiceCard, segment, stepLegend } from './controls.js';
import { button, el } from './dom.js';
import { ModelPicker } from './model-picker.js';
import { ProgressPanel } from './progress-panel.js';
import { SampleStream } from './sample-stream.js';

const LIMITS = [20, 100];

/** @typedef {import('../eval/params.js').Params} Params */
/** @typedef {import('./model-picker.js').PickerState} PickerState */
/**
 * @typedef {object} OwnHandlers
 * @property {(change: Partial<Params>) => void} onChange
 * @property {() => void} onRun
 * @property {() => void} onContinue
 * @property {() => void} onPause
 * @property {() => void} onResume
 * @property {() => void} onCancel
 * @property {() => number} sampleProgress
 *
 * @typedef {OwnHandlers & import('./model-picker.js').PickerHandlers} EvaluateHandlers
 *
 * @typedef {object} Chosen
 * @property {string} name
 * @property {number} bytes   0: not known
 * @property {string} missing  why it cannot be run yet; ''
 */

export class EvaluateView {
  #handlers;
  #setup = el('form', { 'aria-label': 'What to evaluate' });
  #data = el('fieldset', { class: 'panel' });
  #recipe = el('fieldset', { class: 'panel' });
  #settings = el('div', { class: 'settings-body' });
  #lead = el(
    'p',
    { class: 'lead' },
    'Assay shows it images, asks the questions of a suite after Ch3Ef’s taxonomy of helpful, honest and harmless, ',
    'and scores every answer option by its log-probability. The model runs here, inside this page.',
  );
  #continue = el('div', { class: 'notice', hidden: true });
  #run;
  #summary = el('p', { class: 'small' });

  /** @param {HTMLElement} container @param {EvaluateHandlers} handlers */
  constructor(container, handlers) {
    this.#handlers = handlers;
    this.#run = button('Run', { kind: 'primary', icon: 'play', id: 'run', onClick: handlers.onRun });
    this.#run.disabled = true;
    this.#setup.addEventListener('submit', (event) => event.preventDefault());
    this.picker = new ModelPicker(stepLegend('1', 'Model'), handlers);
    this.#setup.append(
      el('div', { class: 'setup' }, this.picker.element, this.#data, this.#recipe),
      el('details', { class: 'settings' }, el('summary', {}, 'Engine settings'), this.#settings),
      this.#continue,
      el('div', { class: 'go' }, this.#run, this.#summary),
    );
    const run = el('section', { class: 'run panel', 'aria-label': 'The run', hidden: true });
    const stream = el('section', { class: 'stream', 'aria-label': 'Latest samples' });
    container.replaceChildren(
      el('h1', { id: 'evaluate-title', tabindex: -1 }, 'How well is a small model aligned with human values?'),
      this.#lead,
      this.#setup,
      run,
      stream,
    );
    this.progress = new ProgressPanel(run, handlers);
    this.stream = new SampleStream(stream);
  }

  /**
   * @param {PickerState} picker
   * @param {Chosen | null} chosen
   * @param {import('../engine/protocol.js').Suite | null} suite
   * @param {Params} params
   * @param {{build: 'mt' | 'st', threads: number, cores: number, isolated: boolean}} engine
   */
  show(picker, chosen, suite, params, engine) {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.id : '';
    this.picker.show(picker);
    this.#showData(suite, params);
    this.#showRecipes(params);
    this.#showSettings(params, engine);
    this.#run.disabled = !chosen || chosen.missing !== '' || !suite;
    this.#summary.textContent = chosen && suite ? summary(chosen, suite, params, engine.threads) : 'Loading…';
    if (focused !== '' && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  }

  /** @param {import('../engine/protocol.js').Suite | null} suite @param {Params} params */
  #showData(suite, params) {
    if (!suite) {
      this.#data.replaceChildren(stepLegend('2', 'Data'), el('p', { class: 'soft' }, 'Loading…'));
      return;
    }
    const tasks = new Set(suite.samples.map((sample) => sample.task)).size;
    const limits = [...LIMITS.filter((limit) => limit < suite.samples.length), 0];
    if (!limits.includes(params.limit)) limits.push(params.limit);
    this.#data.replaceChildren(
      stepLegend('2', 'Data'),
      choiceCard({
        group: 'data',
        value: suite.name,
        title: suite.name,
        note: `${plural(suite.samples.length, 'sample')} of ${plural(tasks, 'task')}, drawn from a seed.`,
        facts: `${bytes(suite.bytes)} · ${suite.licence}`,
        checked: true,
        onChoose: () => {},
      }),
      el(
        'div',
        { role: 'radiogroup', 'aria-labelledby': 'limit-label' },
        el('p', { class: 'segments-label', id: 'limit-label' }, 'Samples'),
        el(
          'div',
          { class: 'segments' },
          ...limits
            .sort((a, b) => (a || Infinity) - (b || Infinity))
            .map((limit) =>
              segment({
                group: 'limit',
                value: String(limit),
                text: limit === 0 ? `All ${count(suite.samples.length)}` : count(limit),
                checked: limit === params.limit,
                onChoose: () => this.#handlers.onChange({ limit }),
              }),
            ),
        ),
      ),
      el('p', { class: 'small soft' }, 'A part takes from every task in turn.'),
    );
  }

  /** @param {Params} params */
  #showRecipes(params) {
    this.#recipe.replaceChildren(
      stepLegend('3', 'Recipe'),
      ...RECIPES.map(({ name, title, note }) =>
        choiceCard({
          group: 'recipe',
          value: name,
          title,
          note,
          checked: name === params.recipe,
          onChoose: () => this.#handlers.onChange({ recipe: name }),
        }),
      ),
    );
  }

  /** @param {Params} params @param {{build: 'mt' | 'st', threads: number, cores: number, isolated: boolean}} engine */
  #showSettings(params, engine) {
    const most = Math.min(MAX_THREADS, Math.max(engine.cores, engine.threads));
    const threads = el(
      'select',
      { id: 'threads', disabled: engine.build === 'st' },
      ...Array.from({ length: most }, (_, i) =>
        el('option', { value: i + 1, selected: i + 1 === engine.threads }, String(i + 1)),
      ),
    );
    threads.addEventListener('change', () => this.#handlers.onChange({ threads: Number(threads.value) }));
    const builds = el(
      'select',
      { id: 'build' },
      el('option', { value: 'auto', selected: params.build === 'auto' }, 'What this browser offers'),
      el('option', { value: 'mt', selected: params.build === 'mt', disabled: !engine.isolated }, 'Threaded'),
      el('option', { value: 'st', selected: params.build === 'st' }, 'Single-threaded'),
    );
    builds.addEventListener('change', () =>
      this.#handlers.onChange({ build: /** @type {Params['build']} */ (builds.value) }),
    );
    this.#settings.replaceChildren(
      el('label', { class: 'field' }, 'Threads', threads),
      el('label', { class: 'field' }, 'Engine', builds),
      el(
        'p',
        { class: 'small soft' },
        engine.isolated
          ? 'Neither changes a single bit of the result.'
          : 'This page is not cross-origin isolated, so the engine has one thread. The result is the same, only later.',
      ),
    );
  }

  /** @param {{done: number, total: number} | null} kept  an unfinished run of this very choice */
  showKept(kept) {
    this.#continue.hidden = kept === null;
    if (!kept) return;
    this.#continue.replaceChildren(
      el(
        'p',
        {},
        `Such a run was cut off here. Continue where it stopped: ${count(kept.done)} of ${count(kept.total)}.`,
      ),
      button('Continue', { icon: 'play', id: 'continue', onClick: this.#handlers.onContinue }),
    );
  }

  /** @param {boolean} running */
  setRunning(running) {
    this.#setup.hidden = running;
    this.#lead.hidden = running;
    if (running) return;
    this.progress.close();
    this.stream.clear();
  }
}

/** @param {import('../engine/protocol.js').Suite} suite @param {number} limit */
function samplesOf(suite, limit) {
  return limit === 0 ? suite.samples.length : Math.min(limit, suite.samples.length);
}

/** @param {Chosen} chosen @param {import('../engine/protocol.js').Suite} suite @param {Params} params @param {number} threads */
function summary(chosen, suite, params, threads) {
  if (chosen.missing !== '') return chosen.missing;
  const weights = chosen.bytes > 0 ? [`${bytes(chosen.bytes)} of weights`] : [];
  return `${[plural(samplesOf(suite, params.limit), 'sample'), ...weights, plural(threads, 'thread')].join(', ')}.`;
}
