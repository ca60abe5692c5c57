# Everything a person or a machine does with a checkout. The two that matter: demo and test.
SHELL := /bin/bash
SWIFT ?= swift
RELEASE := -c release
BIN := .build/release
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)

# Where the compiler keeps what Embedded Swift links. The verifier compares names as Unicode does.
WEB_LIBRARIES = $(shell $(SWIFT) -print-target-info | sed -n \
  's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')/embedded/wasm32-unknown-none-wasm

# Embedded Swift for WebAssembly: the verifier without a runtime library or a system. The stack has
# room for the deepest expression of a key, and lies where leaving it traps.
WEB_FLAGS := -c release --triple wasm32-unknown-none-wasm --scratch-path .build/web \
  --product WebVerifier \
  -Xswiftc -enable-experimental-feature -Xswiftc Embedded -Xswiftc -wmo -Xswiftc -Osize \
  -Xswiftc -parse-as-library -Xswiftc -Xfrontend -Xswiftc -disable-stack-protector \
  -Xcc -fno-builtin -Xswiftc -Xclang-linker -Xswiftc -nostdlib -Xlinker --no-entry \
  -Xlinker --export=assay_allocate -Xlinker --export=assay_free -Xlinker --export=assay_verify \
  -Xlinker --strip-all -Xlinker --stack-first -Xlinker -z -Xlinker stack-size=4194304 \
  -Xlinker -L$(WEB_LIBRARIES) -Xlinker -lswiftUnicodeDataTables

.PHONY: demo test build tutorial fixture-proofs install-dependencies wasm install-node lint format bench tabular real \
  onnx-bindings conformance fuzz fuzz-smoke fuzz-corpus clean

## Installs the two system libraries when they are missing.
install-dependencies:
	@if ! pkg-config --exists gmp 2>/dev/null || ! ls /usr/lib/*/libomp5.so* /usr/lib/*/libomp.so* \
	  >/dev/null 2>&1; then \
	  echo "Installing libgmp-dev, libomp-dev and pkg-config"; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) apt-get install -y -qq libgmp-dev libomp-dev pkg-config >/dev/null; fi

build: install-dependencies
	$(SWIFT) build $(RELEASE) --product assay
	$(SWIFT) build $(RELEASE) --product assay-verify

## Compiles a trained network, proves an inference, and verifies it with the standalone verifier.
demo: build
	@BIN=$(BIN) bash Fixtures/demo.sh

## Writes the fixture proofs of this version of the format.
fixture-proofs: build
	@BIN=$(BIN) bash Fixtures/proofs/make.sh

## Runs the commands of Circuits/README.md and writes down what they print. Needs Python 3.
tutorial: build
	@$(PYTHON) Circuits/tutorial.py $(BIN)

## Everything that CI runs.
test: install-dependencies
	$(SWIFT) build $(RELEASE) --build-tests -Xswiftc -enable-testing
	OMP_WAIT_POLICY=passive $(SWIFT) test $(RELEASE) -Xswiftc -enable-testing --skip-build
	$(MAKE) --no-print-directory wasm lint fuzz-smoke

## Runs the official ONNX backend suite, or the cases that match ONLY, and compares the results with
## Conformance/manifest.tsv; BLESS=1 rewrites it. Needs Python 3.9 to 3.12 and, at first, PyPI.
PYTHON ?= python3
conformance: build
	@cd Conformance && $(PYTHON) -m unittest --quiet
	@$(PYTHON) Conformance/run.py $(BIN)/assay $(if $(ONLY),--only '$(ONLY)') \
	  $(if $(filter-out 0,$(BLESS)),--bless)

## Regenerates the bindings of the ONNX schema. Needs protoc (Debian: protobuf-compiler) and the
## Python package onnx, 1.23.2, which holds the schema.
onnx-bindings:
	$(SWIFT) build -c release --product protoc-gen-swift
	packages=$$(python3 -c 'import onnx, os; print(os.path.dirname(os.path.dirname(onnx.__file__)))') && \
	protoc --plugin=.build/release/protoc-gen-swift --swift_out=Sources/ONNXImport/Generated \
	  --swift_opt=Visibility=Internal --swift_opt=FileNaming=DropPath \
	  -I "$$packages" onnx/onnx.proto

## Builds the verifier as a WebAssembly module and verifies the fixture proofs with it under Node.
wasm: install-node
	ASSAY_WEB=1 $(SWIFT) build $(WEB_FLAGS)
	node Fixtures/proofs/verify.mjs .build/web/wasm32-unknown-none-wasm/release/WebVerifier.wasm \
	  Fixtures/proofs

install-node:
	@command -v node >/dev/null || { echo "Installing nodejs"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq nodejs >/dev/null; }

## Times the kernels, beside a Goldilocks extension in the same run.
bench: install-dependencies
	$(SWIFT) run -c release --package-path Benchmarks KernelBenchmark

## Compares 1,000 decisions of classical models with those of the float models, and proves some.
## Needs scikit-learn, skl2onnx and onnxruntime.
tabular: build
	$(PYTHON) Benchmarks/tabular.py $(BIN)/assay

## Proves answers of trained networks that people use, which come from PyPI, and compares them with ONNX
## Runtime's; NETWORK takes one. Needs Python 3.
real: build
	$(PYTHON) Benchmarks/real/real.py $(BIN)/assay $(if $(NETWORK),'$(NETWORK)')

## Fuzzes every reader of files in turn, or one, for so many seconds each; see Fuzz/README.md.
TARGET ?= all
TIME ?= 3600
fuzz: install-dependencies
	SWIFT=$(SWIFT) Fuzz/fuzz.sh run $(TARGET) $(TIME)

## Reads the corpus and a fixed number of mutations of it.
fuzz-smoke: install-dependencies
	SWIFT=$(SWIFT) Fuzz/fuzz.sh smoke

## Writes the honest inputs of this version of the formats.
fuzz-corpus: install-dependencies
	SWIFT=$(SWIFT) Fuzz/fuzz.sh corpus

clean:
	rm -rf .build Benchmarks/.build Fuzz/.build

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks Fuzz/Package.swift Fuzz/Sources

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks Fuzz/Package.swift Fuzz/Sources
