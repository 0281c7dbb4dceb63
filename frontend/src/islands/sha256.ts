/** SHA-256 (FIPS 180-4) of short texts of ASCII letters, for pages without https, where browsers keep theirs shut. */

/** The first 32 bits of the fractional part of a root of a prime. */
function fraction(prime: number, root: number): number {
  const value = prime ** (1 / root);
  return ((value - Math.floor(value)) * 0x1_0000_0000) | 0;
}

const PRIMES: number[] = [];
for (let number = 2; PRIMES.length < 64; number++) if (PRIMES.every((prime) => number % prime !== 0)) PRIMES.push(number);
const START = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2));
const ROUNDS = Int32Array.from(PRIMES, (prime) => fraction(prime, 3));
const schedule = new Int32Array(64);

/** The digest as eight signed words. */
export function digest(text: string): Int32Array {
  const blocks = ((text.length + 8) >> 6) + 1;
  const input = new Int32Array(blocks * 16);
  for (let place = 0; place < text.length; place++) input[place >> 2]! |= text.charCodeAt(place) << (24 - (place & 3) * 8);
  input[text.length >> 2]! |= 0x80 << (24 - (text.length & 3) * 8);
  input[blocks * 16 - 1] = text.length * 8;
  const state = Int32Array.from(START);
  for (let block = 0; block < blocks; block++) compress(state, input, block * 16);
  return state;
}

function compress(state: Int32Array, input: Int32Array, start: number): void {
  const w = schedule;
  for (let turn = 0; turn < 16; turn++) w[turn] = input[start + turn]!;
  for (let turn = 16; turn < 64; turn++) {
    const x = w[turn - 15]!;
    const y = w[turn - 2]!;
    const small = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const large = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[turn] = (w[turn - 16]! + small + w[turn - 7]! + large) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let turn = 0; turn < 64; turn++) {
    const one = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + one + ((e & f) ^ (~e & g)) + ROUNDS[turn]! + w[turn]!) | 0;
    const nought = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (nought + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  const worked = [a, b, c, d, e, f, g, h];
  for (let place = 0; place < 8; place++) state[place] = (state[place]! + worked[place]!) | 0;
}

/** A digest in hexadecimal letters as eight signed words. */
export function words(hex: string): Int32Array {
  return Int32Array.from({ length: 8 }, (_, place) => parseInt(hex.slice(place * 8, place * 8 + 8), 16) | 0);
}
