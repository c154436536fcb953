// The forms of a visit: its record with people, promises and photos, and an appeal. What is typed is kept while it is typed.

import { fromBase64, toBase64 } from './crypto.js';
import { button, choose, doing, el, field, tell } from './dom.js';
import { today } from './values.js';

const LONGEST_SIDE = 1_600;
const LARGEST = 1_500_000;
const QUALITIES = [0.82, 0.7, 0.5, 0.35];
const MOST_PHOTOS = 9;
const WAIT = 400;
const DAYS = { min: '2000-01-01', max: '2099-12-31' };

/** The record of a visit to an enterprise; `done` is called once it is kept or left. `doc` is one to be put right. */
export function visitForm(work, firm, doc, done) {
  const form = new Form(work, firm, 'visit', doc, { visited_on: today(), met: [{}], topics: [], other: '', words: '', promises: [{}] });
  const { values } = form;
  const topics = Object.entries(work.pack.choices.topics);
  return el('form', { class: 'card', 'aria-label': '走访记录', on: { submit: doing(save) } },
    el('h3', {}, '走访记录'),
    field('哪天走访的', form.box('visited_on', el('input', { type: 'date', required: true, ...DAYS }))),
    form.list('met', '见到的人', '再加一个人', (person) => [
      form.box('name', el('input', { 'aria-label': '姓名', placeholder: '姓名', maxlength: 64 }), person),
      form.box('role', el('input', { 'aria-label': '职务', placeholder: '职务', maxlength: 64 }), person),
      firm.example ? null : form.box('phone', el('input', { 'aria-label': '电话', placeholder: '电话（本人同意才留）', type: 'tel', maxlength: 40 }), person),
    ]),
    el('fieldset', {}, el('legend', {}, '谈了什么'), el('div', { class: 'ticks' }, topics.map(([id, label]) => form.tick('topics', id, label)))),
    field('其他话题', form.box('other', el('input', { maxlength: 200 }))),
    field('谈话记录', form.box('words', el('textarea', { rows: 5, maxlength: 4_000 }))),
    form.list('promises', '答应的事', '再加一件', (promise) => [
      form.box('words', el('input', { 'aria-label': '答应做什么', placeholder: '答应做什么', maxlength: 500 }), promise),
      form.box('due_on', el('input', { 'aria-label': '什么时候以前', type: 'date', ...DAYS }), promise),
    ]),
    photos(work, firm, values.id),
    el('div', { class: 'row' }, el('button', { type: 'submit', class: 'main' }, '存下这次走访'), button('先不写了', doing(() => form.leave(done)))),
  );

  async function save() {
    const promises = values.promises.filter((one) => one.words || one.due_on);
    if (!values.visited_on) throw new Error('没有填哪天走访的');
    if (!values.words.trim() && !values.topics.length && !values.other.trim()) throw new Error('没有写谈了什么：选一个话题，或者写几句');
    if (promises.some((one) => !one.words || !one.due_on)) throw new Error('答应的事要写做什么、什么时候以前');
    const met = values.met.filter((one) => one.name || one.role || one.phone).map(({ name = '', role = '', phone = '' }) => ({ name, role, phone }));
    const { id, visited_on, topics, other, words } = values;
    const item = { id, kind: 'visit', enterprise: firm.id, visited_on, met, topics, other, words, promises };
    await form.keep(item);
    tell('走访记录存在这台设备上了，回来再带回');
    done();
  }
}

/** An appeal of an enterprise. */
export function appealForm(work, firm, doc, done) {
  const form = new Form(work, firm, 'appeal', doc, { field: '', title: '', text: '', raised_on: today() });
  const { values } = form;
  const fields = [['', '请选'], ...Object.entries(work.pack.choices.fields)];
  return el('form', { class: 'card', 'aria-label': '诉求', on: { submit: doing(save) } },
    el('h3', {}, '诉求'),
    field('哪一类', form.box('field', choose(fields, values.field))),
    field('一句话说清', form.box('title', el('input', { maxlength: 200, required: true }))),
    field('具体情况', form.box('text', el('textarea', { rows: 4, maxlength: 2_000, required: true }))),
    field('哪天提出的', form.box('raised_on', el('input', { type: 'date', required: true, ...DAYS }))),
    el('div', { class: 'row' }, el('button', { type: 'submit', class: 'main' }, '存下这件诉求'), button('先不写了', doing(() => form.leave(done)))),
  );

  async function save() {
    if (!values.field) throw new Error('没有选诉求是哪一类');
    if (!values.title.trim() || !values.text.trim()) throw new Error('诉求要写一句话和具体情况');
    const { id, field: kind, title, text, raised_on } = values;
    await form.keep({ id, kind: 'appeal', enterprise: firm.id, field: kind, title, text, raised_on });
    tell('诉求存在这台设备上了，回来再带回');
    done();
  }
}

/** Boxes tied to values, which are kept locked a moment after each change. */
class Form {
  #timer = 0;
  #hidden = () => document.hidden && this.flush();

  /** Half-filled it goes on where it was left; `doc` is a record to be put right. */
  constructor(work, firm, kind, doc, empty) {
    this.work = work;
    this.firm = firm;
    this.name = doc ? `${kind} ${doc.item.id}` : kind;
    this.values = structuredClone(work.draft(firm.id, this.name)?.values ?? doc?.item ?? { id: crypto.randomUUID(), ...empty });
  }

  box(key, control, into = this.values) {
    control.value = into[key] ?? '';
    control.addEventListener('input', () => {
      into[key] = control.value;
      this.#changed();
    });
    return control;
  }

  tick(key, id, label) {
    const control = el('input', { type: 'checkbox', checked: this.values[key].includes(id) });
    control.addEventListener('change', () => {
      this.values[key] = control.checked ? [...this.values[key], id] : this.values[key].filter((one) => one !== id);
      this.#changed();
    });
    return el('label', { class: 'tick' }, control, label);
  }

  list(key, legend, more, boxes) {
    const rows = el('div', {}, this.values[key].map((one) => el('div', { class: 'line' }, boxes(one))));
    const add = button(more, () => {
      this.values[key].push({});
      rows.append(el('div', { class: 'line' }, boxes(this.values[key].at(-1))));
    });
    return el('fieldset', {}, el('legend', {}, legend), rows, add);
  }

  #changed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), WAIT);
    document.addEventListener('visibilitychange', this.#hidden);
  }

  flush() {
    this.#rest();
    return this.work.keepDraft(this.firm.id, this.name, structuredClone(this.values)).catch((error) => tell(error.message, 'wrong'));
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    document.removeEventListener('visibilitychange', this.#hidden);
  }

  async keep(item) {
    this.#rest();
    await this.work.keepItem(item);
    await this.work.dropDraft(this.firm.id, this.name);
  }

  async leave(done) {
    if (this.#timer) await this.flush();
    done();
  }
}

// ---- photos

function photos(work, firm, visit) {
  const shown = el('div', { class: 'photos' });
  const draw = () => shown.replaceChildren(...photosOf(work, visit).map((doc) => photo(work, doc, draw)));
  const box = el('input', { type: 'file', accept: 'image/*', multiple: true });
  box.addEventListener('change', doing(async () => {
    for (const file of [...box.files]) {
      if (photosOf(work, visit).length >= MOST_PHOTOS) throw new Error(`一次走访最多${MOST_PHOTOS}张照片`);
      await work.keepItem({ id: crypto.randomUUID(), kind: 'photo', enterprise: firm.id, visit, data: await picture(file) });
      draw();
    }
    box.value = '';
  }));
  draw();
  return el('div', {}, field('照片（会缩小，拍摄地点会去掉）', box), shown);
}

function photosOf(work, visit) {
  return work.items(null, 'photo').filter((doc) => doc.item.visit === visit);
}

function photo(work, doc, draw) {
  if (!doc.item.data) return el('p', { class: 'small' }, '一张照片已经带回');
  const image = el('img', { alt: '走访照片' });
  const address = URL.createObjectURL(new Blob([fromBase64(doc.item.data)], { type: 'image/jpeg' }));
  image.addEventListener('load', () => URL.revokeObjectURL(address), { once: true });
  image.src = address;
  const remove = button('去掉这张', doing(async () => {
    await work.drop(doc.id);
    draw();
  }));
  return el('figure', {}, image, doc.frozen ? null : remove);
}

/** A picture drawn anew on a canvas, so that nothing of the file but its pixels is left; as base64 of a JPEG. */
export async function picture(file) {
  const opened = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null);
  if (!opened) throw new Error('这个文件不是照片，或者打不开');
  const scale = Math.min(1, LONGEST_SIDE / Math.max(opened.width, opened.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(opened.width * scale));
  canvas.height = Math.max(1, Math.round(opened.height * scale));
  canvas.getContext('2d').drawImage(opened, 0, 0, canvas.width, canvas.height);
  opened.close();
  for (const quality of QUALITIES) {
    const made = await new Promise((got) => canvas.toBlob(got, 'image/jpeg', quality));
    if (made && made.size <= LARGEST) return toBase64(new Uint8Array(await made.arrayBuffer()));
  }
  throw new Error('这张照片太大，请换一张');
}
