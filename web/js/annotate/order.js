// In which order an annotator sees the texts: shuffled, so that neighbours in a file do not colour each other, and fixed by a word
// (annotator and value), so that it is the same again on another day and another machine. Pure: runs in Node.

/** FNV-1a over UTF-8. @param {string} word @returns {number} 32 bits */
export function seedOf(word) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(word)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** SplitMix32: 32 well-mixed bits a call. @param {number} seed @returns {() => number} */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return (bits ^ (bits >>> 15)) >>> 0;
  };
}

/** 0 .. n - 1, each as likely as the others. @param {() => number} next @param {number} n */
function below(next, n) {
  const end = 2 ** 32 - (2 ** 32 % n); // what lies behind would favour the small numbers
  for (;;) {
    const bits = next();
    if (bits < end) return bits % n;
  }
}

/** 0 .. n - 1 in an order that depends on the word alone (Fisher-Yates). @param {number} n @param {string} word */
export function shuffled(n, word) {
  const order = Array.from({ length: n }, (_, i) => i);
  const next = random(seedOf(word));
  for (let i = n - 1; i > 0; i -= 1) {
    const j = below(next, i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
