/**
 * A program of `navigator.matching.portable`, prepared once: its nodes as functions, what follows from the facts of an
 * enterprise, and which unknown facts keep a node undecided. An enterprise is an array of values, one for each fact.
 */

import { FIRST_DAY } from './calculus.js';
import { compiled, partsOf } from './language.js';

/** The same values with another one for a fact. */
export function having(values, fact, value) {
  const changed = values.slice();
  changed[fact] = value;
  return changed;
}

const KNOWN_DAY = FIRST_DAY; // completing facts depends on no day

export class Rules {
  constructor(program) {
    this.program = program;
    this.facts = program.facts;
    this.placeOf = new Map(program.facts.map((spec, place) => [spec.name, place]));
    this.nodes = program.nodes;
    this.mentioned = new Map();
    this.test = [];
    this.nodes.forEach((_, place) => this.test.push(compiled(place, this.nodes, this.test, this.factsOf(place))));
    this.conclusions = program.conclusions.map(([fact, value, node, because]) => {
      return { fact, value, node, because, test: this.test[node], isCode: this.facts[fact].type === 'code' };
    });
    this.concludedFrom = program.concluded_from.map((found) => new Set(found));
    this.concluding = program.facts.map((_, fact) =>
      this.conclusions.filter((one) => one.fact === fact || this.concludedFrom[fact].has(one.fact)),
    );
    this.opening = new Map(program.opening);
    this.measures = program.measures;
    this.tested = [...new Set(this.measures.flatMap((one) => one.conditions))];
    this.changeable = new Map(this.tested.map((node) => [node, this.isChangeable(node)]));
    this.ways = new Map();
    this.edges = new Map();
    this.asked = new Map();
    this.alike = new Map();
  }

  /** A node and all below it, parents first, as often as they stand there. */
  *walk(place) {
    yield place;
    for (const part of partsOf(this.nodes[place])) yield* this.walk(part);
  }

  /** The places of the facts in trees, in order of first appearance. */
  factsIn(...places) {
    return [...new Set(places.flatMap((place) => this.factsOf(place)))];
  }

  factsOf(place) {
    if (!this.mentioned.has(place)) {
      const [kind, first] = this.nodes[place];
      const found = kind === 'fact' ? [first] : this.factsIn(...partsOf(this.nodes[place]));
      this.mentioned.set(place, found);
    }
    return this.mentioned.get(place);
  }

  isChangeable(node) {
    return this.factsIn(node).some((fact) => this.facts[fact].actionable || this.facts[fact].type === 'date');
  }

  /** The values of a flat profile; what is blank, not finite or no fact of the program is unknown. */
  read(profile) {
    const values = new Array(this.facts.length).fill(null);
    for (const [name, value] of Object.entries(profile)) {
      const place = this.placeOf.get(name);
      const isBlank = value === null || value === undefined || (typeof value === 'string' && !value.trim());
      const isOpen = isBlank || (typeof value === 'number' && !Number.isFinite(value));
      if (place !== undefined && !isOpen) values[place] = value;
    }
    return values;
  }

  /** What is given with everything that follows from it, and where the given contradicts that. */
  complete(given) {
    const values = given.slice();
    let contradictions;
    let grew;
    do {
      contradictions = new Map();
      grew = this.conclude(values, contradictions);
    } while (grew && !this.program.in_order);
    return { values, contradictions: [...contradictions.values()] };
  }

  conclude(values, contradictions) {
    let grew = false;
    for (const { fact, value, test, isCode, because } of this.conclusions) {
      const have = values[fact];
      if (have === value || test(values, KNOWN_DAY) !== true) continue;
      if (have === null || (isCode && value.startsWith(have))) {
        values[fact] = value;
        grew = true;
      } else if (!isCode || !have.startsWith(value)) {
        const key = JSON.stringify([fact, have, value, because]);
        contradictions.set(key, { fact: this.facts[fact].name, given: have, concluded: value, because });
      }
    }
    return grew;
  }

  /** What is known with one more answer: `complete` of the given with it, found from the completed values. */
  withAnswer(values, given, fact, answer) {
    if (!this.program.in_order) return this.complete(having(given, fact, answer)).values;
    const following = having(values, fact, answer);
    for (const name of this.concludedFrom[fact]) following[name] = given[name];
    for (const one of this.concluding[fact]) {
      const have = following[one.fact];
      const isOpen = have === null || (one.isCode && have !== one.value && one.value.startsWith(have));
      if (isOpen && one.test(following, KNOWN_DAY) === true) following[one.fact] = one.value;
    }
    return following;
  }

  /** Adds the facts that keep a node unknown to an ordered set; none where it is decided. */
  collect(place, values, asOf, found) {
    const [kind, first] = this.nodes[place];
    if (kind === 'not') {
      this.collect(first, values, asOf, found);
    } else if (kind === 'and' || kind === 'or') {
      if (this.test[place](values, asOf) !== null) return;
      for (const item of first) this.collect(item, values, asOf, found);
    } else if (kind === 'prefix') {
      if (this.test[place](values, asOf) === null) found.add(this.nodes[first][1]);
    } else {
      for (const fact of this.factsOf(place)) if (values[fact] === null) found.add(fact);
    }
  }

  /** Facts in order, each in whose place others are to be asked replaced by those; `opened` keeps what was found. */
  askable(facts, values, asOf, opened) {
    const found = new Set();
    for (const fact of facts) {
      if (!opened.has(fact)) opened.set(fact, this.open(fact, values, asOf, opened));
      for (const one of opened.get(fact)) found.add(one);
    }
    return found;
  }

  open(fact, values, asOf, opened) {
    const sources = new Set();
    for (const node of this.opening.get(fact) ?? []) this.collect(node, values, asOf, sources);
    return sources.size ? [...this.askable(sources, values, asOf, opened)] : [fact];
  }
}
