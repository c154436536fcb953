// Facts as people type and read them. Whether a value fits in the end, the server says once more.

import { choose, el } from './dom.js';

const UNITS = { 万: 10_000, 亿: 100_000_000 };
const NUMBER = /^([+-]?[\d,]*\.?\d+)\s*([万亿]?)\s*(元|人|%|个|家|项|千瓦时)?$/;

/** A typed value of a fact: {value} (null: not known), or {error}. */
export function readTyped(spec, typed) {
  const text = typed.normalize('NFKC').trim();
  if (!text || text === '不知道') return { value: null };
  switch (spec.type) {
    case 'bool':
      return { value: text === '是' };
    case 'choice':
      return spec.values.includes(text) ? { value: text } : { error: '请从列出的里面选' };
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? { value: text } : { error: '应是日期' };
    case 'code':
      return readCode(text.toUpperCase());
    case 'text':
      return text.length <= 200 ? { value: text } : { error: '最多200个字' };
    default:
      return readNumber(spec, text);
  }
}

/** A code alone, or with the name it was offered with. */
function readCode(text) {
  const found = /^([A-T]\d{0,4}|\d{2,6})(?:\s|$)/.exec(text);
  return found ? { value: found[1] } : { error: '应是代码，像 C3841；打几个字可以从列出的里面选' };
}

function readNumber(spec, text) {
  const found = NUMBER.exec(text);
  if (!found) return { error: spec.type === 'money' ? '应是数字，像 120万' : '应是数字' };
  const value = Number((Number(found[1].replaceAll(',', '')) * (UNITS[found[2]] ?? 1)).toPrecision(15));
  if (!Number.isFinite(value)) return { error: '应是数字' };
  if (spec.type === 'count' && !(Number.isInteger(value) && value >= 0)) return { error: '应是整数' };
  if (spec.type === 'percent' && (value < 0 || value > 100)) return { error: '应在0到100之间' };
  return { value };
}

/** A value for a reader: 300人, 120万元, 是, 2026-01-31. */
export function showValue(spec, value) {
  if (value === null || value === undefined) return '不知道';
  if (typeof value === 'boolean') return value ? '是' : '否';
  if (typeof value !== 'number') return String(value);
  if (spec?.type === 'money') return money(value);
  return `${value.toLocaleString('zh-CN', { maximumFractionDigits: 2 })}${spec?.unit ?? ''}`;
}

/** Yuan for a reader. */
export function money(yuan) {
  if (Math.abs(yuan) >= 10_000) return `${(yuan / 10_000).toLocaleString('zh-CN', { maximumFractionDigits: 2 })}万元`;
  return `${yuan.toLocaleString('zh-CN', { maximumFractionDigits: 2 })}元`;
}

/** The box in which a fact is answered; its value is a text that `readTyped` reads. `list`: of offered answers. */
export function answerBox(spec, value, list = null) {
  const known = value !== null && value !== undefined;
  if (spec.type === 'bool') {
    return choose([['', '不知道'], ['是', '是'], ['否', '否']], known ? (value ? '是' : '否') : '');
  }
  if (spec.type === 'choice') return choose([['', '不知道'], ...spec.values.map((one) => [one, one])], known ? value : '');
  const kinds = { date: ['date', 'none'], text: ['text', 'text'], code: ['text', 'text'], count: ['text', 'numeric'] };
  const [type, inputmode] = kinds[spec.type] ?? ['text', 'decimal'];
  const box = el('input', { type, inputmode, autocomplete: 'off', maxlength: 200, list });
  box.value = known ? String(value) : '';
  return box;
}

/** The day on this device. */
export function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
