// What is written to a pack on this device: answers, records, appeals, photos, half-filled forms. Everything goes locked into the storage.

import { holdAlone } from './storage.js';
import { today } from './values.js';

export const ORDER = { facts: 0, visit: 1, appeal: 2, photo: 3 };

/** One unlocked pack and all that was written to it. */
export class Work {
  #storage;
  #vault;
  #writing = Promise.resolve();
  #docs = new Map();
  #release = () => null;

  constructor(storage, vault, id, pack) {
    this.#storage = storage;
    this.#vault = vault;
    this.id = id;
    this.pack = pack;
    this.damaged = 0;
  }

  /** Unlock a pack with a passphrase; throws a sentence where it is the wrong one. */
  static async open(storage, vault, { id, sealed }) {
    const work = new Work(storage, vault, id, await vault.open(sealed, `pack:${id}`));
    work.#release = await holdAlone(id);
    for (const one of await storage.kept(id)) {
      try {
        work.#docs.set(one.id, await vault.open(one.sealed, `kept:${one.id}`));
      } catch {
        work.damaged += 1; // what else was written must still open
      }
    }
    return work;
  }

  /** The same passphrase for something that leaves the device. */
  vaultForFile() {
    return this.#vault.again();
  }

  /** Lets another window open the pack, once everything is in the storage; what could not be stored was told. */
  async close() {
    await this.#writing.catch(() => null);
    this.#release();
  }

  /** Waits until everything is in the storage. */
  settled() {
    return this.#writing;
  }

  docs() {
    return [...this.#docs.entries()].map(([id, doc]) => ({ id, ...doc }));
  }

  /** Keep a document; those written one after the other lie there in this order. */
  put(id, doc) {
    this.#docs.set(id, doc);
    this.#writing = this.#writing.catch(() => null).then(async () => {
      const sealed = await this.#vault.seal(doc, `kept:${id}`);
      await this.#storage.keep({ id, pack: this.id, sealed });
    });
    return this.#writing;
  }

  drop(id) {
    this.#docs.delete(id);
    this.#writing = this.#writing.catch(() => null).then(() => this.#storage.drop(id));
    return this.#writing;
  }

  // ---- answers

  /** Facts of an enterprise with all answers given here. */
  factsOf(firm) {
    const found = { ...firm.facts };
    for (const item of this.items(firm.id, 'facts')) Object.assign(found, item.item.facts);
    return Object.assign(found, this.#answers(firm.id)?.facts);
  }

  /** Answers given here, sent or not. */
  answersOf(firm) {
    const found = {};
    for (const item of this.items(firm.id, 'facts')) Object.assign(found, item.item.facts);
    return Object.assign(found, this.#answers(firm.id)?.facts);
  }

  answer(firm, fact, value, day) {
    const before = this.#answers(firm.id);
    const facts = { ...before?.facts };
    if (value === null) delete facts[fact];
    else facts[fact] = value;
    const id = before?.id ?? crypto.randomUUID();
    return Object.keys(facts).length ? this.put(id, { kind: 'answers', enterprise: firm.id, day, facts }) : this.drop(id);
  }

  #answers(enterprise) {
    return this.docs().find((doc) => doc.kind === 'answers' && doc.enterprise === enterprise);
  }

  // ---- records: what the server takes

  /** Items of an enterprise, in the order they were written; without one, of all. */
  items(enterprise = null, kind = null) {
    return this.docs()
      .filter((doc) => doc.kind === 'item' && (enterprise === null || doc.item.enterprise === enterprise))
      .filter((doc) => kind === null || doc.item.kind === kind)
      .sort((a, b) => a.at - b.at);
  }

  /** Keep an item; one that may have been sent already is not changed any more. */
  keepItem(item) {
    const before = this.#docs.get(item.id);
    if (before?.frozen) throw new Error('这一条已经带回或导出，不能再改；请另记一条');
    return this.put(item.id, { kind: 'item', item, at: before?.at ?? Date.now(), state: 'waiting', frozen: false, told: '' });
  }

  // ---- half-filled forms

  draft(enterprise, form) {
    return this.docs().find((doc) => doc.kind === 'draft' && doc.enterprise === enterprise && doc.form === form);
  }

  keepDraft(enterprise, form, values) {
    const id = this.draft(enterprise, form)?.id ?? crypto.randomUUID();
    return this.put(id, { kind: 'draft', enterprise, form, values });
  }

  dropDraft(enterprise, form) {
    const found = this.draft(enterprise, form);
    return found ? this.drop(found.id) : Promise.resolve();
  }

  // ---- going back

  /** What is to go back, frozen from now on: the same number always names the same content. */
  async freeze() {
    for (const doc of this.docs()) {
      if (doc.kind !== 'answers' || !Object.keys(doc.facts).length) continue;
      const firm = this.pack.enterprises.find((one) => one.id === doc.enterprise);
      const day = doc.day < today() ? doc.day : today(); // a clock that ran ahead
      const based_on = this.versionOf(firm);
      const item = { id: crypto.randomUUID(), kind: 'facts', enterprise: firm.id, day, based_on, facts: doc.facts };
      await this.keepItem(item);
      await this.drop(doc.id);
    }
    const waiting = this.#waiting();
    for (const doc of waiting) if (!doc.frozen) await this.#change(doc.id, { frozen: true, told: '' });
    return waiting.map((doc) => doc.item).sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
  }

  /** What became of items; those refused can be put right again, photos that arrived are not kept twice. */
  async settle(results) {
    for (const { id, outcome, told, conflicts, version } of results) {
      const doc = this.#docs.get(id);
      if (!doc) continue;
      if (outcome === 'refused') {
        await this.#refused(id, doc, told);
        continue;
      }
      const item = doc.item.kind === 'photo' ? { ...doc.item, data: '' } : doc.item;
      await this.#change(id, { item, state: 'done', told: conflicts ? `有 ${conflicts} 项和档案不一致，等您定` : '', version });
    }
  }

  /** Back to where it can be put right: answers among the answers, all else as the record it is. */
  async #refused(id, doc, told) {
    if (doc.item.kind !== 'facts') return this.#change(id, { frozen: false, state: 'refused', told });
    const { enterprise, day, facts } = doc.item;
    const before = this.#answers(enterprise);
    await this.put(before?.id ?? crypto.randomUUID(), { kind: 'answers', enterprise, day, told, facts: { ...facts, ...before?.facts } });
    return this.drop(id);
  }

  /** The version of the record that answers rest on: that of the pack, or of what went back last. */
  versionOf(firm) {
    return Math.max(firm.version, ...this.items(firm.id, 'facts').map((doc) => doc.version ?? 0));
  }

  /** How many records wait to go back. */
  waiting() {
    const answers = this.docs().filter((doc) => doc.kind === 'answers' && Object.keys(doc.facts).length);
    return answers.length + this.#waiting().length;
  }

  /** Without the photos of a record that is still being written. */
  #waiting() {
    const saved = new Set(this.items(null, 'visit').map((doc) => doc.item.id));
    return this.items().filter((doc) => doc.state !== 'done' && (doc.item.kind !== 'photo' || saved.has(doc.item.visit)));
  }

  #change(id, changes) {
    return this.put(id, { ...this.#docs.get(id), ...changes });
  }
}
