// Locks what an enterprise told away under a passphrase: PBKDF2-SHA-256, then AES-GCM. Knows nothing of where it is kept.

export const ITERATIONS = 600_000;
const MOST_ITERATIONS = 5_000_000;
const GROUPS = 5;
const DIGITS_IN_A_GROUP = 4;
const WRONG = '口令不对，或者资料不完整';

/** A new passphrase: 20 digits in groups of four, 66 bits, every digit as likely as any other. */
export function makePassphrase() {
  const digits = [];
  while (digits.length < GROUPS * DIGITS_IN_A_GROUP) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      if (byte < 250 && digits.length < GROUPS * DIGITS_IN_A_GROUP) digits.push(byte % 10);
    }
  }
  return digits.join('').match(/\d{4}/g).join('-');
}

/** What was typed as it counts: its digits, full-width ones too. */
export function plainPassphrase(typed) {
  return typed.normalize('NFKC').replace(/\D/g, '');
}

/** Whether this browser can encrypt here: it does so on https, on this very machine and in a file, nowhere else. */
export function canEncrypt() {
  return Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle);
}

/** A passphrase held so that it can lock and unlock but cannot be read again. `salt` is the one new things are locked with. */
export class Vault {
  #base;
  #keys = new Map();

  constructor(base, salt) {
    this.#base = base;
    this.salt = salt;
  }

  static async of(passphrase, salt = crypto.getRandomValues(new Uint8Array(16))) {
    const bytes = new TextEncoder().encode(plainPassphrase(passphrase));
    return new Vault(await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']), salt);
  }

  /** The same passphrase with a fresh salt, for something that leaves this device. */
  again() {
    return new Vault(this.#base, crypto.getRandomValues(new Uint8Array(16)));
  }

  /** Lock any JSON value; `about` says what it is and must be told again to unlock it. */
  async seal(value, about) {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const key = await this.#key(this.salt, ITERATIONS);
    const plain = await squeeze(new TextEncoder().encode(JSON.stringify(value)));
    const data = await crypto.subtle.encrypt(parameters(nonce, about), key, plain);
    return { v: 1, kdf: 'PBKDF2-SHA-256', iterations: ITERATIONS, salt: this.salt, nonce, data: new Uint8Array(data) };
  }

  /** Unlock what `seal` gave; throws one sentence where passphrase, place or bytes are not what they were. */
  async open(sealed, about) {
    if (!isSealed(sealed)) throw new Error(WRONG);
    try {
      const key = await this.#key(sealed.salt, sealed.iterations);
      const plain = await crypto.subtle.decrypt(parameters(sealed.nonce, about), key, sealed.data);
      return JSON.parse(new TextDecoder().decode(await unsqueeze(new Uint8Array(plain))));
    } catch {
      throw new Error(WRONG);
    }
  }

  async #key(salt, iterations) {
    const name = `${iterations}:${toBase64(salt)}`;
    if (!this.#keys.has(name)) {
      const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
      this.#keys.set(name, crypto.subtle.deriveKey(how, this.#base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']));
    }
    return this.#keys.get(name);
  }
}

/** Something locked as text for a file. */
export function toText(sealed) {
  const { salt, nonce, data } = sealed;
  return JSON.stringify({ ...sealed, salt: toBase64(salt), nonce: toBase64(nonce), data: toBase64(data) });
}

/** What `toText` wrote; null where the text is something else. */
export function fromText(text) {
  try {
    const told = JSON.parse(text);
    const sealed = { ...told, salt: fromBase64(told.salt), nonce: fromBase64(told.nonce), data: fromBase64(told.data) };
    return isSealed(sealed) ? sealed : null;
  } catch {
    return null;
  }
}

export function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

function isSealed(sealed) {
  return sealed?.v === 1 && sealed.kdf === 'PBKDF2-SHA-256' && Number.isInteger(sealed.iterations) && sealed.iterations >= ITERATIONS
    && sealed.iterations <= MOST_ITERATIONS && sealed.salt?.length >= 16 && sealed.nonce?.length === 12 && sealed.data?.length > 16;
}

function parameters(nonce, about) {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(about) };
}

async function squeeze(bytes) {
  if (!globalThis.CompressionStream) return marked(0, bytes);
  return marked(1, await through(new CompressionStream('gzip'), bytes));
}

async function unsqueeze(bytes) {
  return bytes[0] === 1 ? through(new DecompressionStream('gzip'), bytes.subarray(1)) : bytes.subarray(1);
}

async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

function marked(mark, bytes) {
  const found = new Uint8Array(bytes.length + 1);
  found[0] = mark;
  found.set(bytes, 1);
  return found;
}
