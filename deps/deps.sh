#!/usr/bin/env bash
# Set-up: gets what the build and the tests need, says what it does, and does nothing twice.
#
#   deps/deps.sh native     C compiler and the two C sources (and libcurl, if apt has it): enough for build/assay
#   deps/deps.sh build      that, Emscripten and Node.js: enough for the page and the Node entry
#   deps/deps.sh all        that, npm packages, Chromium and the encoder all-MiniLM-L6-v2: enough for the tests
#   deps/deps.sh fuzz       what native gets, and clang with libFuzzer
#
# On Debian and its kin what is missing is installed by apt (as root or with sudo). Elsewhere, or to use your own, name what is
# there:  CC  EMCC  STB_DIR (stb_image.h, stb_image_write.h)  CJSON_DIR (cJSON.c, cJSON.h)  CHROMIUM (the browser's program).
# ASSAY_KEEP=DIR is a folder of kept downloads, looked into first.
set -euo pipefail
cd "$(dirname "$0")/.."
. deps/lib.sh

missing=() # what could not be provided, a line each with the variable that can name it

# One call of apt for everything that LEVEL lacks; the steps below then say what is still missing.
apt_all() { # LEVEL
  have_apt || return 0
  local p=()
  [ -n "${CC:-}" ] || have cc || have gcc || p+=(gcc)
  [ -n "${CC:-}" ] || p+=(libc6-dev)
  have curl || p+=(curl)
  have xz || p+=(xz-utils)
  have curl-config || p+=(libcurl4-openssl-dev)
  p+=(ca-certificates)
  case $1 in build | all)
    have node || p+=(nodejs)
    have npm || p+=(npm)
    deps/emscripten.sh --check || p+=(python3 clang-22 lld-22 llvm-22)
    ;;
  esac
  if [ "$1" = all ]; then
    find_chromium || p+=(chromium)
    python3 -m pip --version >/dev/null 2>&1 || p+=(python3-pip)
  fi
  apt_install "${p[@]}" || true
  hash -r
}

need() { # PROGRAM ADVICE
  have "$1" || missing+=("$1: $2")
}

tools_native() {
  [ -n "${CC:-}" ] || have cc || need gcc "a C11 compiler, named by CC"
  need curl "the program curl (or STB_DIR and CJSON_DIR)"
  need xz "the program xz (or STB_DIR)"
}

tools_node() {
  need node "Node.js 18.3 or newer on the PATH"
  need npm "npm, which comes with Node.js"
  have node || return 0
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 3) ? 0 : 1)' ||
    missing+=("node: version 18.3 or newer is needed, this is $(node --version)")
}

# The two C sources. The hash of each file decides, wherever it came from; folders that the user names are taken as they are.
STB_IMAGE=594c2fe35d49488b4382dbfaec8f98366defca819d916ac95becf3e75f4200b3       # stb_image.h 2.30
STB_IMAGE_WRITE=cbd5f0ad7a9cf4468affb36354a1d2338034f2c12473cf1a8e32053cb6914a05 # stb_image_write.h 1.16
CJSON_C=298581a04a36c0165da4b0aade235c23088cb2faa58651d720ea2f3706ed0b0d         # cJSON.c 1.7.19
CJSON_H=25b0145150d500498e4d209cec69c18c42cf818bffcc54690be3b895a2a16dee         # cJSON.h 1.7.19

given() { # FOLDER-VARIABLE TO FILE...: copies from the folder that the user named
  local name=$1 from=${!1:-} to=$2 f
  shift 2
  [ -n "$from" ] || return 1
  for f; do [ -f "$from/$f" ] || die "$name=$from has no $f"; done
  mkdir -p "$to"
  for f; do cmp -s "$from/$f" "$to/$f" || cp "$from/$f" "$to/$f"; done
}

# unpack ARCHIVE TO FILE HASH...: takes single files out of a source archive and checks each.
unpack() {
  local archive=$1 to=$2
  shift 2
  mkdir -p "$to" "$WORK/x"
  tar -C "$WORK/x" --strip-components=1 -xf "$archive"
  while [ $# -gt 0 ]; do
    sha256_is "$WORK/x/$1" "$2" || { say "wrong hash: $1"; return 1; }
    mv -f "$WORK/x/$1" "$to/$1"
    shift 2
  done
}

source_stb() {
  local to=build/deps/stb
  given STB_DIR "$to" stb_image.h stb_image_write.h && return 0
  [ -f "$to/stb_image_write.h" ] && sha256_is "$to/stb_image.h" "$STB_IMAGE" &&
    sha256_is "$to/stb_image_write.h" "$STB_IMAGE_WRITE" && return 0
  say "stb_image.h 2.30, from Debian's source package libstb"
  pool_file "$WORK/stb.tar.xz" 'libs/libstb/libstb_0.0~git20241109.5c20573+ds.orig.tar.xz' \
    a3a5820445a7dd063516bb542a5cd54ced8efc9c5a30bfbaae1bab6dec2c1a74 &&
    unpack "$WORK/stb.tar.xz" "$to" stb_image.h "$STB_IMAGE" stb_image_write.h "$STB_IMAGE_WRITE" ||
    missing+=("stb_image.h 2.30 and stb_image_write.h: a folder with both, named by STB_DIR")
}

source_cjson() {
  local to=build/deps/cjson
  given CJSON_DIR "$to" cJSON.c cJSON.h && return 0
  [ -f "$to/cJSON.h" ] && sha256_is "$to/cJSON.c" "$CJSON_C" && sha256_is "$to/cJSON.h" "$CJSON_H" && return 0
  say "cJSON 1.7.19, from Debian's source package cjson"
  pool_file "$WORK/cjson.tar.gz" c/cjson/cjson_1.7.19.orig.tar.gz \
    7fa616e3046edfa7a28a32d5f9eacfd23f92900fe1f8ccd988c1662f30454562 &&
    unpack "$WORK/cjson.tar.gz" "$to" cJSON.c "$CJSON_C" cJSON.h "$CJSON_H" ||
    missing+=("cJSON.c and cJSON.h 1.7.19: a folder with both, named by CJSON_DIR")
}

emscripten() {
  deps/emscripten.sh --check && return 0
  have_apt && deps/emscripten.sh && return 0
  missing+=("emcc 4 or newer: on the PATH, or named by EMCC")
}

npm_packages() {
  [ -f node_modules/.package-lock.json ] && [ -f build/deps/npm.stamp ] &&
    cmp -s package-lock.json build/deps/npm.stamp && return 0
  say "npm ci"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || { missing+=("the npm packages of package-lock.json (npm ci)"); return 0; }
  mkdir -p build/deps
  cp package-lock.json build/deps/npm.stamp
}

find_chromium() {
  local p
  [ -n "${CHROMIUM:-}" ] && return 0
  for p in chromium chromium-browser google-chrome; do have $p && return 0; done
  return 1
}

chromium() {
  find_chromium || missing+=("Chromium: its program, named by CHROMIUM (only the browser tests need it)")
  [ -z "${CHROMIUM:-}" ] || [ -x "$CHROMIUM" ] || missing+=("CHROMIUM=$CHROMIUM is no program")
}

libfuzzer() {
  local clang=${FUZZ_CC:-$(command -v clang || ls -d /usr/lib/llvm-*/bin/clang 2>/dev/null | tail -1)} major
  echo 'int LLVMFuzzerTestOneInput(const unsigned char *b, unsigned long n) { return b != 0 && n > 1u << 30; }' >"$WORK/f.c"
  [ -n "$clang" ] && "$clang" -fsanitize=fuzzer,address "$WORK/f.c" -o "$WORK/f" 2>/dev/null && return 0
  major=$([ -n "$clang" ] && "$clang" -dumpversion | cut -d. -f1)
  have_apt && apt_install "clang-${major:-22}" "libclang-rt-${major:-22}-dev" && return 0
  missing+=("clang with libFuzzer: named by FUZZ_CC")
}

setup() {
  WORK=$(mktemp -d "$PWD/build/.deps.XXXXXX")
  trap 'rm -rf "$WORK"' EXIT
  apt_all "$1"
  tools_native
  source_stb
  source_cjson
  case $1 in build | all)
    tools_node
    [ ${#missing[@]} -gt 0 ] || emscripten
    ;;
  esac
  case $1 in
    all)
      have npm && npm_packages
      chromium
      node deps/minilm.mjs build/models
      ;;
    fuzz) libfuzzer ;;
  esac
  if [ ${#missing[@]} -gt 0 ]; then
    printf 'deps: missing: %s\n' "${missing[@]}" >&2
    exit 1
  fi
}

case ${1:-all} in
  native | build | all | fuzz) locked deps setup "${1:-all}" ;;
  *) die "usage: deps/deps.sh [native|build|all|fuzz]" ;;
esac
