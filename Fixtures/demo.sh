#!/usr/bin/env bash
# Proves what a trained network makes of a handwritten digit, and shows each step. `make demo` builds
# the two programs first; `make demo DIGIT=17` takes another one of the 200 digits in `digits_cnn`.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${BIN:-.build/release}
digit=${DIGIT:-0}
data=Fixtures/digits_cnn
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[[ $digit =~ ^[0-9]+$ && $digit -lt 200 ]] || { echo "DIGIT must be from 0 to 199" >&2; exit 2; }

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '\033[2m$ %s\033[0m\n' "$*"; }

# The payload of a NumPy file begins after its header, whose length is at byte 8.
payload() { echo $((10 + $(od -An -t u2 -j 8 -N 2 "$1"))); }

pixels() {
  od -An -v -w4 -t f4 -j $(($(payload $data/inputs.npy) + digit * 256)) -N 256 $data/inputs.npy
}

step "A handwritten digit, 8×8 pixels, that the network was not trained on:"
pixels | awk '
  BEGIN { split("  |░░|▒▒|▓▓|██", shade, "|") }
  { line = line shade[1 + int($1 * 3.999 + 0.5)] }
  NR % 8 == 0 { print "    " line; line = "" }'
pixels | awk 'BEGIN { printf "{\"input_data\": [[" }
  { printf "%s%s", (NR > 1 ? ", " : ""), $1 } END { print "]]}" }' >"$work/digit.json"

step "1. Compile: the network becomes statements about integers; digit and weights are private"
show assay compile model.onnx --calibration calibration.npy --output model.circuit
"$bin/assay" compile $data/model.onnx --calibration $data/calibration.npy \
  --output "$work/model.circuit" | tail -n 3

step "2. Set up: commit to the weights, and prove once that they lie in their ranges; no ceremony"
show assay setup model.circuit --proving-key proving.key --verifying-key verifying.key
"$bin/assay" setup "$work/model.circuit" --proving-key "$work/proving.key" \
  --verifying-key "$work/verifying.key"

step "3. Prove: run the network on the digit and prove the result"
show assay prove --proving-key proving.key --input digit.json --proof proof
"$bin/assay" prove --proving-key "$work/proving.key" --input "$work/digit.json" \
  --proof "$work/proof" | tail -n 2

step "4. Verify: a separate program that has the key and the proof, neither network nor digit"
show assay-verify --verifying-key verifying.key --proof proof
"$bin/assay-verify" --verifying-key "$work/verifying.key" --proof "$work/proof" \
  --output-dir "$work/public"

step "What the verifier learns: what the network said of a digit that it does not see"
[[ ! -e $work/public/input.npy ]] || { echo "the digit is public" >&2; exit 1; }
truth=$(od -An -t d8 -j $(($(payload $data/labels.npy) + digit * 8)) -N 8 $data/labels.npy)
od -An -v -w8 -t f8 -j "$(payload "$work/public/logits.npy")" "$work/public/logits.npy" |
  awk -v truth="$((truth))" '
    { logit[NR - 1] = $1; if (NR == 1 || $1 > logit[best]) best = NR - 1 }
    END {
      for (i = 0; i < NR; i++) sum += exp(logit[i] - logit[best])
      for (i = 0; i < NR; i++) {
        share = exp(logit[i] - logit[best]) / sum
        bar = ""; for (j = 0; j < share * 40; j++) bar = bar (share * 40 - j < 0.5 ? "" : "█")
        printf "    %d %5.1f %% %s\n", i, 100 * share, bar
      }
      printf "    the network says %d; the person who wrote it meant %d\n", best, truth
    }'

step "5. Change one bit of the proof, and verify again"
size=$(stat -c %s "$work/proof")
byte=$(od -An -t u1 -j $((size / 2)) -N 1 "$work/proof")
cp "$work/proof" "$work/forged"
printf "\\x$(printf %02x $((byte ^ 1)))" |
  dd of="$work/forged" bs=1 seek=$((size / 2)) conv=notrunc status=none
if "$bin/assay-verify" --verifying-key "$work/verifying.key" --proof "$work/forged"; then
  echo "a forged proof was accepted" >&2
  exit 1
fi
