// What the page and the engine's worker say to each other: types only.

/**
 * @typedef {object} ModelFile
 * @property {string} name
 * @property {number} bytes
 * @property {string} sha256   '' when it is not known
 * @property {{kind: 'url', url: string} | {kind: 'file', file: File}} source  url: absolute
 *
 * @typedef {object} ModelFiles
 * @property {string} name
 * @property {ModelFile[]} text  all parts of a split file
 * @property {ModelFile | null} vision
 *
 * @typedef {object} EngineInfo
 * @property {string} version
 * @property {'mt' | 'st'} build
 * @property {number} threads
 * @property {boolean} persistent  run records survive a killed tab
 * @property {SharedWords | null} words  where the heap is shared with the page
 *
 * Two words that may be touched while a sample is being scored.
 * @typedef {object} SharedWords
 * @property {Int32Array} cancel    one word; not 0: the sample ends soon
 * @property {Int32Array} progress  one word; of the sample, in thousandths
 *
 * @typedef {object} SuiteImage
 * @property {number} shard
 * @property {string} name
 * @property {number} offset
 * @property {number} size
 * @property {string} sha256
 *
 * @typedef {object} SuiteSample
 * @property {string} id
 * @property {string} dimension
 * @property {string} domain
 * @property {string} task
 * @property {string} question
 * @property {string[]} options
 * @property {number[]} gold
 * @property {SuiteImage[]} images
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {string} id        SHA-256 of its canonical manifest
 * @property {string} licence
 * @property {number} bytes     of all its shards
 * @property {SuiteSample[]} samples
 *
 * @typedef {object} ModelInfo
 * @property {string} name
 * @property {string} text_sha256
 * @property {string} vision_sha256  '' without eyes
 * @property {number} n_parameters
 * @property {number} image_size
 * @property {number} image_tokens
 *
 * @typedef {object} EncoderRequest
 * @property {ModelFile} model  .gguf: computed by the core; .onnx: by ONNX Runtime
 * @property {ModelFile | null} tokenizer  of an ONNX model: tokenizer.json, vocab.txt or a GGUF file
 * @property {'mean' | 'cls' | 'last'} pooling  of an ONNX model; a GGUF file says it itself
 * @property {number} maxTokens  a longer text is cut; 0: the model's own
 *
 * @typedef {object} EncoderInfo
 * @property {string} name        the file's, without its ending
 * @property {string} sha256      of what decides its vectors
 * @property {number} dim
 * @property {number} maxTokens
 * @property {boolean} hallmarked the same bits on every machine
 *
 * @typedef {object} RunRequest
 * @property {string} name      under which its record is kept
 * @property {string} recipe    JSON
 * @property {boolean} resume   go on with the kept record; else start afresh
 *
 * @typedef {object} RunOutcome
 * @property {'finished' | 'cancelled'} state
 * @property {string} name
 * @property {string} record    its whole text
 *
 * @typedef {object} RecordSummary
 * @property {string} name
 * @property {import('../eval/record.js').RecordHeader} header
 * @property {number} done
 * @property {string | null} hallmark  null while unfinished
 * @property {number} modified  milliseconds since 1970
 *
 * @typedef {object} RunEvents
 * @property {{what: string, done: number, total: number}} loading       bytes of a file
 * @property {{total: number, earlier: import('../eval/record.js').RecordSample[]}} begun  earlier: what a resumed record already holds
 * @property {{line: string, index: number, done: number, total: number, seconds: number, images: ArrayBuffer[]}} sample
 * @property {{paused: boolean}} paused  true: it holds, no sample is under way
 * @property {{done: number, total: number}} embedding                   texts
 *
 * @typedef {RunEvents & import('./judging-protocol.js').JudgingEvents} EngineEvents
 *
 * @typedef {object} EngineOptions
 * @property {'mt' | 'st'} build
 * @property {number} threads
 *
 * @typedef {object} RunMethods
 * @property {(options: EngineOptions) => Promise<EngineInfo>} start
 * @property {(url: string) => Promise<Suite>} openSuite      url: absolute, of a folder with a manifest.json
 * @property {(model: ModelFiles) => Promise<ModelInfo>} openModel
 * @property {(request: EncoderRequest) => Promise<EncoderInfo>} openEncoder
 * @property {(texts: string[]) => Promise<Float32Array>} embed  by the open encoder: [texts, dim]; cancel ends it
 * @property {(request: RunRequest) => Promise<RunOutcome>} run
 * @property {() => Promise<void>} pause
 * @property {() => Promise<void>} resume
 * @property {() => Promise<void>} cancel
 * @property {(index: number) => Promise<ArrayBuffer[]>} images  encoded images of a sample of the open suite
 * @property {(record: string) => Promise<string>} report        JSON of the core's report, over the open suite
 * @property {(record: string) => Promise<void>} check           throws when a finished record's hallmark does not follow from its lines
 * @property {() => Promise<RecordSummary[]>} records            latest first
 * @property {(name: string) => Promise<string>} readRecord
 * @property {(name: string) => Promise<void>} removeRecord
 *
 * @typedef {RunMethods & import('./judging-protocol.js').JudgingMethods} EngineMethods
 *
 * @typedef {{[E in keyof EngineEvents]: {kind: 'event', name: E, data: EngineEvents[E]}}[keyof EngineEvents]} EventMessage
 * @typedef {{kind: 'call', id: number, method: keyof EngineMethods, args: unknown[]}} CallMessage
 * @typedef {{kind: 'return', id: number, value: unknown}} ReturnMessage
 * @typedef {{kind: 'throw', id: number, message: string, fatal: boolean}} ThrowMessage
 * @typedef {EventMessage | ReturnMessage | ThrowMessage} WorkerMessage
 */

export {};
