/** The messages between a board and its live process: one byte kind, then lib0 encoding; see docs/boards.md. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export const KIND = { hello: 0, state: 1, missing: 2, edit: 3, confirmed: 4, refused: 5, update: 6, presence: 7, stage: 8, clash: 9, bye: 10 } as const;

/** 0 is the board, 1 one's own drawer. */
export type Drawer = 0 | 1;

export type Received =
  | { kind: typeof KIND.hello | typeof KIND.stage | typeof KIND.presence | typeof KIND.clash; body: unknown }
  | { kind: typeof KIND.state; drawer: Drawer; vector: Uint8Array }
  | { kind: typeof KIND.missing; drawer: Drawer; sequence: number; update: Uint8Array }
  | { kind: typeof KIND.update; drawer: Drawer; sequence: number; update: Uint8Array }
  | { kind: typeof KIND.confirmed; drawer: Drawer; number: number; sequence: number }
  | { kind: typeof KIND.refused; drawer: Drawer; number: number; sentence: string; code: string }
  | { kind: typeof KIND.bye; code: string; sentence: string };

function written(kind: number, write: (encoder: encoding.Encoder) => void): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeUint8(encoder, kind);
  write(encoder);
  return new Uint8Array(encoding.toUint8Array(encoder));
}

export const askState = (drawer: Drawer, vector: Uint8Array): Uint8Array<ArrayBuffer> =>
  written(KIND.state, (to) => {
    encoding.writeVarUint(to, drawer);
    encoding.writeVarUint8Array(to, vector);
  });

/** `known` is the last sequence of the board that this page had when it made the change. */
export const sendMissing = (drawer: Drawer, known: number, update: Uint8Array): Uint8Array<ArrayBuffer> =>
  written(KIND.missing, (to) => {
    encoding.writeVarUint(to, drawer);
    encoding.writeVarUint(to, known);
    encoding.writeVarUint8Array(to, update);
  });

export const sendEdit = (drawer: Drawer, number: number, known: number, update: Uint8Array): Uint8Array<ArrayBuffer> =>
  written(KIND.edit, (to) => {
    encoding.writeVarUint(to, drawer);
    encoding.writeVarUint(to, number);
    encoding.writeVarUint(to, known);
    encoding.writeVarUint8Array(to, update);
  });

export const sendPresence = (body: unknown): Uint8Array<ArrayBuffer> =>
  written(KIND.presence, (to) => encoding.writeVarString(to, JSON.stringify(body)));

/** Reads a message; null for a kind that this page does not know (yet). */
export function received(data: ArrayBuffer): Received | null {
  const from = decoding.createDecoder(new Uint8Array(data));
  const kind = decoding.readUint8(from);
  const drawer = (): Drawer => (decoding.readVarUint(from) === 1 ? 1 : 0);
  switch (kind) {
    case KIND.hello:
    case KIND.stage:
    case KIND.presence:
    case KIND.clash:
      return { kind, body: JSON.parse(decoding.readVarString(from)) as unknown };
    case KIND.state:
      return { kind, drawer: drawer(), vector: decoding.readVarUint8Array(from) };
    case KIND.missing:
    case KIND.update:
      return { kind, drawer: drawer(), sequence: decoding.readVarUint(from), update: decoding.readVarUint8Array(from) };
    case KIND.confirmed:
      return { kind, drawer: drawer(), number: decoding.readVarUint(from), sequence: decoding.readVarUint(from) };
    case KIND.refused:
      return { kind, drawer: drawer(), number: decoding.readVarUint(from), sentence: decoding.readVarString(from), code: decoding.readVarString(from) };
    case KIND.bye:
      return { kind, code: decoding.readVarString(from), sentence: decoding.readVarString(from) };
    default:
      return null;
  }
}
