#!/bin/sh
# Writes the circuit files, or those of operators, as Swift source, so that `assay` carries them
# wherever it is installed.
# Usage: Circuits/embed.sh > Sources/CircuitLanguage/StandardCircuits.swift
#        Circuits/embed.sh operators > Sources/Equations/StandardOperators.swift
cd "$(dirname "$0")" || exit 1
folder="${1:+$1/}"
case "$1" in
  operators) name=standardOperators ;;
  *) name=standardCircuits ;;
esac
echo "// swift-format-ignore-file"
echo "// Made by Circuits/embed.sh from the files in Circuits/$folder."
echo "let $name: [(name: String, text: String)] = ["
case "$1" in
  operators) set -- operators/*.circuit ;;
  *) set -- *.circuit integer/*.circuit ;;
esac
for file in "$@"; do
  printf '  (\n    "Circuits/%s",\n    #"""\n' "$file"
  sed 's/^\(.\)/    \1/' "$file"
  printf '    \n    """#\n  ),\n'
done
echo "]"
