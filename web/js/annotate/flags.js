// Small conveniences that outlive a reload: which session is open in this tab, whether single keys answer. No answer depends on them.

const OPEN = 'assay-annotate-open'; // of the session storage
const KEYS = 'assay-annotate-keys'; // of the local storage: 'off' when single keys answer nothing

/** Id of the session that was open in this tab, or ''. */
export const openedSession = () => recall(tab(), OPEN);

/** @param {string} id  '': none is open */
export const setOpenedSession = (id) => remember(tab(), OPEN, id);

export const keysWanted = () => recall(local(), KEYS) !== 'off';

/** @param {boolean} on */
export const setKeysWanted = (on) => remember(local(), KEYS, on ? '' : 'off');

/** Null where the browser keeps none. */
function tab() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

function local() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** @param {Storage | null} store @param {string} key */
function recall(store, key) {
  return store?.getItem(key) ?? '';
}

/** @param {Storage | null} store @param {string} key @param {string} text */
function remember(store, key, text) {
  try {
    if (text === '') store?.removeItem(key);
    else store?.setItem(key, text);
  } catch {
    // the storage is full
  }
}
