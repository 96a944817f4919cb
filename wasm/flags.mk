# How the WebAssembly builds are compiled and linked, each flag with its reason. Included by the Makefile.
# Two builds from one source list: mt (threads; needs a cross-origin isolated page) and st (one thread; runs anywhere).

# -msimd128            the 128-bit kernels; every browser since 2023 has it (relaxed SIMD is not used: Node 20 miscompiles it)
# -ffp-contract=off    as in the native build: a fused multiply-add would change bits
WASM_CFLAGS := -O3 -msimd128

# -sMODULARIZE -sEXPORT_ES6      a factory in an ES module: the page's worker and Node import it, nothing global
# -sENVIRONMENT                  the two kinds of host, and `worker` because the engine and its threads live in workers
# -sINVOKE_RUN=0                 the page never calls main(); the Node entry does, by callMain
# -sALLOW_MEMORY_GROWTH, 4GB     a model and its key/value store are as large as they are; 4 GB is all that wasm32 can address
# -sINITIAL_MEMORY=64MB          enough for the default model without growing
# -sSTACK_SIZE=1MB               decoding a JPEG and printing JSON nest deepest; 64 kB, Emscripten's default, is too tight
# -sDEFAULT_TO_CXX=0             it is C: no libc++
# -sASSERTIONS=0                 release: the core checks its arguments itself
# -sEXPORTED_FUNCTIONS           what exports.list names (main and fflush for Node, the rest is exports*.c); all else may be removed
# -sEXPORTED_RUNTIME_METHODS     wasmMemory: views must be made anew after the memory grew; callMain, FS, NODEFS: for Node
# -sINCOMING_MODULE_JS_API       the keys of the factory's argument that are read; others are ignored silently
# -lnodefs.js                    Node sees the host's files, in the very same .wasm; costs the page some JavaScript
# -Wno-pthreads-mem-growth       the warning is about JavaScript that keeps old views; ours makes fresh ones
WASM_LDFLAGS := -O3 -sMODULARIZE -sEXPORT_ES6 -sENVIRONMENT=web,worker,node -sINVOKE_RUN=0 \
  -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB -sINITIAL_MEMORY=64MB -sSTACK_SIZE=1MB \
  -sDEFAULT_TO_CXX=0 -sASSERTIONS=0 -sEXPORTED_FUNCTIONS=@wasm/exports.list \
  -sEXPORTED_RUNTIME_METHODS=wasmMemory,callMain,FS,NODEFS \
  -sINCOMING_MODULE_JS_API=print,printErr,locateFile,thisProgram -lnodefs.js

# -sPTHREAD_POOL_SIZE            workers made before the factory's promise resolves: a thread that had to be started later would wait
#                                for an event loop that is busy computing. The factory's argument {threads: N} says how many.
# -sPTHREAD_POOL_SIZE_STRICT=2   so a thread beyond the pool is refused, and the core runs with those it has
# -sDEFAULT_PTHREAD_STACK_SIZE   a worker runs kernels only
WASM_CFLAGS_mt  := -pthread
WASM_LDFLAGS_mt := -pthread '-sPTHREAD_POOL_SIZE=(Module["threads"]||2)-1' -sPTHREAD_POOL_SIZE_STRICT=2 \
  -sDEFAULT_PTHREAD_STACK_SIZE=256KB -Wno-pthreads-mem-growth
WASM_CFLAGS_st  :=
WASM_LDFLAGS_st :=

# C tests in Node: the host's files directly, main() at once, and an exit code.
# -O1                            no second optimizer: linking many programs stays quick
WASM_TEST_LDFLAGS := -O1 -sNODERAWFS -sENVIRONMENT=node -sEXIT_RUNTIME -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB \
  -sSTACK_SIZE=1MB -sDEFAULT_TO_CXX=0
WASM_TEST_LDFLAGS_mt := -pthread -sPTHREAD_POOL_SIZE=8 -sDEFAULT_PTHREAD_STACK_SIZE=256KB -Wno-pthreads-mem-growth
WASM_TEST_LDFLAGS_st :=
