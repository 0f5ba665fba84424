// The worker for files of a page of the tests, which its server has at /worker.js.

interface TrustedTypes {
  createPolicy(name: string, rules: Rules): Rules;
}

interface Rules {
  readonly createScriptURL: (url: string) => string;
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy('test', { createScriptURL: (url) => url });

export function startFileWorker(): Worker {
  return new Worker(policy?.createScriptURL('/worker.js') ?? '/worker.js', { name: 'files' });
}
