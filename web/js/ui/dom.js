// The few helpers that all of the page's classes build their elements with. Text goes in as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]  true: present, false or undefined: absent
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/** @param {Element} element @param {Record<string, string | number | boolean | undefined>} attributes */
function setAttributes(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? '' : String(value));
  }
}

/** @param {Element} element @param {readonly Child[]} children */
function append(element, children) {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

const PATHS = Object.freeze({
  right: 'M2.5 8.5 6.2 12 13.5 4',
  wrong: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  tie: 'M3 5.7h10M3 10.3h10',
  unrelated: 'M3 8h10',
  choice: 'M5 2.5 11.5 8 5 13.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  download: 'M8 2v8m-3.5-3.5L8 10l3.5-3.5M2.5 13.5h11',
  open: 'M8 10V2M4.5 5.5 8 2l3.5 3.5M2.5 13.5h11',
  play: 'M4.5 2.5v11L13 8z',
  pause: 'M5 3v10M11 3v10',
  stop: 'M3.5 3.5h9v9h-9z',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  remove: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.7 9h5.6l.7-9',
});

/** @typedef {keyof typeof PATHS} IconName */

/** A decorative icon; the text beside it says the same. @param {IconName} name */
export function icon(name) {
  return svg(
    'svg',
    {
      class: `icon icon-${name}`,
      viewBox: '0 0 16 16',
      width: 16,
      height: 16,
      'aria-hidden': 'true',
      focusable: 'false',
    },
    svg('path', {
      d: PATHS[name],
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 2,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
}

/**
 * @param {string} label
 * @param {{kind?: 'primary' | 'plain' | 'quiet', icon?: IconName, onClick: () => void, id?: string}} options
 */
export function button(label, options) {
  const element = el(
    'button',
    { type: 'button', class: `button button-${options.kind ?? 'plain'}`, id: options.id },
    options.icon ? icon(options.icon) : null,
    el('span', {}, label),
  );
  element.addEventListener('click', options.onClick);
  return element;
}

/**
 * The head of a table; a column without a name gets a cell that announces nothing.
 * @param {readonly string[]} names
 * @param {readonly string[]} [classes] of the columns
 */
export function tableHead(names, classes = []) {
  const cells = names.map((name, i) =>
    name === '' ? el('td', { class: classes[i] }) : el('th', { scope: 'col', class: classes[i] || undefined }, name),
  );
  return el('thead', {}, el('tr', {}, ...cells));
}

/** The one element a selector names in the page's own markup. @param {string} selector @returns {HTMLElement} */
export function find(selector) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`The page has no ${selector}.`);
  return element;
}

/** Offers text as a file. @param {string} name @param {string} type @param {string} text */
export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
