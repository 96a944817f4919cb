# Shared by the set-up scripts: messages, packages, checked downloads. Sourced, not run.
#
# Nothing here names a host: Debian's archive is the one that apt already uses on this machine (or $DEBIAN_MIRROR).
# ASSAY_KEEP=DIR   kept copies: files are looked for here first, by name and hash

say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }
die() { printf 'deps: %s\n' "$*" >&2; exit 1; }
have() { type -P "$1" >/dev/null; } # a program, not one of our functions
have_apt() { have apt-get && have dpkg-query; }

# patiently COMMAND...: says every 20 seconds that it is still running.
patiently() {
  local ticker code=0
  ( trap 'kill "$nap" 2>/dev/null; exit' TERM
    while :; do
      sleep 20 & nap=$!
      wait "$nap"
      say "  still working"
    done ) &
  ticker=$!
  "$@" || code=$?
  kill "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null || true
  return $code
}

# as_root COMMAND...: directly as root, else by sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else die "this needs root, and there is no sudo: $*"; fi
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
candidate() { apt-cache policy "$1" 2>/dev/null | grep 'Candidate: [^(]' >/dev/null; } # not -q: it would break the pipe

# known PACKAGE: apt has a candidate for it; the lists are fetched once when they are empty or too old to know it.
known() {
  candidate "$1" && return 0
  if [ -z "${APT_UPDATED:-}" ]; then
    say "apt-get update"
    as_root apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -qq update || true
    APT_UPDATED=1
  fi
  candidate "$1"
}

# apt_install PACKAGE...: those that are missing, with $ASSAY_APT_OPTIONS besides ours. A failed download is tried once more with fresh lists.
apt_install() {
  local p need=() unknown=() run
  for p; do
    if installed "$p"; then continue
    elif known "$p"; then need+=("$p")
    else unknown+=("$p"); fi
  done
  [ ${#unknown[@]} -eq 0 ] || say "apt knows no package ${unknown[*]}"
  if [ ${#need[@]} -gt 0 ]; then
    say "apt-get install ${need[*]}"
    run=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3
      ${ASSAY_APT_OPTIONS:-} -qq install -y --no-install-recommends "${need[@]}")
    patiently as_root "${run[@]}" >/dev/null || {
      say "once more, with fresh lists"
      as_root apt-get -o DPkg::Lock::Timeout=600 -qq update && patiently as_root "${run[@]}" >/dev/null
    } || return 1
  fi
  [ ${#unknown[@]} -eq 0 ]
}

# The address of the archive that apt uses for this release, without a slash at the end.
mirror() {
  if [ -z "${DEBIAN_MIRROR:-}" ] && have_apt; then
    known base-files || true
    DEBIAN_MIRROR=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
      grep -v security | grep -E '/debian/*$' | head -1)
  fi
  DEBIAN_MIRROR=${DEBIAN_MIRROR:-}
  DEBIAN_MIRROR=${DEBIAN_MIRROR%/}
  [ -n "$DEBIAN_MIRROR" ] || return 1
  echo "$DEBIAN_MIRROR"
}

sha256_is() { # FILE HASH
  local got
  if have sha256sum; then got=$(sha256sum "$1"); else got=$(shasum -a 256 "$1"); fi
  [ "${got%% *}" = "$2" ]
}

# download URL OUT: whole or not at all; a cut transfer is taken up where it stopped.
download() {
  local bar=-sS i
  [ -t 2 ] && bar=--progress-bar
  for i in 1 2 3 4; do
    curl -fL "$bar" --connect-timeout 30 --speed-limit 1000 --speed-time 60 -C - -o "$2.part" "$1" && {
      mv -f "$2.part" "$2"; return 0; }
    case $? in 18|28|56) ;; 33) rm -f "$2.part" ;; 22) break ;; esac
    sleep $((i * 2))
  done
  rm -f "$2.part"
  return 1
}

# pool_file OUT PATH-IN-POOL SHA256: a kept copy, else the archive's file; its hash decides.
pool_file() {
  local kept=${ASSAY_KEEP:-/nonexistent}/${2##*/} base
  if [ -f "$kept" ] && sha256_is "$kept" "$3"; then cp "$kept" "$1"; return 0; fi
  base=$(mirror) || { say "no Debian archive among apt's sources: DEBIAN_MIRROR can name one"; return 1; }
  download "$base/pool/main/$2" "$1" || { say "not in the archive: ${2##*/}"; return 1; }
  sha256_is "$1" "$3" || { say "wrong hash: ${2##*/}"; rm -f "$1"; return 1; }
  if [ -n "${ASSAY_KEEP:-}" ] && [ -w "$ASSAY_KEEP" ]; then cp "$1" "$ASSAY_KEEP/${2##*/}"; fi
}

# pool_version OUT PACKAGE VERSION-PREFIX SUITE...: the package of the first of these suites whose version begins so,
# checked against the suite's own index. For when a pinned build was replaced by a rebuild of the same version.
pool_version() {
  local out=$1 package=$2 version=$3 suite index path sum base found
  shift 3
  base=$(mirror) || return 1
  for suite; do
    index=$WORK/Packages.$suite
    if [ ! -s "$index" ]; then
      say "reading the index of $suite"
      download "$base/dists/$suite/main/binary-$(dpkg --print-architecture)/Packages.xz" "$index.xz" || continue
      xz -dcf "$index.xz" >"$index"
    fi
    found=$(awk -v RS= -v package="$package" -v version="$version" '
      index($0, "Package: " package "\n") == 1 {
        n = split($0, lines, "\n"); v = f = s = ""
        for (i = 1; i <= n; i++) {
          if (index(lines[i], "Version: ") == 1) v = substr(lines[i], 10)
          if (index(lines[i], "Filename: ") == 1) f = substr(lines[i], 11)
          if (index(lines[i], "SHA256: ") == 1) s = substr(lines[i], 9)
        }
        if (index(v, version) == 1) { sub("^pool/main/", "", f); print f, s; exit }
      }' "$index")
    [ -n "$found" ] || continue
    read -r path sum <<<"$found"
    download "$base/pool/main/$path" "$out" && sha256_is "$out" "$sum" && {
      say "$package: not the pinned build but ${path##*/} of $suite"
      return 0
    }
  done
  return 1
}

# locked NAME COMMAND...: one at a time, so that parallel invocations wait for each other instead of colliding.
locked() {
  local name=$1
  shift
  mkdir -p build
  if have flock; then
    exec {lock_fd}>"build/.$name.lock"
    flock -n "$lock_fd" || { say "another set-up of $name is running; waiting for it"; flock "$lock_fd"; }
  fi
  "$@"
}
