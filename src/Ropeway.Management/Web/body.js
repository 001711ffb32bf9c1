// The body of a message as text, JSON or octets. It is shown from its bytes: no number in it is read and written again.
import { visible } from './format.js';

/** The bytes of {bytes}, {text} or {base64}. */
export const bytesOf = body => body.bytes ?? (body.base64 != null ? Uint8Array.from(atob(body.base64), character => character.charCodeAt(0)) : new TextEncoder().encode(body.text ?? ''));

const UNPACKED_MAX = 1024 * 1024;

/** A packed body as it was before, up to 1 MiB of it; as it is when it is not packed in a way that is known, or not wholly here. */
export async function unpacked(body) {
  const way = { gzip: 'gzip', deflate: 'deflate' }[body.encoding?.toLowerCase()];
  if (way === undefined || body.truncated) {
    return body;
  }
  const reader = new Blob([bytesOf(body)]).stream().pipeThrough(new DecompressionStream(way)).getReader();
  const parts = [];
  let length = 0;
  try {
    for (let read = await reader.read(); !read.done && length < UNPACKED_MAX; read = await reader.read()) {
      parts.push(read.value);
      length += read.value.length;
    }
    await reader.cancel();
  } catch {
    return body; // It only says that it is packed.
  }
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer()).subarray(0, UNPACKED_MAX);
  const whole = { ...body, bytes, base64: null, text: null, truncated: length > UNPACKED_MAX, isUnpacked: true };
  try {
    return { ...whole, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return whole;
  }
}

/** JSON with line breaks and indents; the tokens are copied as they are. Null when it is no JSON. */
export function indented(text) {
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') {
    return null;
  }
  try {
    JSON.parse(text); // Looked at only: what is shown is copied.
  } catch {
    return null;
  }
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)].map(([token]) => token);
  let depth = 0;
  let out = '';
  tokens.forEach((token, index) => {
    const isEmpty = /^[{[]$/.test(tokens[index - 1] ?? '') && /^[}\]]$/.test(token);
    depth += token === '{' || token === '[' ? 1 : token === '}' || token === ']' ? -1 : 0;
    const breaks = !isEmpty && (/^[}\]]$/.test(token) || tokens[index - 1] === ',' || /^[{[]$/.test(tokens[index - 1] ?? ''));
    const level = /^[{[]$/.test(token) ? depth - 1 : depth;
    out += `${breaks ? `\n${'  '.repeat(level)}` : ''}${token}${token === ':' ? ' ' : ''}`;
  });
  return out;
}

/** Octets in rows of 16: position, octets, what is printable. */
export function octets(bytes) {
  const rows = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const part = [...bytes.subarray(start, start + 16)];
    const codes = part.map(octet => octet.toString(16).padStart(2, '0')).join(' ').padEnd(47);
    const letters = part.map(octet => (octet >= 32 && octet < 127 ? String.fromCharCode(octet) : '·')).join('');
    rows.push(`${start.toString(16).padStart(6, '0')}  ${codes}  ${letters}`);
  }
  return rows.join('\n');
}

/** The ways in which a body can be shown, the best first: [key, label, text]. */
export function forms(body) {
  const json = body.text != null ? indented(body.text) : null;
  return [
    ...(json !== null ? [['json', 'JSON', () => visible(json)]] : []),
    ...(body.text != null ? [['text', 'Text', () => visible(body.text)]] : []),
    ['octets', 'Octets', () => octets(bytesOf(body))],
    ...(body.base64 != null ? [['base64', 'Base64', () => body.base64]] : []),
  ];
}
