// Addresses that may become scripts (Trusted Types): each is fixed by the build, and has a policy of its own, which the
// page's headers name (server/web/answer.ts).

interface TrustedTypesOf {
  createPolicy(
    name: string,
    rules: { createScriptURL: () => string },
  ): { createScriptURL: (url: string) => string };
}

/** The address `script`, by the policy of that name, which is made once. */
export function trustedScript(
  policy: 'helo' | 'helo-files' | 'helo-passphrase',
  script: string,
): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypesOf };
  const made = trustedTypes?.createPolicy(policy, { createScriptURL: () => script });
  return made?.createScriptURL(script) ?? script;
}
