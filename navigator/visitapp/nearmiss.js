/**
 * Near misses: the changes that together turn a false condition true, as `navigator.matching.near_miss` finds them.
 */

import { FIRST_DAY, HIGHEST, dayAt, ordinalOf, rounded } from './calculus.js';
import { NEGATED, TESTS, arithmetic, comparison } from './language.js';
import { having } from './rules.js';

const NEAR_SHARE = 0.2;
const NEAR_COUNT = { 人: 5, 件: 3 };
const NEAR_DAYS = 366;
const NUMBERS = ['count', 'number', 'money', 'percent'];

/**
 * How a node comes to be `wanted`: a function (values, asOf) -> changes, [] where it is so already, null where no way is
 * near.
 */
export function waysOf(rules, place, wanted) {
  const key = wanted ? place : -1 - place;
  if (!rules.ways.has(key)) {
    const test = rules.test[place];
    const change = changeOf(rules, place, wanted);
    rules.ways.set(key, (values, asOf) => (test(values, asOf) === wanted ? [] : change(values, asOf)));
  }
  return rules.ways.get(key);
}

const noWay = () => null;

function changeOf(rules, place, wanted) {
  const [kind, first, second] = rules.nodes[place];
  if (kind === 'not') return waysOf(rules, first, !wanted);
  if (kind === 'and' || kind === 'or') {
    const ways = first.map((item) => waysOf(rules, item, wanted));
    return (kind === 'and') === wanted ? allOf(ways) : fewestOf(ways);
  }
  if (kind === 'fact' && rules.facts[first].actionable) {
    const miss = { fact: first, have: !wanted, need: wanted, distance: null, by: null };
    return (values) => (values[first] === null ? null : [miss]);
  }
  if (kind === 'in' && rules.nodes[first][0] === 'fact' && rules.facts[rules.nodes[first][1]].type === 'choice')
    return gradeChange(rules, rules.nodes[first][1], (value) => second.includes(value) === wanted);
  return kind in TESTS ? compareChange(rules, wanted ? kind : NEGATED[kind], first, second) : noWay;
}

function allOf(ways) {
  return (values, asOf) => {
    const found = [];
    for (const way of ways) {
      const misses = way(values, asOf);
      if (misses === null) return null;
      found.push(...misses);
    }
    return found;
  };
}

function fewestOf(ways) {
  return (values, asOf) => {
    const found = ways.map((way) => way(values, asOf)).filter((misses) => misses?.length);
    return found.reduce((best, misses) => (best && best.length <= misses.length ? best : misses), null);
  };
}

function gradeChange(rules, fact, fits) {
  const needed = (rules.facts[fact].values ?? []).filter(fits);
  if (!needed.length || !rules.facts[fact].actionable) return noWay;
  const need = needed.length === 1 ? needed[0] : needed;
  return (values) => (values[fact] === null ? null : [{ fact, have: values[fact], need, distance: null, by: null }]);
}

function compareChange(rules, sign, left, right) {
  const [kind, fact] = rules.nodes[left];
  const type = kind === 'fact' ? rules.facts[fact].type : null;
  const [otherKind, constant] = rules.nodes[right];
  if (type === 'date') return timeChange(rules, sign, left, right);
  if (type === 'choice' && otherKind === 'const')
    return gradeChange(rules, fact, (value) => (value === constant) === (sign === '='));
  const difference = arithmetic('-', rules.test[left], rules.test[right]);
  const names = rules.factsIn(left, right);
  const isNumber = (name) => rules.facts[name].actionable && NUMBERS.includes(rules.facts[name].type);
  const moves = names
    .filter((name) => isNumber(name) && isLinear(rules, [left, right], name))
    .map((name) => amountChange(sign, difference, name, rules.facts[name]));
  return (values, asOf) => {
    for (const move of moves) {
      const misses = move(values, asOf);
      if (misses) return misses;
    }
    return null;
  };
}

function timeChange(rules, sign, left, right) {
  const [kind, base] = rules.nodes[right];
  if (kind !== 'day' || base !== null || (sign !== '<' && sign !== '<=')) return noWay;
  const test = comparison(sign, rules.test[left], rules.test[right]);
  const fact = rules.nodes[left][1];
  return (values, asOf) => {
    const today = ordinalOf(asOf);
    const passes = (days) => test(values, dayAt(today + days));
    let low = 0;
    let high = Math.min(NEAR_DAYS, HIGHEST - today);
    if (values[fact] === null || !passes(high)) return null;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (passes(middle)) high = middle;
      else low = middle;
    }
    const need = rules.test[right](values, asOf);
    return [{ fact, have: values[fact], need, distance: high, by: dayAt(today + high) }];
  };
}

/** Whether the fact stands once, and in no product with itself or another fact. */
function isLinear(rules, sides, name) {
  const parts = sides.flatMap((side) => [...rules.walk(side)]);
  const mixed = parts.some((part) => {
    const names = rules.nodes[part][0] === '*' ? rules.factsIn(part) : [];
    return names.length > 1 && names.includes(name);
  });
  const times = parts.filter((part) => rules.nodes[part][0] === 'fact' && rules.nodes[part][1] === name).length;
  return !mixed && times === 1;
}

function amountChange(sign, difference, fact, spec) {
  const tolerance = NEAR_COUNT[spec.unit] ?? 0;
  const needed = (values) => {
    const [atZero, atOne] = atZeroAndOne(difference, values, fact);
    if (atZero === null || atOne === null || atOne === atZero) return null;
    const slope = atOne - atZero;
    const need = smallestStep(sign, -atZero / slope, slope, spec);
    const tooFar = need === null || need < (spec.min ?? 0) || (spec.type === 'percent' && need > 100);
    return tooFar ? null : need;
  };
  return (values) => {
    const have = values[fact];
    const need = have === null ? null : needed(values);
    if (need === null) return null;
    const distance = rounded(Math.abs(need - have), 6);
    const near = Math.max(NEAR_SHARE * Math.max(Math.abs(need), Math.abs(have)), tolerance);
    return distance > 0 && distance <= near ? [{ fact, have, need, distance, by: null }] : null;
  };
}

export function atZeroAndOne(difference, values, fact) {
  return [0, 1].map((x) => difference(having(values, fact, x), FIRST_DAY));
}

/** The value nearest to the edge that satisfies the comparison, in whole steps of the fact. */
function smallestStep(sign, exact, slope, spec) {
  if (sign === '<>') return null;
  const step = spec.type === 'count' || spec.type === 'money' ? 1 : 0.01;
  const upward = (slope > 0 ? ['>', '>='] : ['<', '<=']).includes(sign);
  const edge = rounded(exact / step, 6);
  if (sign === '=') return Number.isInteger(edge) ? edge * step : null;
  let whole = upward ? Math.ceil(edge) : Math.floor(edge);
  if ((sign === '<' || sign === '>') && whole === edge) whole += upward ? 1 : -1;
  return rounded(whole * step, 6);
}
