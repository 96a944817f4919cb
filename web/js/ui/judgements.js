// What a classifier says of one text: for each value the label, its probabilities, and why.

import { percent, signed } from '../eval/format.js';
import { el } from './dom.js';
import { probabilityBars, valenceMark } from './valence.js';

/** @typedef {import('../engine/judging-protocol.js').Judgement} Judgement */
/** @typedef {import('../engine/judging-protocol.js').ValueSystem} ValueSystem */

const MAX_SHOWN = 240; // characters of an example
const UNLIKELY =
  'Named although another label is likelier: the thresholds are fitted so that rare labels are found too. Let it abstain where that is too bold.';

/** Values that the text has to do with come open, the others closed. @param {readonly Judgement[]} judgements @param {ValueSystem} system */
export function judgementList(judgements, system) {
  const related = judgements.filter(isRelated);
  const others = judgements.filter((judgement) => !isRelated(judgement));
  const names = new Map(system.values.map(({ id, name }) => [id, name]));
  return el(
    'ul',
    { class: 'judgements' },
    ...[...related, ...others].map((judgement) => item(judgement, names.get(judgement.value) ?? judgement.value)),
  );
}

/** @param {Judgement} judgement */
export function isRelated({ label, abstained }) {
  return label !== 0 || abstained;
}

/** @param {Judgement} judgement @param {string} name */
function item(judgement, name) {
  const { value, label, abstained, p, confidence } = judgement;
  const summary = el(
    'summary',
    {},
    el('span', { class: 'judgement-name' }, name),
    el(
      'span',
      { class: 'judgement-said' },
      valenceMark(label, abstained),
      el('span', { class: 'judgement-confidence' }, percent(confidence, 0)),
    ),
  );
  return el(
    'li',
    {},
    el(
      'details',
      {
        class: 'judgement',
        'data-value': value,
        'data-label': String(label),
        'data-abstained': String(abstained),
        open: isRelated(judgement),
      },
      summary,
      el(
        'div',
        { class: 'judgement-body' },
        el(
          'div',
          {},
          el('h4', {}, 'Probabilities'),
          probabilityBars(p, label),
          confidence < Math.max(...p) && el('p', { class: 'small soft unlikely' }, UNLIKELY),
        ),
        reasons(judgement),
      ),
    ),
  );
}

/** @param {Judgement} judgement */
function reasons({ concepts, nearest }) {
  return el(
    'div',
    { class: 'reasons' },
    el('h4', {}, 'Nearest concepts'),
    concepts.length === 0
      ? el('p', { class: 'small soft' }, 'No concept is near enough.')
      : el(
          'ul',
          { class: 'reason-list' },
          ...concepts.map(({ text, valence, similarity }) =>
            el('li', {}, similarityMark(similarity), el('span', {}, text, valence === -1 && ' (against)')),
          ),
        ),
    el('h4', {}, 'Nearest labelled texts'),
    nearest.length === 0
      ? el('p', { class: 'small soft' }, 'No labelled text resembles it.')
      : el(
          'ul',
          { class: 'reason-list' },
          ...nearest.map(({ response, label, similarity }) =>
            el('li', {}, similarityMark(similarity), el('span', {}, valenceMark(label), ' ', cut(response))),
          ),
        ),
  );
}

/** @param {number} similarity */
function similarityMark(similarity) {
  return el(
    'span',
    { class: 'similarity' },
    el('span', { class: 'visually-hidden' }, 'similarity '),
    signed(similarity, 2),
  );
}

/** @param {string} text */
export function cut(text) {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN).trimEnd()}…`;
}
