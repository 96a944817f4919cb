// The value systems that come with the page (data/values), and what the three labels are called. Pure: runs in Node.

/** @typedef {import('../engine/judging-protocol.js').Valence} Valence */

/** The first one is the one that is chosen when nothing else is asked for. */
export const VALUE_SYSTEMS = Object.freeze([
  Object.freeze({
    id: 'moral-foundations-5',
    name: 'Moral foundations',
    note: 'Five: care, fairness, loyalty, authority, sanctity. After Haidt and Graham.',
  }),
  Object.freeze({
    id: 'schwartz-10',
    name: 'Schwartz’s basic values',
    note: 'Ten, from self-direction to universalism. After Schwartz (1992).',
  }),
  Object.freeze({
    id: 'social-risks-14',
    name: 'Social risks',
    note: 'Fourteen kinds of harm, from animal abuse to violence. After BeaverTails.',
  }),
]);

/** Labels that come with the page, for whoever has none. */
export const EXAMPLE = Object.freeze({ values: 'moral-foundations-5', file: 'example-labels.jsonl' });

/** In the order of a triple. @type {readonly Valence[]} */
export const VALENCES = Object.freeze(/** @type {const} */ ([-1, 0, 1]));

/** @type {Readonly<Record<Valence, string>>} */
const WORDS = Object.freeze({ '-1': 'opposes', 0: 'unrelated', 1: 'adheres' });

/** @param {Valence} valence */
export function valenceWord(valence) {
  return WORDS[valence];
}

/** What labels may be written in; '' goes by the ending of the file's name. */
export const LABEL_FORMATS = Object.freeze([
  { id: '', name: 'By the file’s ending' },
  { id: 'jsonl', name: 'JSONL, a line for each label or text' },
  { id: 'csv', name: 'CSV: item_id, annotator, value, label' },
  { id: 'label-studio', name: 'Label Studio' },
  { id: 'doccano', name: 'doccano' },
  { id: 'prodigy', name: 'Prodigy' },
  { id: 'argilla', name: 'Argilla' },
  { id: 'crowd-kit', name: 'crowd-kit' },
  { id: 'mace', name: 'MACE' },
]);
