// Verifies every fixture proof with the verifier's WebAssembly module, and checks that a damaged
// proof is rejected: node verify.mjs MODULE.wasm FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

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
