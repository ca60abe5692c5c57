#pragma once
// The part of the C library that Embedded Swift needs, for a WebAssembly module without one:
// memory management and memory copying. It has no interface of its own.
