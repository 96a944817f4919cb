// What the page and the engine's worker say to each other about values and labels: types only. Part of protocol.js.

/** @typedef {-1 | 0 | 1} Valence  opposes, unrelated, adheres */
/** @typedef {[number, number, number]} Triple  opposes, unrelated, adheres */

/**
 * @typedef {object} Value
 * @property {string} id
 * @property {string} name
 * @property {string} definition
 * @property {string} source
 * @property {string[]} concepts
 *
 * @typedef {object} ValueSystem
 * @property {string} id
 * @property {string} name
 * @property {string} source
 * @property {string} sha256
 * @property {string} json     canonical
 * @property {Value[]} values
 *
 * @typedef {object} LabelFile
 * @property {string} name
 * @property {string} format   of assay_clave.h; '': by the name's ending
 * @property {Uint8Array} bytes
 *
 * @typedef {object} LabelCount  of one value
 * @property {string} id
 * @property {Triple} counts      pairs by the label that most of their annotators gave (ties: none)
 * @property {number} skips
 * @property {number} nItems      with two votes or more; the coefficients are about these
 * @property {number | null} raw
 * @property {number | null} alpha          Krippendorff, nominal
 * @property {[number, number] | null} alphaInterval
 * @property {number | null} ac1
 * @property {string} undefinedBecause      '' where alpha is defined
 *
 * @typedef {object} LabelSet
 * @property {string} sha256
 * @property {string} jsonl    canonical: every other call takes labels like this
 * @property {number} nTexts
 * @property {number} nVotes
 * @property {string[]} annotators
 * @property {LabelCount[]} byValue
 *
 * @typedef {object} JudgedText
 * @property {string} id
 * @property {string} scenario  '' for a text by itself
 * @property {string} response
 *
 * @typedef {object} Figures       of one value, or means over the values
 * @property {string} id           '' for the means
 * @property {number} n
 * @property {number | null} accuracy
 * @property {number | null} macroF1
 * @property {[number, number] | null} accuracyInterval
 * @property {[number, number] | null} macroF1Interval
 * @property {number | null} majorityMacroF1
 *
 * @typedef {object} ClassifierInfo
 * @property {string} json
 * @property {string} sha256
 * @property {ValueSystem} values
 * @property {string} features     "words+chars+..."
 * @property {string} encoder      '' when n-grams are enough
 * @property {string} concepts     hash of the pool that it must be given, or ''
 * @property {number} accuracy     cross-validated
 * @property {number} macroF1      cross-validated
 * @property {{id: string, counts: Triple, accuracy: number | null, macroF1: number | null, note: string}[]} byValue
 * @property {number} nExamples
 *
 * @typedef {object} CurvePoint
 * @property {number} nLabels      a value; 0: all
 * @property {number} draw         0, 1, ...: the seed's number
 * @property {number} nTexts       that were judged
 * @property {number | null} accuracy
 * @property {number | null} macroF1
 * @property {Figures[]} byValue
 *
 * @typedef {object} Judgement
 * @property {string} value
 * @property {Valence} label
 * @property {boolean} abstained
 * @property {Triple} p
 * @property {number} confidence
 * @property {{text: string, valence: Valence, similarity: number}[]} concepts
 * @property {{id: string, response: string, label: Valence, similarity: number}[]} nearest  response: its first 300 characters
 *
 * @typedef {object} ProfileValue
 * @property {string} id
 * @property {number} n
 * @property {number} nAbstained
 * @property {Triple} counts
 * @property {Triple | null} shares        of those where the judge did not abstain
 * @property {Triple | null} low
 * @property {Triple | null} high
 * @property {Triple | null} expected      mean probabilities over all n
 *
 * @typedef {object} Profile
 * @property {number} n
 * @property {boolean} freeText            false: the run holds no free text, the chosen options were judged
 * @property {ProfileValue[]} values
 * @property {{id: string, question: string, text: string, judgements: Judgement[]}[]} answers
 *
 * @typedef {object} JudgingEvents
 * @property {{done: number}} calibrating  0 .. 1; of a whole learning curve where that is what is made
 * @property {CurvePoint} trial            one point of a learning curve
 * @property {{done: number, total: number}} judging  texts
 *
 * `encoder`: whether the encoder that openEncoder opened is used beside the n-grams. `cancel` ends each of the long ones, which
 * then fail with "Cancelled."; a calibration that has begun goes on to its end where memory is not shared with the page:
 * only closing the engine ends it there.
 * @typedef {object} JudgingMethods
 * @property {(json: string, name: string) => Promise<ValueSystem>} openValues  name: a file's, for error sentences
 * @property {(request: {values: string, files: LabelFile[]}) => Promise<LabelSet>} readLabels  together one set; '' files: none of it is kept
 * @property {(request: {values: string, labels: string, format: string}) => Promise<string>} writeLabels
 * @property {(request: {values: string, labels: string, encoder: boolean, concepts: string}) => Promise<ClassifierInfo>} calibrate
 * @property {(json: string, name: string) => Promise<ClassifierInfo>} openClassifier
 * @property {(request: {values: string, labels: string, encoder: boolean, concepts: string, sizes: number[], draws: number}) => Promise<CurvePoint[]>} learningCurve
 * @property {(classifier: string) => Promise<string>} firstConcepts  of its values, a pool to explain it by; '' where they have none
 * @property {(request: {classifier: string, concepts: string, texts: JudgedText[], minConfidence: number}) => Promise<Judgement[][]>} judge  for each text every value
 * @property {(request: {classifier: string, concepts: string, record: string, minConfidence: number}) => Promise<Profile>} profile  of the answers of a run over the open suite
 */

export {};
