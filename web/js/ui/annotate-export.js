// Export of a session: a format and a button.

import { FORMATS } from '../annotate/export.js';
import { button, el } from './dom.js';

/** @typedef {import('../annotate/export.js').Format} Format */

/** @param {{id: string, value: {name: string}}} session @param {(format: Format) => void} onExport @param {'primary' | 'plain'} [kind] */
export function exportControl({ id, value }, onExport, kind = 'plain') {
  const lost = el('p', { class: 'small soft export-lost', role: 'status' });
  const select = el(
    'select',
    { 'aria-label': `Export format: ${value.name}`, class: 'export-format' },
    ...FORMATS.map((format) => el('option', { value: format.id }, format.title)),
  );
  const chosen = () => FORMATS.find((format) => format.id === select.value) ?? FORMATS[0];
  select.addEventListener('change', () => {
    lost.textContent = chosen().lost === '' ? '' : `${chosen().title} has no place for ${chosen().lost}.`;
  });
  const save = button('Export', { kind, icon: 'download', onClick: () => onExport(chosen()) });
  save.setAttribute('aria-label', `Export: ${value.name}`);
  save.dataset.export = id;
  return el('div', { class: 'export' }, select, save, lost);
}
