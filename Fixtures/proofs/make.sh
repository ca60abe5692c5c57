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

# make NAME NETWORK VISIBILITY SETUP-OPTIONS PROVE-OPTIONS VERIFY-OPTIONS
make() {
  local data=Fixtures/$2
  rm -rf "${work:?}"/*
  "$bin/assay" compile "$data/model.onnx" --calibration "$data/calibration.npy" --visibility "$3" \
    --output "$work/model" >/dev/null
  # shellcheck disable=SC2086
  "$bin/assay" setup "$work/model" --proving-key "$work/pk" --verifying-key "$work/vk" $4 >/dev/null
  # shellcheck disable=SC2086
  "$bin/assay" prove --proving-key "$work/pk" --input "$data/input.npy" --proof "$work/proof" $5 \
    >/dev/null
  # shellcheck disable=SC2086
  "$bin/assay-verify" --verifying-key "$work/vk" --proof "$work/proof" --output-dir "$work/public" \
    $6 >/dev/null
  # The version is the four bytes after the magic number.
  local name=$1-v$(od -An -t u4 -j 8 -N 4 "$work/proof" | xargs)
  cp "$work/vk" "$target/$name.vk"
  cp "$work/proof" "$target/$name.proof"
  for file in "$work/public"/*.integers.npy; do
    echo "$(basename "$file" .integers.npy) $(integers "$file")"
  done >"$target/$name.values"
  echo "$target/$name: $(stat -c %s "$target/$name.proof") bytes"
}

make breast_cancer breast_cancer model=private "--proofs 1" "" ""
make digits_cnn digits_cnn input=public,model=public "" "" ""
make breast_cancer-plain breast_cancer input=public --no-zk --no-zk --allow-non-hiding
