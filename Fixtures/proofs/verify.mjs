// Verifies every fixture proof with the verifier's WebAssembly module, and checks that a damaged
// proof, or a key without its own proof, is rejected: node verify.mjs MODULE.wasm FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { blake3 } from "./blake3.mjs";

const [modulePath, folder] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(modulePath), {});
const { memory, assay_allocate, assay_free, assay_verify } = instance.exports;

function place(bytes) {
  const pointer = assay_allocate(bytes.length);
  new Uint8Array(memory.buffer).set(bytes, pointer);
  return pointer;
}

function verify(key, proof, options = 0) {
  const [k, p, r] = [place(key), place(proof), assay_allocate(33)];
  const bits = assay_verify(k, key.length, p, proof.length, options, r);
  const result = Buffer.from(new Uint8Array(memory.buffer, r, 33));
  for (const pointer of [k, p, r]) assay_free(pointer);
  const [hides, proven] = [(result[32] & 1) === 1, (result[32] & 2) === 2];
  return { bits, digest: result.toString("hex", 0, 32), hides, proven };
}

/** The key without its certificate, which stands behind system, flags and roots. */
function unproven(key) {
  let at = 20 + Number(key.readBigUInt64LE(12));
  const flags = key[at];
  at += 1 + (flags & 4 ? 4 : 0) + (flags & 1 ? 32 : 0);
  if (flags & 4) at += 2 + 32 * key.readUInt16LE(at);
  const behind = at + 4 + key.readUInt32LE(at);
  const rest = key.subarray(behind, key.length - 32);
  const content = Buffer.concat([key.subarray(0, at), Buffer.alloc(4), rest]);
  return Buffer.concat([content, blake3(content)]);
}

let failed = 0;
let passed = 0;
function check(condition, what) {
  condition ? (passed += 1) : (failed += 1);
  console.log(`${condition ? "ok    " : "FAILED"} ${what}`);
}

const names = readdirSync(folder).filter((name) => name.endsWith(".proof")).sort();
for (const name of names) {
  const base = name.replace(/\.proof$/, "");
  const key = readFileSync(join(folder, `${base}.vk`));
  const proof = readFileSync(join(folder, name));
  const isPlain = base.includes("-plain-");
  if (isPlain) check(verify(key, proof).bits === -1, `${base}: rejected, for it hides nothing`);
  const { bits, digest, hides, proven } = verify(key, proof, isPlain ? 1 : 0);
  check(bits >= 128, `${base}: accepted with ${bits} bits, model ${digest.slice(0, 16)}…`);
  check(hides === !isPlain && proven, `${base}: ${isPlain ? "plain" : "hiding"}, and the key proven`);
  const bare = unproven(key);
  const plain = isPlain ? 1 : 0;
  check(verify(bare, proof, plain).bits === -1, `${base}: rejected under a key without its proof`);
  const taken = verify(bare, proof, plain + 2);
  check(taken.bits >= 128 && !taken.proven, `${base}: taken so only when asked for`);
  check(taken.digest === "0".repeat(64), `${base}: and then no model is named`);
  const damagedKey = Buffer.from(key);
  damagedKey[damagedKey.length >> 1] ^= 1;
  check(verify(damagedKey, proof, 1).bits === -2, `${base}: a key with one bit changed is refused`);
  const damaged = Buffer.from(proof);
  damaged[damaged.length >> 1] ^= 1;
  check(verify(key, damaged, 1).bits === -1, `${base}: rejected with one bit changed`);
  const truncated = proof.subarray(0, proof.length - 1);
  check(verify(key, truncated, 1).bits === -1, `${base}: rejected truncated`);
  check(verify(key.subarray(1), proof, 1).bits === -2, `${base}: a damaged key is refused`);
}
check(names.length > 0, `${names.length} fixture proofs`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
