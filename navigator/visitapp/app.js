// Begins the app, goes from page to page without a word in the address, and locks itself when nobody has touched it for a while.

import { canEncrypt, fromBase64, fromText } from './crypto.js';
import { button, el } from './dom.js';
import { homePage, unlockForm } from './home.js';
import { packPage } from './pack.js';
import { stopPage } from './stop.js';
import { openStorage } from './storage.js';

const IDLE = 15 * 60_000;

const place = document.getElementById('page');
const payload = document.getElementById('payload');
let storage = null;
let work = null;
let idle = 0;
let touched = 0;

async function show(state) {
  touch();
  place.replaceChildren(...(await pageOf(state)));
  globalThis.scrollTo(0, 0);
  place.querySelector('h2')?.focus({ preventScroll: true });
}

async function pageOf(state) {
  if (!work) return payload ? [el('h2', { tabindex: -1 }, '走访'), unlockForm(storage, packInFile(), opened)] : homePage(storage, opened);
  const firm = work.pack.enterprises[state?.stop];
  if (firm) return [button('‹ 回到路线', () => history.back(), { kind: 'back' }), ...stopPage(work, firm)];
  return packPage(work, { inFile: Boolean(payload), leave: lock, go });
}

function go(stop) {
  history.pushState({ stop }, '');
  show({ stop });
}

function opened(unlocked) {
  work = unlocked;
  history.pushState({}, '');
  show({});
}

function touch() {
  clearTimeout(idle);
  touched = Date.now();
  if (work) idle = setTimeout(lock, IDLE);
}

/** Touched, or seen again: a device that slept stopped its timers, and is locked now. */
function wake(event) {
  if (work && Date.now() - touched > IDLE) lock();
  else if (event.type !== 'visibilitychange') touch();
}

async function lock() {
  await work?.close();
  work = null;
  document.getElementById('told').replaceChildren();
  show(null);
}

function packInFile() {
  const { id, at, sealed } = JSON.parse(new TextDecoder().decode(fromBase64(payload.textContent)));
  return { id, at, sealed: fromText(sealed) };
}

async function begin() {
  if (!canEncrypt()) {
    place.replaceChildren(el('p', { class: 'wrong' }, '✕ 这个地址不是加密的（https），浏览器不让在这里加密存资料，所以不能带走路线。请找管理员。'));
    return;
  }
  storage = await openStorage();
  for (const event of ['pointerdown', 'keydown', 'visibilitychange']) document.addEventListener(event, wake);
  globalThis.addEventListener('popstate', (event) => show(event.state));
  await show(null);
  const workers = globalThis.navigator.serviceWorker;
  if (!payload && workers) await workers.register('/visit/sw.js', { scope: '/visit/' }).catch(() => null);
}

begin();
