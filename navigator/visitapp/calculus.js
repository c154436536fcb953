/**
 * Days and numbers as Python reckons them. Dates are ISO texts, which compare as the days do.
 */

// Days

export const FIRST_DAY = '0001-01-01';
const LAST_DAY = '9999-12-31';
const MILLISECONDS = 86_400_000;

function timeOf(year, month, day) {
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  return time;
}

export function ordinalOf(iso) {
  const [year, month, day] = iso.split('-').map(Number);
  return timeOf(year, month, day).getTime() / MILLISECONDS;
}

const LOWEST = ordinalOf(FIRST_DAY);
export const HIGHEST = ordinalOf(LAST_DAY);

/** The ISO day at a number of days since 1970, or null outside the calendar. */
export function dayAt(ordinal) {
  if (ordinal < LOWEST || ordinal > HIGHEST) return null;
  return new Date(ordinal * MILLISECONDS).toISOString().slice(0, 10);
}

/** A day moved by calendar units, month ends clamped, and the calendar's own ends too. */
export function moved(iso, years, months, days) {
  const beyond = years + months + days > 0 ? LAST_DAY : FIRST_DAY;
  const [year, month, day] = iso.split('-').map(Number);
  const count = (year + years) * 12 + month - 1 + months;
  const toYear = Math.floor(count / 12);
  const toMonth = count - toYear * 12 + 1;
  if (toYear < 1 || toYear > 9999) return beyond;
  const last = timeOf(toYear, toMonth + 1, 0).getUTCDate();
  const time = timeOf(toYear, toMonth, Math.min(day, last)).getTime();
  return dayAt(time / MILLISECONDS + days) ?? beyond;
}

// Numbers

/** Rounded to some decimals, the exact halves to the even digit: as Python's `round`. */
export function rounded(value, digits) {
  const text = value.toFixed(digits);
  const isHalf = (Math.abs(value) * 2 ** (digits + 1)) % 2 === 1;
  const last = Number(text.at(-1));
  return Number(isHalf && last % 2 === 1 ? text.slice(0, -1) + (last - 1) : text);
}

export const cents = (yuan) => (yuan === null ? null : rounded(yuan, 2));

/** The sum of floating-point numbers, rounded once: Shewchuk's algorithm, as Python's `math.fsum`. */
export function exactSum(values) {
  const parts = [];
  for (let value of values) {
    let kept = 0;
    for (let place = 0; place < parts.length; place++) {
      let other = parts[place];
      if (Math.abs(value) < Math.abs(other)) [value, other] = [other, value];
      const high = value + other;
      const low = other - (high - value);
      if (low) parts[kept++] = low;
      value = high;
    }
    parts.length = kept;
    parts.push(value);
  }
  return roundedSum(parts);
}

function roundedSum(parts) {
  let sum = parts.pop() ?? 0;
  let low = 0;
  while (parts.length && !low) {
    const before = sum;
    const part = parts.pop();
    sum = before + part;
    low = part - (sum - before);
  }
  const further = parts.at(-1) ?? 0;
  if (low * further > 0 && low * 2 === sum + low * 2 - sum) sum += low * 2;
  return sum;
}
