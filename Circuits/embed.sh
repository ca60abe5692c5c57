#!/bin/sh
# Writes the circuit files, or those of operators, as Swift source, so that `assay` carries them
# wherever it is installed.
# Usage: Circuits/embed.sh > Sources/CircuitLanguage/StandardCircuits.swift
#        Circuits/embed.sh operators > Sources/Equations/StandardOperators.swift
cd "$(dirname "$0")" || exit 1
case "$1" in
  operators) folder=operators name=standardOperators ;;
  *) folder=integer name=standardCircuits ;;
esac
echo "// swift-format-ignore-file"
echo "// Made by Circuits/embed.sh from the files in Circuits/$folder/."
echo "let $name: [(name: String, text: String)] = ["
for file in "$folder"/*.circuit; do
  printf '  (\n    "Circuits/%s",\n    #"""\n' "$file"
  sed 's/^\(.\)/    \1/' "$file"
  printf '    \n    """#\n  ),\n'
done
echo "]"
