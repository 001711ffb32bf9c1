// The body of a message as text, JSON or octets. It is shown from its bytes: no number in it is read and written again.
import { visible } from './format.js';

/** The bytes of {text} or {base64}. */
export const bytesOf = body => (body.base64 != null ? Uint8Array.from(atob(body.base64), character => character.charCodeAt(0)) : new TextEncoder().encode(body.text ?? ''));

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
    const isEmpty = /[{[]/.test(tokens[index - 1]) && /^[}\]]$/.test(token);
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
