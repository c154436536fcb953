/**
 * Questions: which unknown fact, once answered, decides most, as `navigator.matching.questions` finds them.
 */

import { FIRST_DAY, dayAt, ordinalOf, rounded } from './calculus.js';
import { TESTS, arithmetic } from './language.js';
import { atZeroAndOne } from './nearmiss.js';
import { having } from './rules.js';

const FAR = 1e15;
const TYPES_OF_LISTED = ['bool', 'choice'];

/** For each fact of a predicate, the nodes that mention it and where the truth of each may change. */
function edgesByFact(rules, place) {
  if (!rules.edges.has(place)) {
    const found = new Map(rules.factsIn(place).map((fact) => [fact, new Map()]));
    for (const part of rules.walk(place)) {
      const [kind, first] = rules.nodes[part];
      const isTest = kind in TESTS || kind === 'in' || kind === 'prefix';
      if (!isTest && !(kind === 'fact' && rules.facts[first].type === 'bool')) continue;
      const names = rules.factsIn(part);
      for (const fact of names) {
        const moves = rules.facts[fact].type === 'date' || names.length > 1;
        found.get(fact).set(part, { find: edgesOf(rules, part, fact), moves });
      }
    }
    rules.edges.set(place, found);
  }
  return rules.edges.get(place);
}

function edgesOf(rules, place, fact) {
  const [kind, first, second] = rules.nodes[place];
  const spec = rules.facts[fact];
  if (kind === 'fact') return () => [true, false];
  if (kind === 'prefix') return () => second;
  if (spec.type === 'date') {
    const isLeft = rules.nodes[first][0] === 'fact' && rules.nodes[first][1] === fact;
    const day = rules.test[isLeft ? second : first];
    return (values, asOf) => [day(values, asOf)];
  }
  if (spec.type === 'choice') return () => spec.values;
  const constants = [...rules.walk(place)]
    .filter((part) => rules.nodes[part][0] === 'const' && typeof rules.nodes[part][1] === 'number')
    .map((part) => rules.nodes[part][1]);
  if (kind === 'in') return () => [...constants, ...second];
  return crossing(arithmetic('-', rules.test[first], rules.test[second]), fact, constants);
}

/** Where the two sides of a comparison of numbers meet when one fact moves and the others stay. */
function crossing(difference, fact, constants) {
  return (values) => {
    const [start, afterOne] = atZeroAndOne(difference, values, fact);
    if (start === null || afterOne === null || start === afterOne) return constants;
    const exact = start / (start - afterOne);
    return [...constants, exact, rounded(exact, 6)];
  };
}

/** Possible answers: the edges, what lies beyond and between them. A known code is only made finer. */
function answersTo(spec, edges, have) {
  const kept = [...new Set(edges.filter((edge) => edge !== null))];
  if (TYPES_OF_LISTED.includes(spec.type)) return kept;
  if (spec.type === 'code') return codesTo(spec, kept, have ?? '');
  if (spec.type === 'date')
    return kept.flatMap((day) => [-1, 0, 1].map((step) => dayAt(ordinalOf(day) + step))).filter((day) => day !== null);
  const low = spec.min ?? 0;
  const high = spec.type === 'percent' ? 100 : FAR;
  const inside = kept.filter((edge) => low <= edge && edge <= high).sort((a, b) => a - b);
  if (spec.type === 'count') {
    const around = inside.flatMap((x) => [Math.ceil(x) - 1, Math.floor(x), Math.ceil(x), Math.floor(x) + 1]);
    return [low, high, ...around.filter((x) => low <= x && x <= high)];
  }
  const ends = [low, ...inside, high];
  return [low, high, ...inside, ...ends.slice(1).map((end, place) => (ends[place] + end) / 2)];
}

/** The prefixes, one code outside all, and inside each prefix that others refine one code outside those. */
function codesTo(spec, prefixes, have) {
  const known = prefixes.filter((prefix) => prefix.startsWith(have)).concat(have ? [have] : []);
  const found = new Set(known);
  for (const prefix of known) {
    const finer = prefixes.filter((other) => other.startsWith(prefix) && other !== prefix);
    const taken = new Set(finer.map((other) => other[prefix.length]));
    const free = [...'0123456789'].find((digit) => !taken.has(digit));
    if (finer.length && free !== undefined) found.add(prefix + free);
  }
  const isOutside = (code) => !prefixes.some((prefix) => prefix.slice(0, code.length) === code);
  const outside = have ? undefined : spec.outside.find(isOutside);
  if (outside !== undefined) found.add(outside);
  return [...found];
}

/** What a fact is asked for in one measure: the conditions an answer may change, and the answers worth trying. */
function whatIsAsked(rules, number, fact) {
  const key = `${number} ${fact}`;
  if (!rules.asked.has(key)) {
    const { conditions } = rules.measures[number];
    const changed = new Set([fact, ...rules.concludedFrom[fact]]);
    const places = conditions.map((_, place) => place);
    const touched = places.filter((place) => rules.factsIn(conditions[place]).some((name) => changed.has(name)));
    const tests = touched.map((place) => conditions[place]);
    const edges = edgesFor(rules, conditions, fact);
    const alike = JSON.stringify([fact, tests, [...edges.keys()].sort((a, b) => a - b)]);
    if (!rules.alike.has(alike)) rules.alike.set(alike, new Asked(rules, fact, tests, [...edges.values()]));
    rules.asked.set(key, { asked: rules.alike.get(alike), touched: new Set(touched) });
  }
  return rules.asked.get(key);
}

/** From the conditions, and every conclusion their facts may follow from. */
function edgesFor(rules, conditions, fact) {
  const found = new Map();
  const take = (node) => edgesByFact(rules, node).get(fact)?.forEach((edge, part) => found.set(part, edge));
  conditions.forEach(take);
  const pending = rules.factsIn(...conditions);
  const wanted = new Set(pending);
  while (pending.length) {
    const name = pending.pop();
    for (const { node } of rules.conclusions.filter((one) => one.fact === name)) {
      take(node);
      for (const source of rules.factsIn(node)) {
        if (!wanted.has(source)) pending.push(source);
        wanted.add(source);
      }
    }
  }
  return found;
}

class Asked {
  constructor(rules, fact, tests, edges) {
    this.rules = rules;
    this.fact = fact;
    this.tests = tests.map((node) => rules.test[node]);
    this.facts = rules.factsIn(...tests);
    this.edges = edges;
    const spec = rules.facts[fact];
    const staysAsAnswered = spec.type !== 'code' || !spec.concluded;
    /** Whether the answer alone, with nothing that follows from it, enters the conditions. */
    this.isAlone = staysAsAnswered && !this.facts.some((name) => rules.concludedFrom[fact].has(name));
    this.fixed = edges.some((edge) => edge.moves) ? null : this.found([], FIRST_DAY, null);
  }

  answers(values, asOf) {
    const have = values[this.fact];
    return this.fixed && have === null ? this.fixed : this.found(values, asOf, have);
  }

  found(values, asOf, have) {
    const known = values.length ? values : new Array(this.rules.facts.length).fill(null);
    return answersTo(
      this.rules.facts[this.fact],
      this.edges.flatMap((edge) => edge.find(known, asOf)),
      have,
    );
  }

  /** What the conditions come to, for one answer after the other that makes a difference to them. */
  *outcomes(known) {
    const { values, asOf } = known;
    const tried = new Set();
    for (const answer of this.answers(values, asOf)) {
      const following = this.isAlone ? having(values, this.fact, answer) : known.having(this.fact, answer);
      const key = this.isAlone ? null : JSON.stringify(this.facts.map((name) => following[name]));
      if (tried.has(key)) continue;
      if (key !== null) tried.add(key);
      yield this.tests.map((test) => test(following, asOf));
    }
  }
}

/** An enterprise as it is known, and with one more answer; what follows from an answer is worked out once. */
class Known {
  constructor(rules, given, values, asOf) {
    this.rules = rules;
    this.given = given;
    this.values = values;
    this.asOf = asOf;
    this.made = rules.facts.map(() => null);
  }

  having(fact, answer) {
    const made = (this.made[fact] ??= new Map());
    if (!made.has(answer)) made.set(answer, this.rules.withAnswer(this.values, this.given, fact, answer));
    return made.get(answer);
  }
}

/** The answers to one question, tried one after the other as far as somebody must know. */
class Trial {
  constructor(outcomes) {
    this.outcomes = outcomes;
    this.refuses = this.settles = false;
  }

  /** Whether some answer fails a condition, or, where that is enough, settles all it may change. */
  decides(settlingDecides) {
    while (!(this.refuses || (settlingDecides && this.settles))) {
      const { value, done } = this.outcomes.next();
      if (done) return false;
      this.refuses = value.includes(false);
      this.settles ||= !value.includes(null);
    }
    return true;
  }
}

function weightOf(measure, estimate) {
  if (estimate === null || !measure.yearly) return measure.usual;
  return Math.max(Math.max(estimate, 0) * measure.yearly, 500);
}

export function questionsFor(rules, given, values, results, truths, asOf) {
  const known = new Known(rules, given, values, asOf);
  const decided = new Map();
  const trials = new Map();
  results.forEach((result, number) => {
    if (result.status !== 'needs_info') return;
    const { conditions } = rules.measures[number];
    const undecided = conditions.map((_, place) => place).filter((place) => truths.get(conditions[place]) === null);
    for (const fact of result.missing.map((name) => rules.placeOf.get(name))) {
      const { asked, touched } = whatIsAsked(rules, number, fact);
      if (!trials.has(asked)) trials.set(asked, new Trial(asked.outcomes(known)));
      if (!trials.get(asked).decides(undecided.every((place) => touched.has(place)))) continue;
      const one = decided.get(fact) ?? { decides: 0, weight: 0 };
      one.decides += 1;
      one.weight += weightOf(rules.measures[number], result.estimate);
      decided.set(fact, one);
    }
  });
  const found = [...decided].map(([fact, { decides, weight }]) => {
    return { fact: rules.facts[fact].name, question: rules.facts[fact].question, decides, weight };
  });
  return found.sort((a, b) => b.weight - a.weight || b.decides - a.decides);
}
