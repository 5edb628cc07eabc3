// Binary messages of protobuf as JSON, and back, by the table of ZITADEL's messages.

import { TABLE } from './protobuf-table.js';

/** The fields of each message: number, name, type (a letter, an enum, or the place of a message) and label. */
const MESSAGES = TABLE.messages.map((fields) => fields.split(',').filter(Boolean).map((field): [number, string, string | number, number] => {
  const [number, name = '', type = '', label] = field.split(' ');
  return [Number(number), name, /^\d/.test(type) ? Number(type) : type, Number(label ?? 0)];
}));

/** A message in protobuf's JSON. */
type Members = Record<string, unknown>;

/** No message of ZITADEL's is deeper. */
const DEPTH = 100;
const VARINT = 0;
const DELIMITED = 2;
const TYPES_OF_VARINTS = 'biuU';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A binary message as JSON. What is unknown is skipped; what is no message throws. */
export function decode(message: number, bytes: Uint8Array, depth = 0): Members {
  if (depth > DEPTH) throw new Error('the message is too deep');
  const fields = MESSAGES[message] ?? [];
  const members: Members = {};
  const input = new Input(bytes);
  while (!input.isEmpty) {
    const tag = Number(input.varint());
    const field = fields.find(([number]) => number === tag >>> 3);
    const wire = tag & 7;
    if (!field) {
      input.skip(wire);
      continue;
    }
    const [, name, type, label] = field;
    if (label >= 3) {
      // Of a oneof the last counts; a message is merged with the one before.
      for (const [, other, , theirs] of fields) if (theirs === label && other !== name) delete members[other];
    }
    const value = label === 1 && wire === DELIMITED && isVarint(type) ? input.packed(String(type)) : [one(type, wire, input, members[name], depth)];
    if (label === 1) members[name] = [...((members[name] as unknown[] | undefined) ?? []), ...value];
    else members[name] = value[0];
  }
  return members;
}

function isVarint(type: string | number): boolean {
  return typeof type === 'string' && (TYPES_OF_VARINTS.includes(type) || type.startsWith('e'));
}

function one(type: string | number, wire: number, input: Input, before: unknown, depth: number): unknown {
  const wanted = isVarint(type) ? VARINT : DELIMITED;
  if (wire !== wanted) throw new Error(`invalid wire type: ${wire}`);
  if (isVarint(type)) return input.scalar(String(type));
  const bytes = input.delimited();
  if (type === 's') return decoder.decode(bytes);
  if (type === 'y') return toBase64(bytes);
  if (type === 't' || type === 'd') return time(type, bytes);
  const members = decode(type as number, bytes, depth + 1);
  return before && !Array.isArray(before) ? { ...before, ...members } : members;
}

/** `google.protobuf.Timestamp` and `Duration`: seconds and nanoseconds. */
function time(type: 't' | 'd', bytes: Uint8Array): string {
  const input = new Input(bytes);
  let [seconds, nanos] = [0n, 0];
  while (!input.isEmpty) {
    const tag = Number(input.varint());
    if (tag === 8) seconds = BigInt.asIntN(64, input.varint());
    else if (tag === 16) nanos = Number(BigInt.asIntN(32, input.varint()));
    else input.skip(tag & 7);
  }
  const fraction = nanos ? `.${String(Math.abs(nanos)).padStart(9, '0')}` : '';
  if (type === 't') return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', `${fraction}Z`);
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction}s`;
}

/** The octets of a message, read from the front. */
class Input {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error('invalid varint');
  }

  delimited(): Uint8Array {
    const length = Number(this.varint());
    if (length > this.#bytes.length - this.#at) throw new Error('unexpected EOF');
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  scalar(type: string): unknown {
    const value = this.varint();
    if (type === 'b') return value !== 0n;
    if (type === 'u') return Number(BigInt.asUintN(32, value));
    if (type === 'U') return String(value);
    const number = Number(BigInt.asIntN(32, value));
    const names = type.startsWith('e') ? (TABLE.enums[Number(type.slice(1))] ?? {}) : {};
    return Object.keys(names).find((name) => names[name] === number) ?? number;
  }

  packed(type: string): unknown[] {
    const inner = new Input(this.delimited());
    const values = [];
    while (!inner.isEmpty) values.push(inner.scalar(type));
    return values;
  }

  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else if (wire === DELIMITED) this.delimited();
    else if (wire === 1 || wire === 5) this.#at += wire === 1 ? 8 : 4;
    else throw new Error(`invalid wire type: ${wire}`);
    if (this.#at > this.#bytes.length) throw new Error('unexpected EOF');
  }
}

/** JSON as a binary message, field by field in the order of their numbers. What the table does not have is left out. */
export function encode(message: number, members: Members): number[] {
  const bytes: number[] = [];
  for (const [number, name, type, label] of MESSAGES[message] ?? []) {
    const value = members[name];
    if (value === undefined || value === null) continue;
    const values = label !== 1 ? [value] : Array.isArray(value) ? (value as unknown[]) : entries(value as Members);
    if (label === 1 && isVarint(type)) {
      const packed = values.flatMap((value) => varint(scalar(String(type), value)));
      if (packed.length) append(bytes, [...varint(BigInt((number << 3) | DELIMITED)), ...varint(BigInt(packed.length))], packed);
      continue;
    }
    for (const value of values) put(bytes, number, type, value, label > 0);
  }
  return bytes;
}

/** A map as it is sent: entries, here in the order of their keys. */
function entries(map: Members): Members[] {
  return Object.keys(map).sort().map((key) => ({ key, value: map[key] }));
}

function put(bytes: number[], number: number, type: string | number, value: unknown, evenZero: boolean): void {
  if (isVarint(type)) {
    const written = scalar(String(type), value);
    if (written || evenZero) append(bytes, varint(BigInt(number << 3)), varint(written));
    return;
  }
  const content = octets(type, value);
  const isText = type === 's' || type === 'y';
  if (content.length || evenZero || !isText) {
    append(bytes, [...varint(BigInt((number << 3) | DELIMITED)), ...varint(BigInt(content.length))], content);
  }
}

/** Adds octets; spread over arguments they might be too many. */
function append(bytes: number[], ...parts: ArrayLike<number>[]): void {
  for (const part of parts) for (let at = 0; at < part.length; at++) bytes.push(part[at] as number);
}

function octets(type: string | number, value: unknown): ArrayLike<number> {
  if (type === 's') return encoder.encode(String(value));
  if (type === 'y') return fromBase64(String(value));
  if (type === 't') return moment(BigInt(Math.floor(Date.parse(String(value)) / 1000)), /\.(\d+)/.exec(String(value))?.[1], 1);
  if (type === 'd') {
    const [, sign, seconds = '0', fraction] = /^(-?)(\d+)(?:\.(\d+))?s$/.exec(String(value)) ?? [];
    return moment(BigInt(`${sign ?? ''}${seconds}`), fraction, sign ? -1 : 1);
  }
  return encode(type as number, value as Members);
}

function moment(seconds: bigint, fraction: string | undefined, sign: number): number[] {
  const nanos = sign * Number((fraction ?? '').padEnd(9, '0'));
  const bytes: number[] = [];
  if (seconds) append(bytes, [8], varint(seconds));
  if (nanos) append(bytes, [16], varint(BigInt(nanos)));
  return bytes;
}

function scalar(type: string, value: unknown): bigint {
  const number = type.startsWith('e') && typeof value === 'string' ? TABLE.enums[Number(type.slice(1))]?.[value] : value;
  if (number === undefined) throw new Error(`there is no value ${String(value)}`);
  return BigInt(number as string | number | boolean);
}

function varint(value: bigint): number[] {
  const bytes = [];
  let left = BigInt.asUintN(64, value);
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return [...bytes, Number(left)];
}

/** In pieces, as a function takes only so many arguments. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
