#!/bin/sh
# Writes the circuit files as Swift source, so that `assay` carries them wherever it is installed.
# Usage: Circuits/embed.sh > Sources/CircuitLanguage/StandardCircuits.swift
cd "$(dirname "$0")" || exit 1
echo "// swift-format-ignore-file"
echo "// Made by Circuits/embed.sh from the files in Circuits/."
echo "let standardCircuits: [(name: String, text: String)] = ["
for file in *.circuit integer/*.circuit; do
  printf '  (\n    "Circuits/%s",\n    #"""\n' "$file"
  sed 's/^\(.\)/    \1/' "$file"
  printf '    \n    """#\n  ),\n'
done
echo "]"
