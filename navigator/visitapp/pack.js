// The route that was unlocked: its stops, going back with what was written, and taking it along as a file.

import { toText } from './crypto.js';
import { button, doing, el, handOver, tell } from './dom.js';
import { evaluate } from './evaluate.js';
import { ask, send, sendItems } from './server.js';
import { eligible } from './stop.js';

/** Draws the list of stops; `go` opens one by its place, `leave` locks the pack. `inFile`: this is the one-file edition. */
export function packPage(work, { go, leave, inFile }) {
  const { pack } = work;
  const after = el('div', { 'aria-live': 'polite' });
  const waiting = el('p', { role: 'status' });
  const count = () => waiting.replaceChildren(work.waiting() ? `○ 有 ${work.waiting()} 条还没带回` : '✓ 没有等着带回的');
  count();
  const back = inFile
    ? button('导出走访结果', doing(() => exportResults(work, count)), { kind: 'main' })
    : button('带回', doing(() => bringBack(work, after, count)), { kind: 'main' });
  return [
    el('h2', { tabindex: -1 }, pack.route.title),
    el('p', { class: 'small' }, `资料按 ${pack.as_of} 的政策和档案，${pack.by} 带出。一共 ${pack.enterprises.length} 家。`),
    el('ol', { class: 'stops' }, pack.enterprises.map((firm, at) =>
      el('li', {}, button(firm.name, () => go(at), { kind: 'stop' }), el('span', { class: 'small' }, stateOf(work, firm))))),
    work.damaged ? el('p', { class: 'warn' }, `△ 有 ${work.damaged} 条存坏了，打不开；其余的都在`) : '',
    waiting,
    el('div', { class: 'row' }, back, button('锁上', leave)),
    after,
  ];
}

function stateOf(work, firm) {
  const items = work.items(firm.id).filter((doc) => doc.item.kind !== 'photo');
  const answers = Object.keys(work.answersOf(firm)).length;
  const half = work.docs().some((doc) => doc.kind === 'draft' && doc.enterprise === firm.id) ? '，有没写完的' : '';
  if (!items.length && !answers) return `○ 还没走访${half}`;
  const visits = items.filter((doc) => doc.item.kind === 'visit').length;
  return `✓ 回答 ${answers} 项，记录 ${visits} 条，诉求 ${items.filter((doc) => doc.item.kind === 'appeal').length} 件${half}`;
}

// ---- the one-file edition

async function exportResults(work, count) {
  const items = await work.freeze();
  count();
  if (!items.length) throw new Error('还没有记什么，没有要导出的');
  const names = Object.fromEntries(work.pack.enterprises.map((firm) => [firm.id, firm.name]));
  const sealed = await work.vaultForFile().seal({ format: 1, items, names, left: leftOf(work) }, 'results');
  handOver(`走访带回-${work.pack.as_of}.json`, 'application/json', toText(sealed));
  tell('导出了一个加密的文件。回来后在“走访”页面选它，输同一个口令带回；带回以前不要清掉这一页的资料');
}

// ---- going back

/** What the phone shows now of each enterprise something was written about. */
export function leftOf(work) {
  const firms = work.pack.enterprises.filter((firm) => work.items(firm.id).length);
  return {
    corpus_version: work.pack.corpus_version,
    firms: firms.map((firm) => {
      const found = evaluate(work.pack.program, work.factsOf(firm), work.pack.as_of);
      return { enterprise: firm.id, eligible: eligible(found).map((one) => one.id) };
    }),
  };
}

async function bringBack(work, place, count) {
  const items = await work.freeze();
  try {
    await sendItems(items, (results) => work.settle(results));
  } finally {
    await work.settled();
    count();
  }
  const refused = work.docs().filter((doc) => doc.told && doc.state !== 'done').map((doc) => doc.told);
  await showOutcome(place, leftOf(work), { sent: items.length, refused });
}

/** Shows what became of what was sent: refusals, answers to be decided on, and what is different now. */
export async function showOutcome(place, left, { sent, refused }) {
  const told = refused.length ? `带回了，但有 ${refused.length} 条没有收下，还在这台设备上` : sent ? `${sent} 条都带回了` : '没有要带回的；都带回过了';
  tell(told, refused.length ? 'warn' : 'good');
  const { conflicts } = await ask('/visit/conflicts');
  const now = left.firms.length ? await send('/visit/differences', left) : { newer: false, firms: [] };
  place.replaceChildren(
    el('h3', { tabindex: -1 }, '带回的结果'),
    el('p', {}, told),
    el('ul', {}, refused.map((one) => el('li', {}, `△ ${one}`))),
    ...conflictList(place, conflicts),
    ...differenceList(now),
  );
}

/** Answers beside what the record says now, each with two buttons. */
export function conflictList(place, conflicts) {
  if (!conflicts.length) return [];
  return [
    el('h3', {}, `和档案不一致，请您定（${conflicts.length} 项）`),
    el('ul', { class: 'plain' }, conflicts.map((one) => conflictOf(place, one))),
  ];
}

function conflictOf(place, one) {
  const line = el('li', { class: 'card' });
  const decide = (stands) => doing(async () => {
    await send('/visit/decide', { id: one.id, stands, version: one.version });
    const stays = stands === 'visit' ? `走访时的回答 ${one.visited}` : `档案里的 ${one.recorded}`;
    line.replaceChildren(el('p', {}, `✓ ${one.name} 的${one.label}定为${stays}`));
    tell('定好了');
  });
  line.append(
    el('p', {}, `${one.name}：${one.label}`),
    el('p', {}, `走访时（${one.visited_on}）回答 ${one.visited}；档案里现在是 ${one.recorded}`, one.source ? `（${one.source}，${one.recorded_on}）` : ''),
    el('div', { class: 'row' }, button('以走访为准', decide('visit')), button('以档案为准', decide('record'))),
  );
  return line;
}

function differenceList({ newer, firms }) {
  const title = newer ? '△ 政策库比带出去时新，按新的重新算过' : '按现在的档案重新算过';
  if (!firms.length) return [el('p', {}, `${title}：结果和走访时看到的一样。`)];
  return [
    el('h3', {}, `${title}，有这些不同`),
    el('ul', {}, firms.map((one) => el('li', {}, one.name, el('ul', {},
      one.gained.map((name) => el('li', {}, `＋ 现在能享受：${name}`)),
      one.lost.map((name) => el('li', {}, `－ 现在不能享受：${name}`)))))),
  ];
}
