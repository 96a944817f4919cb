// The small line in the header that says which engine runs, and a polite voice for what happens.

import { plural } from '../eval/format.js';
import { find } from './dom.js';

export class EngineStatus {
  #box = find('#engine');
  #text = find('#engine-text');
  #version = find('#version');
  #voice = find('#status');

  starting() {
    this.#set('starting', 'Starting the engine…');
  }

  /** @param {import('../engine/protocol.js').EngineInfo} info @param {boolean} isolated */
  ready({ version, build, threads, persistent }, isolated) {
    const kind =
      build === 'mt'
        ? 'Threaded engine'
        : isolated
          ? 'Single-threaded engine'
          : 'Single-threaded engine (page not isolated)';
    this.#set('ready', `${kind}, ${plural(threads, 'thread')}`);
    this.#box.dataset.build = build;
    this.#box.dataset.threads = String(threads);
    this.#version.textContent = `Assay ${version}.${persistent ? '' : ' Runs are kept only until this tab is closed.'}`;
  }

  failed() {
    this.#set('failed', 'The engine could not start');
  }

  /** @param {string} sentence  for people who hear the page */
  say(sentence) {
    this.#voice.textContent = sentence;
  }

  /** @param {string} state @param {string} text */
  #set(state, text) {
    this.#box.dataset.state = state;
    this.#text.textContent = text;
  }
}
