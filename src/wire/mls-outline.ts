// The outline of an MLS commit: what a server may know of it without an MLS library, and without a key [RFC 9420]. Reads
// an MLSMessage that holds a PublicMessage with a commit, all of it, and takes only what groups of helo use: proposals
// by value, each an external_init or a remove, and always a path. Proves nothing: signatures and tags are for members to
// check. Never throws, works in one pass, and takes no more bytes than its cap.

/** The longest commit, in bytes. */
export const maxCommitBytes = 45_000;

/** The credential type `basic`, and the source `commit` of a leaf. */
const basicCredential = 1;
const commitSource = 3;

/** Who has made a commit: the member of a leaf, or somebody who enters with it. */
export type CommitSender =
  { readonly kind: 'member'; readonly leaf: number } | { readonly kind: 'newcomer' };

export interface CommitOutline {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly sender: CommitSender;
  readonly authenticatedData: Uint8Array;
  /** The leaves that it removes, in its order. */
  readonly removed: readonly number[];
  /** The committer's new leaf: its signature key, and the identity of its credential. */
  readonly signatureKey: Uint8Array;
  readonly identity: Uint8Array;
}

/** The outline of `bytes`; undefined where they are no commit of that form. */
export function outlineOf(bytes: Uint8Array): CommitOutline | undefined {
  if (bytes.length > maxCommitBytes) return undefined;
  const reader = new Reader(bytes);
  const outline = readMessage(reader);
  return reader.isWhole ? outline : undefined;
}

/** Version mls10, wire format mls_public_message, and the message [RFC 9420 §6, §6.2]. */
function readMessage(reader: Reader): CommitOutline {
  reader.expect(2, 1);
  reader.expect(2, 1);
  const groupId = reader.opaque();
  const epoch = reader.number(8);
  const sender = readSender(reader);
  const authenticatedData = reader.opaque();
  // The content type `commit`.
  reader.expect(1, 3);
  const removed = readProposals(reader, sender);
  // There is a path.
  reader.expect(1, 1);
  const leaf = readLeaf(reader);
  reader.list(readPathNode);
  // The signature and the confirmation tag; of a member the membership tag too.
  reader.opaque();
  reader.opaque();
  if (sender.kind === 'member') reader.opaque();
  return { groupId, epoch, sender, authenticatedData, removed, ...leaf };
}

function readSender(reader: Reader): CommitSender {
  const type = reader.number(1);
  if (type === 1) return { kind: 'member', leaf: reader.number(4) };
  reader.check(type === 4);
  return { kind: 'newcomer' };
}

/** [RFC 9420 §12.1, §12.4] A newcomer's commit begins a new key schedule once; a member's never does. */
function readProposals(reader: Reader, sender: CommitSender): readonly number[] {
  const removed: number[] = [];
  let inits = 0;
  reader.list((each) => {
    // By value.
    each.expect(1, 1);
    const type = each.number(2);
    each.check(type === 3 || type === 6);
    if (type === 3) removed.push(each.number(4));
    else if (each.opaque().length > 0) inits += 1;
  });
  reader.check(inits === (sender.kind === 'newcomer' ? 1 : 0));
  reader.check(new Set(removed).size === removed.length);
  return removed;
}

/** [RFC 9420 §7.2] */
function readLeaf(reader: Reader): Pick<CommitOutline, 'signatureKey' | 'identity'> {
  reader.opaque();
  const signatureKey = reader.opaque();
  reader.expect(2, basicCredential);
  const identity = reader.opaque();
  // Capabilities: versions, suites, extensions, proposals, credentials.
  for (let list = 0; list < 5; list++) reader.check(reader.opaque().length % 2 === 0);
  reader.expect(1, commitSource);
  reader.opaque();
  reader.list((extension) => {
    extension.number(2);
    extension.opaque();
  });
  reader.opaque();
  return { signatureKey, identity };
}

/** [RFC 9420 §7.6] */
function readPathNode(reader: Reader): void {
  reader.opaque();
  reader.list((ciphertext) => {
    ciphertext.opaque();
    ciphertext.opaque();
  });
}

const nothing = new Uint8Array();

/** Reads on until something is not as it must be; from then on everything is empty. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #end: number;
  #isSound = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  /** Whether all was as it must be, and nothing is left. */
  get isWhole(): boolean {
    return this.#isSound && this.#at === this.#end;
  }

  check(holds: boolean): void {
    if (holds) return;
    this.#isSound = false;
    this.#at = this.#end;
  }

  expect(size: number, value: number): void {
    this.check(this.number(size) === value);
  }

  /** An unsigned number of `size` bytes; none that a double can't hold. */
  number(size: number): number {
    let value = 0;
    for (const byte of this.#take(size)) value = value * 256 + byte;
    this.check(Number.isSafeInteger(value));
    return value;
  }

  /** Bytes with their length before them: a copy. */
  opaque(): Uint8Array {
    return this.#take(this.#length()).slice();
  }

  /** Items one behind the other, with the length of them all before them. */
  list(readItem: (reader: Reader) => void): void {
    const length = this.#length();
    this.check(length <= this.#end - this.#at);
    if (!this.#isSound) return;
    const after = this.#end;
    this.#end = this.#at + length;
    while (this.#isSound && this.#at < this.#end) readItem(this);
    this.#end = after;
  }

  /** [RFC 9420 §2.1.2] In the fewest bytes that hold it. */
  #length(): number {
    const first = this.number(1);
    const more = first >> 6;
    if (more === 0) return first;
    this.check(more < 3);
    const extra = more === 1 ? 1 : 3;
    let length = first & 0x3f;
    for (const byte of this.#take(extra)) length = length * 256 + byte;
    this.check(length >= (more === 1 ? 64 : 16_384));
    return length;
  }

  #take(size: number): Uint8Array {
    this.check(size <= this.#end - this.#at);
    if (!this.#isSound) return nothing;
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }
}
