// One enterprise of the route: who it is, what it can have by what is known now, what to ask, and what is written down here.

import { showMeasure } from './conditions.js';
import { button, doing, el, field, tell } from './dom.js';
import { evaluate } from './evaluate.js';
import { appealForm, visitForm } from './forms.js';
import { answerBox, money, readTyped, showValue, today } from './values.js';

const MOST_QUESTIONS = 3;
const STATES = { waiting: '○ 还没带回', refused: '△ 没有收下', done: '✓ 已带回' };
const ESTIMATE = { at_most: '最多 ', typical: '大约 ' };
const KINDS = { facts: '回答', visit: '走访记录', appeal: '诉求' };

/** Draws the page of an enterprise. */
export function stopPage(work, firm) {
  const results = el('div', {});
  const questions = el('div', {});
  const written = el('div', {});
  const draw = () => {
    const found = evaluate(work.pack.program, work.factsOf(firm), work.pack.as_of);
    results.replaceChildren(...resultsOf(work, firm, found));
    questions.replaceChildren(...questionsOf(work, firm, found, draw));
    return eligible(found).length;
  };
  const drawWritten = () => written.replaceChildren(...writtenOf(work, firm, drawWritten));
  draw();
  drawWritten();
  return [
    el('datalist', { id: 'industries' }, work.pack.choices.industries.map((label) => el('option', { value: label }))),
    el('h2', { tabindex: -1 }, firm.name),
    el('p', { class: 'small' }, [firm.example ? '示例企业' : null, firm.region, firm.uscc].filter(Boolean).join('　')),
    ...parts({ 问一问: [questions], 今天能有什么: [results], 记下来: [written], 背景: firm.sections.map(sectionOf) }),
  ];
}

function sectionOf({ heading, lines }) {
  return el('details', {}, el('summary', {}, heading), el('ul', {}, lines.map((line) => el('li', {}, line))));
}

/** Sections under their headings, and a row of buttons that lead to them. */
function parts(sections) {
  const drawn = Object.entries(sections).map(([title, parts]) => el('section', {}, el('h3', { tabindex: -1 }, title), parts));
  const lead = (section) => button(section.firstChild.textContent, () => {
    section.scrollIntoView();
    section.firstChild.focus({ preventScroll: true });
  });
  return [el('nav', { class: 'row', 'aria-label': '这一页' }, drawn.map(lead)), ...drawn];
}

// ---- what it can have

function resultsOf(work, firm, found) {
  const byMoney = (a, b) => (moneyOf(b) ?? 0) - (moneyOf(a) ?? 0);
  const by = (test) => found.measures.filter(test).sort(byMoney);
  const can = eligible(found).sort(byMoney);
  const free = new Set(found.no_application);
  const groups = [
    ['免申即享', '★', can.filter((one) => free.has(one.id)), true],
    ['可以申请', '✓', can.filter((one) => !free.has(one.id)), true],
    ['差一步', '△', by((one) => one.status === 'not_eligible' && one.near_miss?.length), false],
    ['还要补充信息', '？', by((one) => one.status === 'needs_info'), false],
  ];
  return [
    el('p', { class: 'money', role: 'status' }, `现在能享受 ${can.length} 项`, totalOf(found.total)),
    found.total.if_confirmed ? el('p', { class: 'small' }, '合计里贷款、担保不算，没核实的不算，申报已截止的不算。') : '',
    found.contradictions.length ? el('p', { class: 'warn' }, `△ 有几处资料互相矛盾，请当面核对：${contradictions(work, found)}`) : '',
    ...groups.filter(([, , listed]) => listed.length).map((group) => groupOf(work, found, group)),
  ];
}

/** The amount of a measure: as things are, or for one that is nearly reached once they are changed. */
function moneyOf({ status, estimate, near_estimate }) {
  return status === 'not_eligible' ? near_estimate : estimate;
}

/** What it brings in the first twelve months, in words; nothing where no amount can be computed. */
function totalOf({ low, high, if_confirmed }) {
  const confirmed = if_confirmed > high ? `当面确认后最多 ${money(if_confirmed)}` : '';
  const sure = high ? (low === high ? money(low) : `${money(low)} 到 ${money(high)}`) : '';
  const told = [sure, confirmed].filter(Boolean).join('，');
  return told ? `，头12个月合计 ${told}` : '';
}

function contradictions(work, found) {
  return found.contradictions.map((one) => work.pack.facts[one.fact]?.label ?? one.fact).join('、');
}

function groupOf(work, found, [title, mark, listed, open]) {
  return el('details', { open }, el('summary', {}, `${mark} ${title}（${listed.length} 项）`), listed.map((result) => measureOf(work, result)));
}

function measureOf(work, result) {
  const details = work.pack.details[result.id];
  const yuan = moneyOf(result);
  const amount = yuan ? `　${ESTIMATE[result.estimate_kind] ?? ''}${money(yuan)}` : '';
  const made = el('details', { class: 'measure' }, el('summary', {}, details.name, amount));
  made.addEventListener('toggle', () => made.open && made.append(showMeasure(details, result, work.pack.facts)), { once: true });
  return made;
}

// ---- what to ask

function questionsOf(work, firm, found, draw) {
  const answered = Object.keys(work.answersOf(firm)).filter((fact) => work.pack.facts[fact]);
  const open = found.questions.filter((one) => !answered.includes(one.fact) && work.pack.facts[one.fact]).slice(0, MOST_QUESTIONS);
  const before = eligible(found).length;
  const asked = (fact, hint) => questionOf(work, firm, fact, { hint, before, draw });
  return [
    open.length ? '' : el('p', {}, '眼下没有更多要问的了。'),
    ...open.map((one) => asked(one.fact, `问清了能定 ${one.decides} 项`)),
    answered.length ? el('details', {}, el('summary', {}, `回答过的（${answered.length} 项，可以改）`), answered.map((fact) => asked(fact, ''))) : '',
    el('details', {}, el('summary', {}, '问别的'), otherQuestion(work, (fact) => asked(fact, ''))),
  ];
}

function questionOf(work, firm, fact, { hint, before, draw }) {
  const spec = work.pack.facts[fact];
  const box = answerBox(spec, work.answersOf(firm)[fact] ?? null, fact === 'industry' ? 'industries' : null);
  box.dataset.fact = fact;
  const error = el('p', { class: 'wrong', hidden: true });
  box.addEventListener('change', doing(async () => {
    const { value, error: told } = readTyped(spec, box.value);
    error.hidden = !told;
    error.textContent = told ? `✕ ${told}` : '';
    if (told) return;
    await work.answer(firm, fact, value, today());
    if (value === null && work.answersOf(firm)[fact] !== undefined) throw new Error('这一项已经带回，不能改回“不知道”；问到了别的就填别的');
    const able = keepingPlace(draw);
    tell(`记下了：${spec.label} ${showValue(spec, value)}。现在能享受 ${able} 项（原来 ${before} 项）`);
  }));
  const known = firm.facts[fact] === undefined ? null : `档案里是 ${showValue(spec, firm.facts[fact])}（${firm.known[fact]}）`;
  const told = [spec.unit ? `单位：${spec.unit}` : null, spec.help, known, hint].filter(Boolean).join('。');
  return el('div', { class: 'question' }, field(spec.question, box, told ? el('p', { class: 'small' }, told) : null), error);
}

/** What it can have today: the conditions are met, and applications are not closed. */
export function eligible(found) {
  return found.measures.filter((one) => one.status === 'eligible' && one.apply_state !== 'closed');
}

/** Draws anew; whoever has gone on to another question stays there, with what is typed already. */
function keepingPlace(draw) {
  const { fact } = document.activeElement?.dataset ?? {};
  const typed = document.activeElement?.value;
  const able = draw();
  const box = fact ? document.querySelector(`[data-fact="${fact}"]`) : null;
  if (box) {
    box.value = typed;
    box.focus();
  }
  return able;
}

function otherQuestion(work, asked) {
  const place = el('div', {});
  const list = el('select', {}, el('option', { value: '' }, '选要记的一项'), Object.entries(groupsOf(work)).map(([group, facts]) =>
    el('optgroup', { label: group }, facts.map(([name, spec]) => el('option', { value: name }, spec.label)))));
  list.addEventListener('change', () => place.replaceChildren(list.value ? asked(list.value) : ''));
  return [field('哪一项', list), place];
}

function groupsOf(work) {
  const groups = {};
  for (const [name, spec] of Object.entries(work.pack.facts)) {
    if (name !== 'uscc' && name !== 'name' && name !== 'region') (groups[spec.group] ??= []).push([name, spec]);
  }
  return groups;
}

// ---- what is written here

function writtenOf(work, firm, draw) {
  const form = el('div', {});
  const done = () => draw();
  const show = (make, doc = null) => {
    form.replaceChildren(make(work, firm, doc, done));
    form.querySelector('input, select, textarea')?.focus();
  };
  const draft = (name) => (work.draft(firm.id, name) ? '（接着写）' : '');
  return [
    refusedAnswers(work, firm),
    el('ul', { class: 'plain' }, work.items(firm.id).filter((doc) => doc.item.kind !== 'photo').map((doc) => lineOf(work, doc, show, draw))),
    el('div', { class: 'row' },
      button(`记走访${draft('visit')}`, () => show(visitForm), { kind: 'main' }),
      button(`记诉求${draft('appeal')}`, () => show(appealForm), { kind: 'main' })),
    form,
  ];
}

function refusedAnswers(work, firm) {
  const told = work.docs().find((doc) => doc.kind === 'answers' && doc.enterprise === firm.id)?.told;
  return told ? el('p', { class: 'warn' }, `△ 回答没有收下：${told}。改好再带回`) : '';
}

function lineOf(work, doc, show, draw) {
  const { kind } = doc.item;
  const text = { visit: () => doc.item.words || '选了话题', appeal: () => doc.item.title, facts: () => answersIn(work, doc) }[kind]();
  const forms = { visit: visitForm, appeal: appealForm };
  const change = !doc.frozen && forms[kind];
  const remove = doing(async () => {
    if (!globalThis.confirm('删掉这一条？删了找不回来。')) return;
    for (const photo of work.items(null, 'photo')) if (photo.item.visit === doc.id) await work.drop(photo.id);
    await work.dropDraft(doc.item.enterprise, `${kind} ${doc.id}`);
    await work.drop(doc.id);
    draw();
  });
  const state = doc.frozen && doc.state === 'waiting' ? '○ 正在带回或已导出' : STATES[doc.state];
  return el('li', {},
    el('p', {}, `${KINDS[kind]}：${text}`),
    el('p', {class: 'small'}, state, doc.told ? `　${doc.told}` : ''),
    change ? el('div', { class: 'row' }, button('改', () => show(forms[kind], doc)), button('删', remove)) : null);
}

function answersIn(work, doc) {
  return Object.entries(doc.item.facts).map(([fact, value]) => `${work.pack.facts[fact]?.label ?? fact} ${showValue(work.pack.facts[fact], value)}`).join('；');
}
