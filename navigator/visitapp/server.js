// Talks to the own server, and to no other.

const MOST_ITEMS = 50;
const MOST_BYTES = 8_000_000;

/** A failure that is told as it is; `signIn` where somebody has to sign in first. */
export class Told extends Error {
  constructor(told, { signIn = false } = {}) {
    super(told);
    this.signIn = signIn;
  }
}

export function ask(path) {
  return answer(path, { headers: { Accept: 'application/json' } });
}

export function send(path, value) {
  return answer(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
}

async function answer(path, options) {
  let told;
  try {
    told = await fetch(path, { ...options, cache: 'no-store', credentials: 'same-origin' });
  } catch {
    throw new Told('连不上服务器，现在可能没有信号；记的都还在这台设备上');
  }
  const found = await told.json().catch(() => null);
  if (told.ok && found) return found;
  throw new Told(found?.error ?? '服务器没有答上来，请稍后再试；记的都还在这台设备上', { signIn: told.status === 401 });
}

/** Sends items, a few at a time; `each` is told the results of every part before the next goes. */
export async function sendItems(items, each) {
  for (const part of parts(items)) await each((await send('/visit/sync', { items: part })).items);
}

function parts(items) {
  const found = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = JSON.stringify(item).length;
    if (found.at(-1).length && (found.at(-1).length >= MOST_ITEMS || bytes + size > MOST_BYTES)) {
      found.push([]);
      bytes = 0;
    }
    found.at(-1).push(item);
    bytes += size;
  }
  return found.filter((part) => part.length);
}
