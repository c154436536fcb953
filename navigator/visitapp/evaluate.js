/**
 * Assesses one enterprise in the browser exactly as `navigator.matching.assess` does on the server, from the JSON of
 * `navigator.matching.portable.program`. It draws nothing, keeps nothing of an enterprise and asks no network.
 */

import { bundleOf, offersOf } from './bundle.js';
import { cents } from './calculus.js';
import { waysOf } from './nearmiss.js';
import { questionsFor } from './questions.js';
import { Rules } from './rules.js';

// What a day decides

function periodOn(measure, asOf) {
  if (measure.from && asOf < measure.from) return 'not_yet';
  if (measure.to && asOf > measure.to) return 'expired';
  if (measure.unverified || (measure.sure_until && asOf > measure.sure_until)) return 'unverified';
  return 'in_force';
}

function applyState(measure, asOf) {
  if (measure.windows === null) return 'unknown';
  if (!measure.windows.length) return 'always';
  if (measure.windows.some(([from, to]) => (!from || from <= asOf) && (!to || asOf <= to))) return 'open';
  return measure.windows.some(([from]) => from && from > asOf) ? 'opens' : 'closed';
}

// One enterprise on one day

const STATUS_OF = new Map([
  [true, 'eligible'],
  [false, 'not_eligible'],
  [null, 'needs_info'],
]);

class Enterprise {
  constructor(rules, profile, asOf) {
    this.rules = rules;
    this.asOf = asOf;
    this.given = rules.read(profile);
    this.completed = rules.complete(this.given);
    this.values = this.completed.values;
    this.truths = new Map(rules.tested.map((node) => [node, rules.test[node](this.values, asOf)]));
    this.opened = new Map();
    this.after = new Map();
  }

  result(measure) {
    const outcomes = measure.conditions.map((node) => this.truths.get(node));
    const whole = outcomes.includes(false) ? false : outcomes.includes(null) ? null : true;
    const outcome = STATUS_OF.get(whole);
    const period = periodOn(measure, this.asOf);
    return {
      id: measure.id,
      status: period === 'in_force' ? outcome : period,
      outcome,
      in_force: period === 'in_force',
      apply_state: applyState(measure, this.asOf),
      conditions: measure.conditions.map((node) => this.condition(node)),
      missing: whole === null ? this.missing(measure) : [],
      ...this.nearMiss(measure, whole),
      estimate: this.estimate(measure, this.values, this.asOf),
      estimate_kind: measure.estimate_kind,
      per: measure.per,
      to_confirm: measure.to_confirm,
    };
  }

  estimate(measure, values, asOf) {
    return measure.estimate === null ? null : cents(this.rules.test[measure.estimate](values, asOf));
  }

  condition(node) {
    const actual = {};
    for (const fact of this.rules.factsOf(node)) actual[this.rules.facts[fact].name] = this.values[fact];
    return { outcome: this.truths.get(node), actual };
  }

  missing(measure) {
    const found = new Set();
    for (const node of measure.conditions) {
      if (this.truths.get(node) !== null) continue;
      const facts = new Set();
      this.rules.collect(node, this.values, this.asOf, facts);
      for (const fact of this.rules.askable(facts, this.values, this.asOf, this.opened)) found.add(fact);
    }
    return [...found].map((fact) => this.rules.facts[fact].name);
  }

  /** Changes that together leave no condition failed while the measure is in force, and the estimate that follows. */
  nearMiss(measure, whole) {
    const none = { near_miss: [], near_estimate: null };
    const failed = measure.conditions.filter((node) => this.truths.get(node) === false);
    if (whole !== false || failed.some((node) => !this.rules.changeable.get(node))) return none;
    const found = new Map();
    for (const node of failed) {
      const changes = waysOf(this.rules, node, true)(this.values, this.asOf);
      if (!changes?.length) return none;
      for (const change of changes) {
        const other = found.get(change.fact);
        if (!other || (change.distance ?? 0) > (other.distance ?? 0)) found.set(change.fact, change);
      }
    }
    const changes = [...found.values()];
    const after = this.afterChanges(measure, changes);
    const stillFails = (node) => this.rules.test[node](after.values, after.day) === false;
    if (!after || measure.conditions.some(stillFails)) return none;
    return {
      near_miss: changes.map((change) => ({ ...change, fact: this.rules.facts[change.fact].name })),
      near_estimate: this.estimate(measure, after.values, after.day),
    };
  }

  /** The enterprise on the day the changes allow; null where they contradict facts or the measure is over by then. */
  afterChanges(measure, changes) {
    const day = changes.reduce((latest, { by }) => (by && by > latest ? by : latest), this.asOf);
    if (measure.to && this.asOf <= measure.to && measure.to < day) return null;
    const made = changes.filter(({ by }) => !by);
    const answers = made.map(({ fact, need }) => [fact, Array.isArray(need) ? need[0] : need]);
    const key = JSON.stringify([day, answers]);
    if (!this.after.has(key)) {
      const given = this.given.map((value, fact) => (value === null ? null : this.values[fact]));
      for (const [fact, value] of answers) given[fact] = value;
      const { values, contradictions } = this.rules.complete(given);
      const isWorse = contradictions.length > this.completed.contradictions.length;
      this.after.set(key, isWorse ? null : { values, day });
    }
    return this.after.get(key);
  }

  commitments() {
    const concerns = ({ test }) =>
      typeof test === 'number' ? this.rules.test[test](this.values, this.asOf) === true : test;
    return this.rules.program.commitments.filter(concerns).map(({ number, why }) => ({ number, why }));
  }
}

const prepared = new WeakMap();

function rulesOf(program) {
  if (!prepared.has(program)) prepared.set(program, new Rules(program));
  return prepared.get(program);
}

/**
 * Everything that can be said of one enterprise on one day.
 *
 * `program`: of `navigator.matching.portable`, not changed between calls. `facts`: a flat profile, fact -> value, dates as
 * ISO text; what is absent or null is unknown. `asOf`: an ISO day.
 *
 * Gives {measures: [{id, status, outcome, in_force, apply_state, conditions: [{outcome, actual: {fact: value}}], missing,
 * near_miss: [{fact, have, need, distance, by}], near_estimate, estimate, estimate_kind, per, to_confirm}], questions:
 * [{fact, question, decides, weight}] (the best first), bundle: {ids, total, set_aside, capped}, total: {low, high,
 * if_confirmed} (yuan in twelve months, as the bundle counts them), no_application: [id], commitments: [{number, why}],
 * contradictions: [{fact, given, concluded, because}]}.
 */
export function evaluate(program, facts, asOf) {
  const rules = rulesOf(program);
  const enterprise = new Enterprise(rules, facts, asOf);
  const measures = rules.measures.map((measure) => enterprise.result(measure));
  const { given, values, truths } = enterprise;
  const bundle = bundleOf(offersOf(rules, measures, values, asOf));
  const isFree = (result, place) => result.status === 'eligible' && rules.measures[place].no_application;
  return {
    measures,
    questions: questionsFor(rules, given, values, measures, truths, asOf),
    bundle,
    total: bundle.total,
    no_application: measures.filter(isFree).map(({ id }) => id),
    commitments: enterprise.commitments(),
    contradictions: enterprise.completed.contradictions,
  };
}
