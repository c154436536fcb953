/**
 * The bundle: the best admissible combination of eligible measures, as `navigator.matching.bundle` finds it.
 */

import { exactSum, rounded } from './calculus.js';

const yearlyMoney = (measure, estimate, state) =>
  estimate === null || state === 'closed' ? 0 : Math.max(estimate, 0) * measure.yearly;

export function offersOf(rules, results, values, asOf) {
  const eligible = rules.measures.map((measure, place) => [measure, results[place]]);
  return eligible
    .filter(([, result]) => result.status === 'eligible')
    .map(([measure, result]) => {
      const limit = measure.cap ? rules.test[measure.cap.amount](values, asOf) : null;
      const money = yearlyMoney(measure, result.estimate, result.apply_state);
      return { id: measure.id, measure, money, cap: limit === null ? null : measure.cap.name, limit };
    });
}

function rivalsAmong(offers) {
  const rivals = new Map(offers.map((offer) => [offer.id, new Set()]));
  const groups = new Map();
  for (const { id, measure } of offers) {
    for (const other of measure.conflicts_with) {
      if (!rivals.has(other) || other === id) continue;
      rivals.get(id).add(other);
      rivals.get(other).add(id);
    }
    if (measure.best_of) groups.set(measure.best_of, [...(groups.get(measure.best_of) ?? []), id]);
  }
  for (const group of groups.values())
    for (const id of group) for (const other of group) if (other !== id) rivals.get(id).add(other);
  return rivals;
}

function limitsOf(offers) {
  const limits = new Map();
  for (const { cap, limit } of offers)
    if (cap) limits.set(cap, Math.min(limits.get(cap) ?? Infinity, Math.max(limit, 0)));
  return limits;
}

const among = (names, wanted) => new Set([...names].filter(wanted));
const only = (names, rivals) => {
  const kept = [...rivals].filter(([id]) => names.has(id));
  return new Map(kept.map(([id, others]) => [id, among(others, (one) => names.has(one))]));
};

/** What offers bring together: under each shared cap no more than the cap. */
function sumOf(offers, limits) {
  const sums = new Map();
  for (const { cap, money } of offers) sums.set(cap, [...(sums.get(cap) ?? []), money]);
  return exactSum([...sums].map(([cap, parts]) => Math.min(exactSum(parts), cap ? limits.get(cap) : Infinity)));
}

/** The admissible subset with most money, then most measures, then the earliest: each connected group by itself. */
class Search {
  constructor(offers) {
    this.offers = new Map(offers.map((offer) => [offer.id, offer]));
  }

  best(rivals, left) {
    const chosen = new Set();
    for (const group of this.groups(rivals, left)) for (const id of this.bestOfGroup(group, left)) chosen.add(id);
    return chosen;
  }

  /** Connected by rivalry or by a cap that can bind. */
  groups(rivals, left) {
    const beside = this.underOneCap(rivals, left);
    const groups = [];
    const seen = new Set();
    for (const start of rivals.keys()) {
      if (seen.has(start)) continue;
      const group = new Set();
      const pending = [start];
      while (pending.length) {
        const id = pending.pop();
        if (group.has(id)) continue;
        group.add(id);
        pending.push(...rivals.get(id), ...(beside.get(this.offers.get(id).cap) ?? []));
      }
      for (const id of group) seen.add(id);
      groups.push(only(group, rivals));
    }
    return groups;
  }

  underOneCap(rivals, left) {
    const members = new Map();
    for (const id of rivals.keys()) {
      const { cap } = this.offers.get(id);
      if (cap) members.set(cap, [...(members.get(cap) ?? []), id]);
    }
    const binds = ([cap, ids]) => exactSum(ids.map((id) => this.offers.get(id).money)) > left.get(cap);
    return new Map([...members].filter(binds));
  }

  bestOfGroup(group, left) {
    const ids = [...group.keys()];
    const pivot = ids.reduce((best, id) => (group.get(id).size > group.get(best).size ? id : best));
    if (!group.get(pivot).size) return new Set(ids);
    const others = among(ids, (id) => id !== pivot);
    const without = this.best(only(others, group), left);
    const { cap, money } = this.offers.get(pivot);
    const after = cap ? new Map(left).set(cap, Math.max(left.get(cap) - money, 0)) : left;
    const within = this.best(only(among(others, (id) => !group.get(pivot).has(id)), group), after).add(pivot);
    return this.isWorthMore(without, within, ids, left) ? without : within;
  }

  isWorthMore(names, others, ids, left) {
    const worth = (chosen) => rounded(sumOf([...chosen].map((id) => this.offers.get(id)), left), 2);
    const difference = worth(names) - worth(others) || names.size - others.size;
    if (difference) return difference > 0;
    const first = ids.find((id) => names.has(id) !== others.has(id));
    return first !== undefined && names.has(first);
  }
}

export function bundleOf(offers) {
  const rivals = rivalsAmong(offers);
  const limits = limitsOf(offers);
  const bound = offers.filter((offer) => rivals.get(offer.id).size || offer.cap);
  const chosen = new Search(bound).best(new Map(bound.map(({ id }) => [id, rivals.get(id)])), limits);
  const givenWay = new Set(bound.map(({ id }) => id).filter((id) => !chosen.has(id)));
  const kept = offers.filter(({ id }) => !givenWay.has(id));
  const total = (counts) => rounded(sumOf(kept.filter(({ measure }) => counts(measure)), limits), 2);
  return {
    ids: kept.map(({ id }) => id),
    total: {
      low: total((one) => !one.to_confirm && one.estimate_kind === 'exact'),
      high: total((one) => !one.to_confirm),
      if_confirmed: total(() => true),
    },
    set_aside: bound.filter(({ id }) => givenWay.has(id)).map((offer) => setAside(offer, kept, rivals)),
    capped: [...limits].map(([cap, limit]) => cappedBy(cap, limit, kept)).filter((one) => one.cut > 0),
  };
}

function setAside({ id, measure }, kept, rivals) {
  const other = kept.find((one) => rivals.get(id).has(one.id)).measure;
  const isSameGroup = measure.best_of && measure.best_of === other.best_of;
  return { id, because: `和“${other.name}”${isSameGroup ? '只能取最好的一项' : '不能同时享受'}` };
}

function cappedBy(cap, limit, kept) {
  const under = kept.filter((offer) => offer.cap === cap && offer.money);
  const cut = rounded(exactSum(under.map(({ money }) => money)) - limit, 2);
  return { ids: under.map(({ id }) => id), what: under[0]?.measure.cap.what ?? cap, cap: limit, cut };
}
