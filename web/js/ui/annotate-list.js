// The annotation sessions in this browser: go on, export, delete.

import { count, plural } from '../eval/format.js';
import { button, el } from './dom.js';
import { exportControl } from './annotate-export.js';

/** @typedef {import('../annotate/session-store.js').Session} Session */
/**
 * @typedef {object} ListHandlers
 * @property {(id: string) => void} onOpen
 * @property {(id: string, format: import('../annotate/export.js').Format) => void} onExport
 * @property {(id: string) => void} onDelete
 */

export class AnnotateList {
  element = el('section', { class: 'panel annotate-sessions', 'aria-labelledby': 'annotate-sessions-title', hidden: true });
  #list = el('ul', { class: 'runs' });
  #handlers;

  /** @param {ListHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    this.element.append(el('h2', { id: 'annotate-sessions-title' }, 'Your sessions'), this.#list);
  }

  /** @param {readonly Session[]} sessions  latest first */
  show(sessions) {
    this.element.hidden = sessions.length === 0;
    this.#list.replaceChildren(...sessions.map((session, i) => this.#item(session, i === 0)));
  }

  /** @param {Session} session @param {boolean} latest */
  #item(session, latest) {
    const { id, value, system, source, annotator, n, done, skipped } = session;
    const open = button(done < n ? 'Continue' : 'Open', {
      kind: latest && done < n ? 'primary' : 'plain',
      id: latest ? 'annotate-continue' : undefined,
      onClick: () => this.#handlers.onOpen(id),
    });
    open.setAttribute('aria-label', `${open.textContent}: ${value.name}, ${source}, ${annotator}`);
    const skips = skipped > 0 ? [`${count(skipped)} skipped`] : [];
    const left = n - done === 0 ? 'all done' : `${count(n - done)} left`;
    return el(
      'li',
      { 'data-session': id },
      el(
        'div',
        { class: 'run-facts' },
        el('p', { class: 'session-value' }, value.name),
        el('p', { class: 'small soft' }, `${system.name} · ${source} · ${annotator}`),
        el('progress', { value: done, max: n, 'aria-label': `${value.name}: ${count(done)} of ${count(n)} done` }),
        el('p', { class: 'small soft' }, [`${count(done)} of ${plural(n, 'text')}`, left, ...skips].join(', ')),
      ),
      el(
        'div',
        { class: 'session-actions' },
        open,
        done > 0 && exportControl(session, (format) => this.#handlers.onExport(id, format)),
        this.#remover(session),
      ),
    );
  }

  /** Deleting asks once more, in place. @param {Session} session */
  #remover({ id, value, done }) {
    const box = el('div', { class: 'session-delete' });
    const ask = button('Delete', {
      kind: 'quiet',
      icon: 'remove',
      onClick: () => {
        const keep = button('Keep', { onClick: () => settle() });
        const remove = button('Delete', { icon: 'remove', onClick: () => this.#handlers.onDelete(id) });
        remove.classList.add('button-danger');
        const question = done === 0 ? 'Delete this session?' : `Delete ${plural(done, 'answer')} for good?`;
        box.replaceChildren(el('p', { class: 'small', role: 'alert' }, question), remove, keep);
        keep.focus();
      },
    });
    const settle = () => {
      box.replaceChildren(ask);
      ask.focus();
    };
    ask.setAttribute('aria-label', `Delete the session: ${value.name}`);
    box.append(ask);
    return box;
  }
}
