#!/usr/bin/env bash
# Fuzzes the readers with libFuzzer.
#
#   fuzz.sh build                   builds the fuzzer
#   fuzz.sh smoke                   replays the corpus and makes RUNS mutations of it, for each target
#   fuzz.sh run [TARGET] [SECONDS]  fuzzes one target, or all in turn, for that long each
#   fuzz.sh replay TARGET FILE...   reads single inputs
#   fuzz.sh targets                 prints the names of all targets
#   fuzz.sh corpus                  makes the honest inputs again, after a change of a format
#
# New inputs are collected in .build/corpus, findings in .build/findings. Exit status 1: a finding.
set -euo pipefail
cd "$(dirname "$0")"

SWIFT=${SWIFT:-swift}
FUZZER=.build/release/Fuzz
FOUND=.build/findings
# What no reader may need for inputs of such lengths: more MB that are used, and more KB that are
# asked for, are findings. The fuzzer itself counts the processor's seconds; the limit here is for
# what never ends.
LIMITS=(-timeout=300 -report_slow_units=300 -rss_limit_mb=1024 -print_final_stats=1)
ADDRESSES=$((2 << 20))

targets=(verifying-key derivation proof compiled-model proving-key data-commitment data-opening
  onnx tensor-proto circuit-text numpy json)

# Whether the toolchain has libFuzzer, which those for macOS have not.
has_libfuzzer() {
  local resources
  resources=$("$SWIFT" -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)",*/\1/p')
  compgen -G "$resources/clang/lib/*/libclang_rt.fuzzer*" >/dev/null
}

build() {
  if ! has_libfuzzer; then
    echo "NOT FUZZED: this Swift toolchain has no libFuzzer (those for Linux have)."
    exit 0
  fi
  # Internals are in reach of mutators and of checks, as they are of tests.
  "$SWIFT" build -c release --sanitize fuzzer -Xswiftc -enable-testing --product Fuzz
}

# The greatest length of inputs that is of use, and how many mutations the short run makes.
settings() {
  case $1 in
    proof) echo "131072 1000" ;;
    verifying-key) echo "131072 3000" ;;
    derivation) echo "4096 3000" ;;
    proving-key | compiled-model) echo "4096 10000" ;;
    onnx) echo "2048 8000" ;;
    circuit-text) echo "6144 3000" ;;
    data-opening) echo "1024 20000" ;;
    *) echo "1024 50000" ;;
  esac
}

# The folders that a target's corpus lies in, the one for new inputs first if it is asked for.
folders() {
  local target=$1
  # Those without inputs of their own are not in the repository.
  mkdir -p "Corpus/$target"
  echo "Corpus/$target"
  if [ "$target" = onnx ]; then echo "$(models)"; fi
  if [ "$target" = circuit-text ]; then printf '%s\n' ../Circuits ../Fixtures/circuits; fi
}

# The small models among the fixtures.
models() {
  mkdir -p .build/models
  find ../Fixtures/operators -name '*.onnx' -size -2k -exec cp {} .build/models \;
  echo .build/models
}

# fuzz TARGET ARGUMENT...
fuzz() {
  local target=$1
  shift
  mkdir -p "$FOUND"
  ulimit -v "$ADDRESSES"
  read -r length _ <<<"$(settings "$target")"
  "$FUZZER" "--target=$target" --corpus=Corpus "${LIMITS[@]}" "-max_len=$length" \
    "-artifact_prefix=$FOUND/$target-" "$@"
}

# One line of what libFuzzer says at its end; all of it where there is a finding.
report() {
  local target=$1 log=$2 status=$3
  if [ "$status" -ne 0 ]; then
    tail -n 40 "$log"
    echo "FOUND: $target; reproduce it with: Fuzz/fuzz.sh replay $target FILE"
    return 1
  fi
  printf '%-16s %9s executions, %6s a second, %5s MB, coverage %s\n' "$target" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
    "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" \
    "$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")" \
    "$(sed -n 's/.*DONE *cov: \([0-9]*\).*/\1/p' "$log")"
}

# each TARGET ARGUMENT... : fuzzes with a log, and says how it went.
logged() {
  local target=$1 log=.build/$1.log status=0
  # Swift would catch a crash before libFuzzer stores its input.
  SWIFT_BACKTRACE=enable=no fuzz "$@" >"$log" 2>&1 || status=$?
  report "$target" "$log" "$status"
}

smoke() {
  local failed=0
  for target in "${targets[@]}"; do
    read -r _ runs <<<"$(settings "$target")"
    # The corpus is read first and not counted; then runs are the same in every process.
    mapfile -t inputs < <(folders "$target")
    local count
    count=$(find "${inputs[@]}" -type f | wc -l)
    rm -rf .build/smoke && mkdir -p .build/smoke
    logged "$target" -seed=1 "-runs=$((runs + count))" .build/smoke "${inputs[@]}" || failed=1
  done
  return $failed
}

run() {
  local wanted=${1:-all} seconds=${2:-3600} failed=0
  for target in "${targets[@]}"; do
    if [ "$wanted" != all ] && [ "$wanted" != "$target" ]; then continue; fi
    mkdir -p ".build/corpus/$target"
    mapfile -t inputs < <(folders "$target")
    logged "$target" "-max_total_time=$seconds" ".build/corpus/$target" "${inputs[@]}" || failed=1
  done
  return $failed
}

case ${1:-} in
  build) build ;;
  smoke) build && smoke ;;
  run) build && run "${2:-}" "${3:-}" ;;
  replay) build && fuzz "${@:2}" ;;
  targets) echo "${targets[@]}" ;;
  corpus) build && "$FUZZER" --corpus=Corpus --write-corpus ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
