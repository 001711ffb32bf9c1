// Numbers, sizes and times as text. A unit follows every number; what is missing is "–", never 0. Nothing here touches the page.

const NARROW = '\u202f'; // A thin space that does not break.
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

export const missing = '–';

let zone = 'local';

/** Chooses between "utc" and "local" for all times. */
export function useZone(name) {
  zone = name === 'utc' ? 'utc' : 'local';
}

/** The zone that times are shown in, for the heading of a column. */
export const zoneName = () => zone === 'utc'
  ? 'UTC'
  : new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(new Date()).find(part => part.type === 'timeZoneName').value;

const isNumber = value => typeof value === 'number' && Number.isFinite(value);

/** Three significant digits, without zeros behind the point that say nothing. */
const three = value => String(Number(value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)));

/** 9,999,999, then 12.4 M. */
export function count(value) {
  if (!isNumber(value)) {
    return missing;
  }
  return value < 10_000_000 ? grouped.format(value) : value < 1e10 ? `${three(value / 1e6)}${NARROW}M` : `${three(value / 1e9)}${NARROW}G`;
}

/** As on the axis of a chart: 12.4 k. */
export function short(value) {
  if (!isNumber(value)) {
    return missing;
  }
  return value < 1_000 ? three(value) : value < 1e6 ? `${three(value / 1e3)}${NARROW}k` : `${three(value / 1e6)}${NARROW}M`;
}

/** Per second; what happens less often than that, per minute. */
export function rate(value) {
  if (!isNumber(value)) {
    return missing;
  }
  if (value === 0) {
    return '0/s';
  }
  if (value < 0.1) {
    return value * 60 < 0.5 ? `<${NARROW}1/min` : `${Math.round(value * 60)}/min`;
  }
  return value >= 1_000 ? `${grouped.format(value)}/s` : `${three(value)}/s`;
}

/** 1.25 MiB. */
export function bytes(value) {
  if (!isNumber(value)) {
    return missing;
  }
  let unit = 0;
  let number = value;
  while (number >= 1000 && unit < 5) {
    number /= 1024;
    unit++;
  }
  return `${unit === 0 ? number : three(number)}${NARROW}${['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'][unit]}`;
}

/** The two largest units of a number of seconds: 6 min 12 s, 180 ms. */
export function duration(seconds) {
  if (!isNumber(seconds)) {
    return missing;
  }
  if (seconds < 1) {
    return seconds === 0 ? `0${NARROW}s` : seconds < 0.001 ? `under 1${NARROW}ms` : `${Math.round(seconds * 1000)}${NARROW}ms`;
  }
  if (seconds < 10) {
    return `${three(Math.round(seconds * 10) / 10)}${NARROW}s`;
  }
  const units = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]];
  const first = units.findIndex(([, length]) => seconds >= length);
  const [name, length] = units[first];
  const whole = Math.floor(seconds / length);
  const next = units[first + 1];
  const rest = next ? Math.floor((seconds - whole * length) / next[1]) : 0;
  return rest > 0 ? `${whole}${NARROW}${name} ${rest}${NARROW}${next[0]}` : `${whole}${NARROW}${name}`;
}

/** Milliseconds as a duration with three digits: 6.4 ms. */
export const milliseconds = value => (!isNumber(value) ? missing : value >= 1000 ? duration(value / 1000) : `${three(value)}${NARROW}ms`);

/** 58 %. */
export const percent = share => (!isNumber(share) ? missing : share > 0 && share < 0.01 ? `<${NARROW}1${NARROW}%` : `${Math.round(share * 100)}${NARROW}%`);

const pad = (value, width = 2) => String(value).padStart(width, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function fields(date) {
  return zone === 'utc'
    ? { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() }
    : { year: date.getFullYear(), month: date.getMonth(), day: date.getDate(), hour: date.getHours(), minute: date.getMinutes(), second: date.getSeconds() };
}

/** 22 Nov 14:24:42.294; the year when it is not this one. Null, undefined and what is no time give "–". */
export function time(value, withMilliseconds = true) {
  const date = value == null ? null : new Date(value);
  if (date === null || Number.isNaN(date.getTime())) {
    return missing;
  }
  const at = fields(date);
  const year = at.year === fields(new Date()).year ? '' : ` ${at.year}`;
  const fraction = withMilliseconds ? `.${pad(date.getMilliseconds(), 3)}` : '';
  return `${at.day} ${MONTHS[at.month]}${year} ${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}${fraction}`;
}

/** 14:24:42. */
export function clock(value) {
  const at = fields(new Date(value));
  return `${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}`;
}

/** How long ago a time was. */
export const since = (value, now = Date.now()) => duration(Math.max(0, (now - new Date(value).getTime()) / 1000));

/** "two queues", "12 queues", "no queue". */
export function words(number, one, many = `${one}s`) {
  return `${number < WORDS.length ? WORDS[number] : grouped.format(number)} ${number === 1 || number === 0 ? one : many}`;
}

/** The first letter large. */
export const sentence = text => text.charAt(0).toUpperCase() + text.slice(1);

/** "1 message", "2,400 messages". */
export const amount = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/**
 * Text of others as it may be shown: control characters, invisible ones and those that turn the direction of text stand as codes, so that a name or body
 * cannot look like another.
 */
export const visible = text => text.replace(
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
  character => `[U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
