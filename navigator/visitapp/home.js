// The first page: taking a route along, opening one that lies here, making the one-file edition, and taking in what such a file gave back.

import { fromText, makePassphrase, toText, Vault } from './crypto.js';
import { button, choose, doing, el, field, handOver, tell } from './dom.js';
import { conflictList, showOutcome } from './pack.js';
import { ask, sendItems } from './server.js';
import { Work } from './work.js';

/** Draws the first page of the web app; `opened` is told the unlocked pack. */
export async function homePage(storage, opened) {
  const online = el('div', {}, el('p', {}, '正在看有没有信号……'));
  const packs = el('div', {});
  const draw = async () => packs.replaceChildren(...(await packsHere(storage, opened, draw)));
  showOnline(storage, online, draw);
  await draw();
  return [
    el('h2', { tabindex: -1 }, '走访'),
    storage.durable ? '' : el('p', { class: 'warn' }, '△ 这个浏览器现在不能存东西（比如开着无痕窗口），关掉就没有了'),
    el('section', {}, el('h3', {}, '这台设备上的路线'), packs),
    el('section', {}, el('h3', {}, '有信号的时候'), online),
  ];
}

// ---- packs that lie here

async function packsHere(storage, opened, draw) {
  const packs = (await storage.packs()).sort((a, b) => b.at.localeCompare(a.at));
  if (!packs.length) return [el('p', {}, '还没有。有信号的时候先带走今天的路线。')];
  return packs.map((pack) => unlockForm(storage, pack, opened, draw));
}

/** The form that opens a pack with its passphrase; `draw` shows the list anew once it is removed. */
export function unlockForm(storage, pack, opened, draw = null) {
  const box = el('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  const open = doing(async () => {
    tell('');
    opened(await Work.open(storage, await Vault.of(box.value, pack.sealed.salt), pack));
  });
  const remove = doing(async () => {
    if (!globalThis.confirm('清掉这条路线？没带回的记录会一起清掉，找不回来。')) return;
    await storage.removePack(pack.id);
    await draw();
  });
  return el('form', { class: 'card', on: { submit: open } },
    el('p', {}, `${pack.at} 带出的路线`),
    field('口令（20个数字）', box),
    el('div', { class: 'row' }, el('button', { type: 'submit', class: 'main' }, '打开'), draw ? button('清掉', remove) : null));
}

// ---- with a signal

async function showOnline(storage, place, draw) {
  try {
    const who = await ask('/visit/who');
    const { conflicts } = await ask('/visit/conflicts');
    const decided = el('div', {});
    decided.append(...conflictList(decided, conflicts));
    place.replaceChildren(el('p', {}, `已登录：${who.name}（${who.role}，${who.area}）`), takeForm(storage, who, draw), fileForm(), decided);
  } catch (error) {
    place.replaceChildren(el('p', {}, error.message), error.signIn ? el('p', {}, el('a', { href: '/auth/login?next=/visit/' }, '登录')) : '');
  }
}

function takeForm(storage, who, draw) {
  const day = el('input', { type: 'date', required: true });
  day.value = who.today;
  if (!who.teams.length) return el('p', {}, '还没有小分队：请工作人员先建队、排路线。');
  const team = choose(who.teams.map((one) => [String(one.id), one.name]), String(who.team ?? who.teams[0].id));
  const made = el('div', { 'aria-live': 'polite' });
  const fetchPack = () => ask(`/visit/pack?${new URLSearchParams({ team: team.value, day: day.value })}`);
  const take = doing(async () => {
    made.replaceChildren(...(await takeAlong(storage, await fetchPack())));
    await draw();
  });
  const asFile = doing(async () => made.replaceChildren(...(await makeFile(await fetchPack()))));
  return el('form', { class: 'card', on: { submit: take } },
    field('小分队', team), field('哪天走访', day),
    el('div', { class: 'row' }, el('button', { type: 'submit', class: 'main' }, '带走今天的路线'), button('做成一个文件（笔记本电脑用）', asFile)),
    made);
}

async function takeAlong(storage, pack) {
  const passphrase = makePassphrase();
  const id = crypto.randomUUID();
  const sealed = await (await Vault.of(passphrase)).seal(pack, `pack:${id}`);
  await storage.addPack({ id, at: pack.as_of, sealed });
  return shownOnce(passphrase, `${pack.enterprises.length} 家企业的资料加密存在这台设备上了。`);
}

async function makeFile(pack) {
  const { html } = await ask('/visit/file');
  const passphrase = makePassphrase();
  const id = crypto.randomUUID();
  const sealed = await (await Vault.of(passphrase)).seal(pack, `pack:${id}`);
  const locked = JSON.stringify({ id, at: pack.as_of, sealed: toText(sealed) });
  handOver(`走访-${pack.as_of}.html`, 'text/html', html.replace('PAYLOAD', () => btoa(locked)));
  return shownOnce(passphrase, '文件下载好了，拷到笔记本电脑上用浏览器打开。');
}

function shownOnce(passphrase, told) {
  return [
    el('p', {}, `✓ ${told}`),
    el('p', {}, '口令只显示这一次，抄在纸上，不要和设备放在一起；丢了口令，谁也打不开：'),
    el('p', { class: 'passphrase', id: 'passphrase' }, passphrase),
    el('p', { class: 'small' }, '抄好以后输口令试开一次，再出门。'),
  ];
}

// ---- what a file gave back

function fileForm() {
  const file = el('input', { type: 'file', accept: '.json,application/json' });
  const box = el('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off' });
  const after = el('div', { 'aria-live': 'polite' });
  const take = doing(async () => {
    const sealed = file.files[0] ? fromText(await file.files[0].text()) : null;
    if (!sealed) throw new Error('没有选文件，或者选的不是“走访带回”文件');
    const told = await (await Vault.of(box.value)).open(sealed, 'results');
    const refused = [];
    const kept = new Map(told.items.map((item) => [item.id, item]));
    await sendItems(told.items, async (results) => {
      for (const one of results) if (one.outcome === 'refused') refused.push(`${told.names[kept.get(one.id).enterprise]}：${one.told}`);
    });
    await showOutcome(after, told.left, { sent: told.items.length, refused });
  });
  return el('form', { class: 'card', on: { submit: take } },
    el('h3', {}, '带回笔记本电脑导出的文件'), field('“走访带回”文件', file), field('口令', box),
    el('button', { type: 'submit', class: 'main' }, '带回这个文件'), after);
}
