// Whether the browser keeps what this page stores. It may throw it away when its disk is full, after weeks without a
// visit (Safari: seven days of use), or at the end of a private window; unless it has promised not to.

export interface StorageStanding {
  /** `kept`: only the person deletes it. */
  readonly kind: 'kept' | 'may-be-evicted';
  /** In bytes, if the browser tells. */
  readonly used: number | undefined;
  readonly quota: number | undefined;
}

/** Asks the browser to keep it. Some ask the person, so it may take as long as they like. */
export async function askToKeep(): Promise<StorageStanding> {
  const { storage } = navigator;
  try {
    const isKept = (await storage.persisted()) || (await storage.persist());
    const { usage, quota } = await storage.estimate();
    return { kind: isKept ? 'kept' : 'may-be-evicted', used: usage, quota };
  } catch {
    // It promises nothing.
    return { kind: 'may-be-evicted', used: undefined, quota: undefined };
  }
}
