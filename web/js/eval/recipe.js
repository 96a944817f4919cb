// Recipes that the page offers, and the configuration file that the program runs unchanged. Pure: runs in Node.

/**
 * @typedef {object} RecipeChoice
 * @property {string} name
 * @property {string} title
 * @property {string} note      what it does, in one sentence
 * @property {'normal' | 'grey'} image
 * @property {number} tileEdge  tiles along an image's longer edge
 * @property {number} freeText  tokens of an answer in the model's own words; 0: none
 */

/** @type {readonly Readonly<RecipeChoice>[]} */
export const RECIPES = Object.freeze([
  Object.freeze({
    name: 'ch3ef',
    title: 'Ch3Ef',
    image: /** @type {const} */ ('normal'),
    tileEdge: 1,
    freeText: 0,
    note: 'The bare question; each option is scored by the mean log-probability of its own tokens; the best one is the answer.',
  }),
  Object.freeze({
    name: 'ch3ef-answers',
    title: 'Ch3Ef, and answers in its own words',
    image: /** @type {const} */ ('normal'),
    tileEdge: 1,
    freeText: 48,
    note: 'The same scores; then the model also answers freely, in up to 48 tokens, for the Classifier to judge. Slower.',
  }),
  Object.freeze({
    name: 'ch3ef-tiles',
    title: 'Ch3Ef, images in tiles',
    image: /** @type {const} */ ('normal'),
    tileEdge: 4,
    freeText: 0,
    note: 'Every image in up to 16 tiles and as a whole, as SmolVLM learned to see: sharper, and many times slower. Not for assay-mini.',
  }),
  Object.freeze({
    name: 'grey',
    title: 'Blind baseline',
    image: /** @type {const} */ ('grey'),
    tileEdge: 1,
    freeText: 0,
    note: 'The same, but every image is plain grey: what the model gets right without looking.',
  }),
]);

/**
 * The recipe as the core takes it: canonical JSON is the core's own business, this only names what differs from its defaults.
 * @param {string} name
 * @param {number} limit  samples; 0 is all
 * @returns {string}
 */
export function recipeJson(name, limit) {
  const choice = RECIPES.find((recipe) => recipe.name === name);
  if (!choice) throw new RangeError(`There is no recipe “${name}”.`);
  if (!Number.isInteger(limit) || limit < 0) throw new RangeError('The number of samples must be a whole number.');
  const { image, tileEdge, freeText } = choice;
  return JSON.stringify({ name, image, limit, tile_edge: tileEdge, ...(freeText > 0 && { free_text: freeText }) });
}

/**
 * @param {unknown} recipe  as it stands in a record's header or a report
 * @returns {string} its name for people
 */
export function recipeTitle(recipe) {
  if (typeof recipe !== 'object' || recipe === null) return 'unknown recipe';
  const { name } = /** @type {{name?: unknown}} */ (recipe);
  return RECIPES.find((choice) => choice.name === name)?.title ?? String(name ?? 'unnamed recipe');
}

/**
 * @param {unknown} recipe
 * @returns {string} its name, with the number of samples when it is limited
 */
export function describeRecipe(recipe) {
  const { limit } = /** @type {{limit?: unknown}} */ (recipe ?? {});
  return typeof limit === 'number' && limit > 0 ? `${recipeTitle(recipe)}, ${limit} samples` : recipeTitle(recipe);
}
