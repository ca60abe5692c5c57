// BLAKE3 with 32 bytes, after its specification, to renew the checksums of changed keys.
const IV = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
const ORDER = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const [CHUNK_START, CHUNK_END, PARENT, ROOT] = [1, 2, 4, 8];

const rotate = (x, n) => (x >>> n) | (x << (32 - n));

function mix(v, a, b, c, d, x, y) {
  v[a] = (v[a] + v[b] + x) | 0;
  v[d] = rotate(v[d] ^ v[a], 16);
  v[c] = (v[c] + v[d]) | 0;
  v[b] = rotate(v[b] ^ v[c], 12);
  v[a] = (v[a] + v[b] + y) | 0;
  v[d] = rotate(v[d] ^ v[a], 8);
  v[c] = (v[c] + v[d]) | 0;
  v[b] = rotate(v[b] ^ v[c], 7);
}

function compress(chaining, words, counter, length, flags) {
  const v = [...chaining, ...IV.slice(0, 4), counter, 0, length, flags];
  let m = words;
  for (let round = 0; round < 7; round++) {
    for (let i = 0; i < 4; i++) mix(v, i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1]);
    for (let i = 0; i < 4; i++) {
      const [b, c, d] = [4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3)];
      mix(v, i, b, c, d, m[8 + 2 * i], m[9 + 2 * i]);
    }
    m = ORDER.map((place) => m[place]);
  }
  return v.slice(0, 8).map((word, i) => word ^ v[8 + i]);
}

function chunk(bytes, index, root) {
  let chaining = IV;
  const blocks = Math.max(1, Math.ceil(bytes.length / 64));
  for (let i = 0; i < blocks; i++) {
    const block = Buffer.alloc(64);
    const length = bytes.copy(block, 0, 64 * i, 64 * i + 64);
    const words = Array.from({ length: 16 }, (_, k) => block.readInt32LE(4 * k));
    const isLast = i === blocks - 1;
    const flags = (i === 0 ? CHUNK_START : 0) | (isLast ? CHUNK_END | root : 0);
    chaining = compress(chaining, words, index, length, flags);
  }
  return chaining;
}

function tree(bytes, first, root) {
  if (bytes.length <= 1024) return chunk(bytes, first, root);
  let left = 1;
  while (2 * left * 1024 < bytes.length) left *= 2;
  const words = [
    ...tree(bytes.subarray(0, 1024 * left), first, 0),
    ...tree(bytes.subarray(1024 * left), first + left, 0),
  ];
  return compress(IV, words, 0, 64, PARENT | root);
}

/** The digest of a Buffer, as one. */
export function blake3(bytes) {
  const digest = Buffer.alloc(32);
  tree(bytes, 0, ROOT).forEach((word, i) => digest.writeInt32LE(word | 0, 4 * i));
  return digest;
}
