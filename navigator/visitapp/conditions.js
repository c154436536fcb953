// One measure as a phone shows it: whether each condition is met and why, what is still to ask, to confirm or to change, and how to get it.

import { el } from './dom.js';
import { money, showValue } from './values.js';

const OUTCOMES = new Map([[true, '✓ 满足'], [false, '✕ 不满足'], [null, '？ 未知']]);
const STATUS = {
  eligible: '✓ 条件符合',
  not_eligible: '✕ 条件不符合',
  needs_info: '？ 还差信息',
  not_yet: '○ 还没开始',
  expired: '○ 已到期',
  unverified: '△ 未核实，不算钱',
};
const APPLY = {
  open: '正在受理',
  closed: '申报已截止',
  opens: '还没到申报期',
  always: '随时可办',
  unknown: '受理时间没查到',
};
const ESTIMATE = { exact: '', at_most: '最多 ', typical: '大约 ' };
const WHERE = '在哪办';
const PHONE = /\b(0\d{2,3}-\d{7,8}|400-\d{3}-\d{4}|(?:12|95)\d{3})\b/;

/** The parts of a page for a measure: `details` of a pack, `result` of `evaluate` for it, `facts` of the pack. */
export function showMeasure(details, result, facts) {
  return el(
    'div',
    {},
    el('p', {}, `${STATUS[result.status]}　${APPLY[result.apply_state]}`),
    details.chips.length ? el('p', { class: 'small' }, details.chips.map(({ text }) => text).join('　')) : null,
    el('p', {}, details.summary),
    amountOf(result),
    ...listed('条件', conditionsOf(details, result, facts)),
    ...listed('还差的信息', result.missing.map((fact) => facts[fact]?.question ?? fact)),
    ...listed('差一步', result.near_miss.map((miss) => changeOf(miss, facts[miss.fact]))),
    ...listed('要当面确认', details.confirm),
    details.rows.map(rowOf),
  );
}

function listed(heading, items) {
  if (!items.length) return [];
  return [el('h4', {}, heading), el('ul', {}, items.map((item) => el('li', {}, item)))];
}

function amountOf({ estimate, estimate_kind, per }) {
  if (!estimate || !estimate_kind) return null;
  return el('p', { class: 'money' }, `${ESTIMATE[estimate_kind]}${money(estimate)}${per === '一次性' ? '' : `／${per}`}`);
}

function conditionsOf(details, result, facts) {
  return details.conditions.map(({ text, source }, place) => {
    const { outcome, actual } = result.conditions[place];
    const known = Object.entries(actual).map(([fact, value]) => `${facts[fact]?.label ?? fact}：${showValue(facts[fact], value)}`);
    return [`${OUTCOMES.get(outcome)}　${text}`, el('p', { class: 'small' }, [...known, `依据：${source}`].join('；'))];
  });
}

/** What would still have to change. */
function changeOf({ have, need, distance, by }, spec) {
  if (by) return `再过 ${distance} 天（${by}）就满足`;
  const needed = [need].flat().map((value) => showValue(spec, value)).join('或');
  if (distance === null) return `${spec.label}要是“${needed}”，现在是“${showValue(spec, have)}”`;
  return `${spec.label}要到 ${needed}，现在 ${showValue(spec, have)}，差 ${showValue(spec, distance)}`;
}

function rowOf({ label, form, lines }) {
  const items = lines.map((line) => lineOf(line, label === WHERE));
  const lists = { list: 'ul', steps: 'ol', links: 'ul' };
  const body = lists[form]
    ? el(lists[form], {}, items.map((item) => el('li', {}, item)))
    : items.map((item) => el('p', { class: form === 'small' ? 'small' : null }, item));
  return el('section', {}, el('h4', {}, label), body);
}

function lineOf({ text, aside, link }, namesPhones) {
  const plain = namesPhones ? withPhones(text) : text;
  const said = link ? el('a', { href: link, target: '_blank', rel: 'noopener noreferrer' }, text) : plain;
  return [said, aside ? el('span', { class: 'small' }, `　${aside}`) : null].flat();
}

/** A text whose phone numbers can be rung by touching them. */
function withPhones(text) {
  const parts = text.split(PHONE);
  return parts.map((part, place) => (place % 2 ? el('a', { href: `tel:${part.replaceAll('-', '')}` }, part) : part));
}
