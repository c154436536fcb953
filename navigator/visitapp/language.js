/**
 * The predicate language in the browser, as `navigator.matching.language` has it: a written node becomes a function
 * (values, asOf) -> true, false, number, text, or null for unknown, by closures alone; no text is ever run.
 */

import { moved } from './calculus.js';

export const TESTS = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
export const NEGATED = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '=': '<>', '<>': '=' };
export const SUMS = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b };

/** The most frequent test of all, without a call for each side. */
const TESTS_OF_FACT = {
  '=': (fact, constant) => (values) => (values[fact] === null ? null : values[fact] === constant),
  '<>': (fact, constant) => (values) => (values[fact] === null ? null : values[fact] !== constant),
  '<': (fact, constant) => (values) => (values[fact] === null ? null : values[fact] < constant),
  '<=': (fact, constant) => (values) => (values[fact] === null ? null : values[fact] <= constant),
  '>': (fact, constant) => (values) => (values[fact] === null ? null : values[fact] > constant),
  '>=': (fact, constant) => (values) => (values[fact] === null ? null : values[fact] >= constant),
};

export function comparison(sign, left, right) {
  const test = TESTS[sign];
  return (values, asOf) => {
    const a = left(values, asOf);
    const b = right(values, asOf);
    return a === null || b === null ? null : test(a, b);
  };
}

export function arithmetic(sign, left, right) {
  const combine = SUMS[sign];
  return (values, asOf) => {
    const a = left(values, asOf);
    const b = right(values, asOf);
    if (a === null || b === null) return null;
    const found = combine(a, b);
    return Number.isFinite(found) ? found : null;
  };
}

function dayNode(base, years, months, days) {
  let asked = null;
  let found = null;
  return (_, asOf) => {
    if (asked !== asOf) [asked, found] = [asOf, moved(base ?? asOf, years, months, days)];
    return found;
  };
}

function prefixNode(code, prefixes) {
  return (values, asOf) => {
    const have = code(values, asOf);
    if (have === null) return null;
    if (prefixes.some((prefix) => have.startsWith(prefix))) return true;
    return prefixes.some((prefix) => prefix.startsWith(have)) ? null : false;
  };
}

function chain(items, decidedBy) {
  return (values, asOf) => {
    let unknown = false;
    for (let place = 0; place < items.length; place++) {
      const found = items[place](values, asOf);
      if (found === decidedBy) return decidedBy;
      if (found === null) unknown = true;
    }
    return unknown ? null : !decidedBy;
  };
}

function extreme(choose, items) {
  return (values, asOf) => {
    const found = items.map((item) => item(values, asOf));
    return found.includes(null) ? null : choose(...found);
  };
}

/** Unknown where any fact, test or result in the whole is, taken or not. */
function caseNode(places, branches, otherwise) {
  return (values, asOf) => {
    if (places.some((place) => values[place] === null)) return null;
    const last = otherwise(values, asOf);
    const tried = branches.map((pair) => pair.map((part) => part(values, asOf)));
    if (last === null || tried.some((pair) => pair.includes(null))) return null;
    return (tried.find(([passed]) => passed) ?? [true, last])[1];
  };
}

/** The function of one written node; `made` are those of the nodes before it, `facts` the places of those in it. */
export function compiled(place, nodes, made, facts) {
  const [kind, ...parts] = nodes[place];
  const [first, second] = parts;
  const all = (places) => places.map((place) => made[place]);
  if (kind in TESTS && nodes[first][0] === 'fact' && nodes[second][0] === 'const')
    return TESTS_OF_FACT[kind](nodes[first][1], nodes[second][1]);
  if (kind in TESTS) return comparison(kind, made[first], made[second]);
  if (kind in SUMS) return arithmetic(kind, made[first], made[second]);
  switch (kind) {
    case 'fact':
      return (values) => values[first];
    case 'const':
      return () => first;
    case 'day':
      return dayNode(...parts);
    case 'in': {
      const item = made[first];
      return (values, asOf) => {
        const found = item(values, asOf);
        return found === null ? null : second.includes(found);
      };
    }
    case 'prefix':
      return prefixNode(made[first], second);
    case 'not': {
      const item = made[first];
      return (values, asOf) => {
        const found = item(values, asOf);
        return found === null ? null : !found;
      };
    }
    case 'and':
    case 'or':
      return chain(all(first), kind === 'or');
    case 'least':
    case 'greatest':
      return extreme(kind === 'least' ? Math.min : Math.max, all(first));
    case 'case':
      return caseNode(facts, first.map(all), made[second]);
  }
  throw new Error(`no such node: ${kind}`);
}

/** The places of the parts of a written node, in order. */
export function partsOf([kind, first, second]) {
  if (kind in TESTS || kind in SUMS) return [first, second];
  if (kind === 'in' || kind === 'prefix' || kind === 'not') return [first];
  if (kind === 'case') return [...first.flat(), second];
  return kind === 'and' || kind === 'or' || kind === 'least' || kind === 'greatest' ? first : [];
}
