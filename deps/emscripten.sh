#!/usr/bin/env bash
# An up-to-date Emscripten.
#
#   deps/emscripten.sh          makes sure there is one, and writes build/deps/emcc, the command that the Makefile calls
#   deps/emscripten.sh --check  the same, without getting anything; fails when there is none
#
# In this order: $EMCC; an emcc of version 4 or newer on the PATH; one that this script made before; a new one under
# build/emscripten, for Debian 12 and later on x86-64:
#   LLVM 22 and lld       apt, native packages of this release
#   emscripten 6.0.5      the .deb of a newer suite (architecture: all), unpacked, never installed; a later 6 when it is gone
#   binaryen 131          the .deb of a newer suite with that suite's libc and libstdc++ beside it, run through their own
#                         loader, so that the system's libc stays as it is; or npm's binaryen: same output, slower
#   acorn                 npm
# and where that is no longer to be had, in the same way, Debian 13's emscripten 3.1.69 (237 MB) with LLVM 19 and binaryen 120,
# whose addresses stay for years.
# The system libraries for both of our builds, threaded and not, are compiled right away: a minute on two cores.
# ASSAY_KEEP may also hold emcache.tar.xz, a kept build/emscripten/cache, which saves that minute.
set -euo pipefail
cd "$(dirname "$0")/.."
. deps/lib.sh

PREFIX=$PWD/build/emscripten
STAMP="layout 1, $PREFIX"

# use COMMAND [CONFIG]: writes the launchers of emcc and emar, only when they change, because every object file depends on them.
use() {
  local tool new
  mkdir -p build/deps
  for tool in emcc emar; do
    new=$(printf '#!/bin/sh\n'
      [ -z "${2:-}" ] || printf 'export EM_CONFIG=%s\n' "$2"
      printf 'exec %s "$@"\n' "${1%emcc}$tool")
    [ -f build/deps/$tool ] && [ "$(cat build/deps/$tool)" = "$new" ] && continue
    printf '%s\n' "$new" >build/deps/$tool.new
    chmod +x build/deps/$tool.new
    mv -f build/deps/$tool.new build/deps/$tool
  done
}

version_of() { "$1" --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*\).*/\1/p'; }

find_emcc() {
  local v
  if [ -n "${EMCC:-}" ]; then
    v=$(version_of "$EMCC") && [ -n "$v" ] || die "EMCC=$EMCC does not answer --version"
    use "$(command -v "$EMCC")"
    say "Emscripten $v, named by EMCC"
    return 0
  fi
  if have emcc; then
    v=$(version_of emcc)
    if [ "${v%%.*}" -ge 4 ] 2>/dev/null; then
      use "$(command -v emcc)"
      return 0
    fi
    say "emcc on the PATH is ${v:-of unknown version}, older than 4: not used"
  fi
  if [ -f "$PREFIX/stamp" ] && [ "$(cat "$PREFIX/stamp")" = "$STAMP" ]; then
    use "$PREFIX/emscripten/emcc" "$PREFIX/emscripten/.emscripten"
    return 0
  fi
  return 1
}

packages() {
  apt_install clang-$LLVM_MAJOR lld-$LLVM_MAJOR llvm-$LLVM_MAJOR python3 curl ca-certificates xz-utils || return 1
  LLVM=/usr/lib/llvm-$LLVM_MAJOR/bin
  "$LLVM/clang" -print-targets | grep wasm32 >/dev/null || { say "clang-$LLVM_MAJOR knows no wasm32"; return 1; }
}

# Debian made it fit its own LLVM; make it fit ours, whose wasm-ld puts the stack first unless told otherwise.
fit_llvm() {
  python3 - "$PREFIX/emscripten/tools" $LLVM_MAJOR <<'PY'
import re, sys
folder, major = sys.argv[1:]
path = folder + '/shared.py'
text = open(path).read()
text, n = re.subn(r'(?m)^EXPECTED_LLVM_VERSION = \d+$', f'EXPECTED_LLVM_VERSION = {major}', text)
assert n == 1, 'tools/shared.py is not as expected'
open(path, 'w').write(text)
path = folder + '/building.py'
text = open(path).read()
if major == '22' and "'--no-stack-first'" not in text:
    old = "  if settings.STACK_FIRST:\n    cmd.append('--stack-first')\n"
    assert text.count(old) == 1, 'tools/building.py is not as expected'
    open(path, 'w').write(text.replace(old, old + "  else:\n    cmd.append('--no-stack-first')\n"))
PY
}

# The two ways: what they are made of. A later rebuild, or a later version 6, is taken when the pinned one is gone.
emscripten_6() {
  LLVM_MAJOR=22 BINARYEN=131
  BINARYEN_DEB=(b/binaryen/binaryen_131-2_amd64.deb ff5ecf17bd23a949b6358cdde62c03397d10181d6be092bb726413e9e4277081)
  say "Emscripten 6.0.5"
  pool_file "$WORK/em.deb" 'e/emscripten/emscripten_6.0.5+dfsg+~1.41.5-2_all.deb' \
    24e9eecd0a6e0c25896acf7dd42ae4261ae70c0669d4a42bde595afb7e4675c2 ||
    pool_version "$WORK/em.deb" emscripten 6.0.5 forky sid || pool_version "$WORK/em.deb" emscripten 6. forky sid
}

emscripten_3() {
  LLVM_MAJOR=19 BINARYEN=120
  BINARYEN_DEB=(b/binaryen/binaryen_120-4_amd64.deb 47be56009e56170f4338a0154fbff2028bd607bc3c8b6a5414658a985bef6470)
  say "Emscripten 3.1.69, 237 MB, as a last resort"
  patiently pool_file "$WORK/em.deb" 'e/emscripten/emscripten_3.1.69+dfsg-3_all.deb' \
    d2ac788b952c56ab6736b4db2ac0825aa63cfb4c08b8abaefe19e324779d1b2d ||
    pool_version "$WORK/em.deb" emscripten 3.1.69 trixie
}

unpack_emscripten() {
  rm -rf "$PREFIX" "$WORK/em"
  mkdir -p "$PREFIX"
  dpkg -x "$WORK/em.deb" "$WORK/em" || return 1
  rm -f "$WORK/em.deb"
  rm -rf "$WORK/em/usr/share/emscripten/cache" # compiled libraries of another layout
  mv "$WORK/em/usr/share/emscripten" "$PREFIX/emscripten"
  # Its tools are CommonJS; without this they would take the "type" of our package.json.
  echo '{ "type": "commonjs" }' >"$PREFIX/package.json"
  fit_llvm
}

binaryen_of_pool() {
  local root=$WORK/binaryen to=$PREFIX/binaryen lib p f
  [ "$(dpkg --print-architecture)" = amd64 ] || return 1
  rm -rf "$root" "$to"
  { pool_file "$WORK/binaryen.deb" "${BINARYEN_DEB[@]}" ||
      pool_version "$WORK/binaryen.deb" binaryen $BINARYEN trixie forky sid; } &&
    { pool_file "$WORK/libc.deb" g/glibc/libc6_2.41-12+deb13u4_amd64.deb \
      967aa62605721081c3eb2a17650611a792aa802d76a6511d1840242623d204c9 ||
      pool_version "$WORK/libc.deb" libc6 2.4 trixie forky; } &&
    { pool_file "$WORK/stdcxx.deb" g/gcc-14/libstdc++6_14.2.0-19_amd64.deb \
      ab1fa05837aa7a92aae748fd07a18a35f7d18bb4a71c4724fe2bbf0e32089de0 ||
      pool_version "$WORK/stdcxx.deb" libstdc++6 1 trixie forky; } &&
    { pool_file "$WORK/gccs.deb" g/gcc-14/libgcc-s1_14.2.0-19_amd64.deb \
      3c71917b490d1a17aed43196a2787a256ecf060526cdb20216a74bedc061b150 ||
      pool_version "$WORK/gccs.deb" libgcc-s1 1 trixie forky; } || return 1
  for p in binaryen libc stdcxx gccs; do dpkg -x "$WORK/$p.deb" "$root"; done
  lib=$root/usr/lib/x86_64-linux-gnu
  mkdir -p "$to/bin" "$to/lib" "$to/libexec"
  cp -L "$lib"/{ld-linux-x86-64.so.2,libc.so.6,libm.so.6,libstdc++.so.6,libgcc_s.so.1,libbinaryen.so} "$to/lib/" || return 1
  chmod +x "$to/lib/ld-linux-x86-64.so.2"
  for f in "$root"/usr/bin/*; do
    p=${f##*/}
    cp "$f" "$to/libexec/$p"
    printf '#!/bin/sh\nexec %s/lib/ld-linux-x86-64.so.2 --library-path %s/lib %s/libexec/%s "$@"\n' \
      "$to" "$to" "$to" "$p" >"$to/bin/$p"
    chmod +x "$to/bin/$p"
  done
  "$to/bin/wasm-opt" --version | grep "version $BINARYEN" >/dev/null
}

binaryen_of_npm() {
  say "binaryen from npm"
  rm -rf "$PREFIX/binaryen"
  mkdir -p "$PREFIX/npm"
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$PREFIX/npm" binaryen@$BINARYEN.0.0 >/dev/null || return 1
  ln -s npm/node_modules/binaryen "$PREFIX/binaryen"
  "$PREFIX/binaryen/bin/wasm-opt" --version | grep "version $BINARYEN" >/dev/null
}

get_acorn() {
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK/npm" \
    acorn@8.19.0 acorn-import-phases@1.0.4 >/dev/null || { say "npm cannot get acorn"; return 1; }
  mkdir -p "$PREFIX/emscripten/node_modules"
  cp -r "$WORK"/npm/node_modules/{acorn,acorn-import-phases} "$PREFIX/emscripten/node_modules/"
}

configure() {
  cat >"$PREFIX/emscripten/.emscripten" <<CFG
LLVM_ROOT = '$LLVM'
BINARYEN_ROOT = '$PREFIX/binaryen'
NODE_JS = '$(command -v node)'
CACHE = '$PREFIX/cache'
CFG
  mkdir -p "$PREFIX/cache"
  local kept=${ASSAY_KEEP:-/nonexistent}/emcache.tar.xz
  if [ -f "$kept" ]; then tar -C "$PREFIX/cache" -xJf "$kept"; fi
  use "$PREFIX/emscripten/emcc" "$PREFIX/emscripten/.emscripten"
}

logged() { "$@" 2>"$WORK/log"; }

# Linking a program compiles the system libraries that it needs; running it shows that the toolchain works.
libraries() { # NAME FLAGS...
  local name=$1
  shift
  say "its system libraries, $name (about a minute)"
  patiently logged build/deps/emcc -O3 -msimd128 -sDEFAULT_TO_CXX=0 "$@" "$WORK/probe.c" -o "$WORK/probe.cjs" || {
    cat "$WORK/log" >&2
    say "emcc cannot link a program ($name)"
    return 1
  }
  [ "$(node "$WORK/probe.cjs")" = "20 1.414" ] || { say "what emcc made does not run ($name)"; return 1; }
}

probe() {
  cat >"$WORK/probe.c" <<'C'
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <wasm_simd128.h>
#ifdef __EMSCRIPTEN_PTHREADS__
#include <pthread.h>
static void *work(void *p) { *(int *)p += 10; return NULL; }
#endif
int main(int argc, char **argv) {
    (void)argv;
    int v = wasm_i32x4_extract_lane(wasm_i32x4_splat(10 * argc), 3);
#ifdef __EMSCRIPTEN_PTHREADS__
    pthread_t t;
    if (pthread_create(&t, NULL, work, &v)) return 1;
    pthread_join(t, NULL);
#else
    v += 10;
#endif
    char *s = malloc(100);
    snprintf(s, 100, "%d %.3f", v, sqrt(2. * argc));
    puts(s);
    free(s);
    return 0;
}
C
  libraries threads -pthread -sPROXY_TO_PTHREAD -sPTHREAD_POOL_SIZE=2 -sEXIT_RUNTIME && libraries "no threads"
}

make_one() { # WAY
  "$1" && packages && unpack_emscripten && say "binaryen $BINARYEN" && { binaryen_of_pool || binaryen_of_npm; } &&
    get_acorn && configure && probe
}

install_emscripten() {
  find_emcc && return 0
  have_apt || die "Emscripten 4 or newer is needed: on the PATH, or named by EMCC"
  WORK=$(mktemp -d "$PWD/build/.emscripten.XXXXXX")
  trap 'rm -rf "$WORK"' EXIT
  make_one emscripten_6 || make_one emscripten_3 || die "no Emscripten could be had: install 4 or newer and name it by EMCC"
  echo "$STAMP" >"$PREFIX/stamp"
  say "Emscripten $(version_of build/deps/emcc) is ready, $(du -sm "$PREFIX" | cut -f1) MB in build/emscripten"
}

case ${1:-} in
  --check) find_emcc ;;
  '') locked emscripten install_emscripten ;;
  *) die "usage: deps/emscripten.sh [--check]" ;;
esac
