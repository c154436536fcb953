// Makes parts of the page. What comes from a pack is text and stays text: nothing here reads markup.

const REFUSED = /^(on|style|src)/;
const SAFE_LINK = /^(https?:|tel:|\/(?!\/)|#)/;

/** An element; `on` holds listeners, other properties are attributes (true: present, false, null and undefined: absent). */
export function el(name, { on = {}, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (REFUSED.test(key)) throw new Error(`attribute ${key}`);
    if (key === 'href' && !SAFE_LINK.test(value)) continue;
    made.setAttribute(key, value === true ? '' : String(value));
  }
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function button(label, listener, { kind = 'second', ...more } = {}) {
  return el('button', { type: 'button', class: kind, ...more, on: { click: listener } }, label);
}

/** A labelled box; `more` stands between label and box. */
export function field(label, box, more = null) {
  if (!box.id) box.id = `f-${crypto.randomUUID()}`;
  return el('div', { class: 'field' }, el('label', { for: box.id }, label), more, box);
}

/** Options of a list: [[value, label]]. */
export function choose(options, chosen, attributes = {}) {
  return el('select', attributes, options.map(([value, label]) => el('option', { value, selected: value === chosen }, label)));
}

/** Says something aloud and shows it at the top; kinds: good, warn, wrong. */
export function tell(text, kind = 'good', more = '') {
  const place = document.getElementById('told');
  const marks = { good: '✓', warn: '△', wrong: '✕' };
  place.replaceChildren(text ? el('p', { class: kind }, `${marks[kind]} ${text}`, more) : '');
  if (text) place.scrollIntoView({ block: 'nearest' });
}

/** Does something that may fail; a failure is told in its sentence, the button waits meanwhile. */
export function doing(work) {
  return async (event) => {
    const at = event?.currentTarget ?? null;
    const pressed = at instanceof HTMLButtonElement || at instanceof HTMLFormElement ? at : null;
    event?.preventDefault?.();
    if (pressed?.getAttribute('aria-disabled') === 'true') return;
    pressed?.setAttribute('aria-disabled', 'true');
    try {
      await work(event);
    } catch (error) {
      tell(error.message || '没有做成，请再试一次', 'wrong', error.signIn ? el('a', { href: '/auth/login?next=/visit/' }, '去登录') : '');
    } finally {
      pressed?.removeAttribute('aria-disabled');
    }
  };
}

/** Gives a file to the person at the device. */
export function handOver(name, kind, text) {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = document.createElement('a');
  link.setAttribute('href', address);
  link.setAttribute('download', name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
