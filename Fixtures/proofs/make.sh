#!/usr/bin/env bash
# Writes the fixture proofs of this version of the format; see README.md. `make fixture-proofs`
# builds the programs first.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${BIN:-.build/release}
target=Fixtures/proofs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A NumPy file's 64-bit integers on one line.
integers() { od -An -v -t d8 -j $((10 + $(od -An -t u2 -j 8 -N 2 "$1"))) "$1" | xargs; }

for network in breast_cancer digits_cnn; do
  data=Fixtures/$network
  "$bin/assay" compile $data/model.onnx --calibration $data/calibration.npy --output "$work/model" \
    >/dev/null
  "$bin/assay" setup "$work/model" --proving-key "$work/pk" --verifying-key "$work/vk" >/dev/null
  "$bin/assay" prove --proving-key "$work/pk" --input $data/input.npy --proof "$work/proof" \
    >/dev/null
  "$bin/assay-verify" --verifying-key "$work/vk" --proof "$work/proof" --output-dir "$work/public" \
    >/dev/null
  # The version is the four bytes after the magic number.
  name=$network-v$(od -An -t u4 -j 8 -N 4 "$work/proof" | xargs)
  cp "$work/vk" "$target/$name.vk"
  cp "$work/proof" "$target/$name.proof"
  for file in "$work"/public/*.integers.npy; do
    echo "$(basename "$file" .integers.npy) $(integers "$file")"
  done >"$target/$name.values"
  echo "$target/$name: $(stat -c %s "$target/$name.proof") bytes"
done
